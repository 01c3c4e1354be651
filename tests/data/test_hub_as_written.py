"""A folder of CSV files keeps its fields as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.data.hub import read_hub_documents, read_hub_pairs
from seqnlp.text.documents import Columns

datasets = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def test_words_that_elsewhere_mean_missing_stay_words(tmp_path: Path) -> None:
    words = ["null", "NA", "nan", "None", "n/a", "NULL", "-", "1e5", "007"]
    folder = tmp_path / "set"
    folder.mkdir()
    rows = "".join(f"{word},{label}\n" for word, label in zip(words, ["NA", "01", "no"] * 3, strict=True))
    (folder / "train.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    read = list(read_hub_documents(str(folder), "", "train", Columns("text", "label")))
    assert [document.text for document in read] == words
    assert [document.labels for document in read] == [("NA",), ("01",), ("no",)] * 3


def test_pairs_of_such_words_too(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "train.csv").write_text("de,en\nNA,null\nnein,no\n", encoding="utf-8")
    read = list(read_hub_pairs(str(folder), "", "train", "de", "en"))
    assert [(pair.source, pair.target) for pair in read] == [("NA", "null"), ("nein", "no")]
