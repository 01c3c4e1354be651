"""What training says of texts and labels that are probably not as they were meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny import tiny_config, write_tiny_data
from tiny_documents import make_documents, tiny_classification, write_documents

from seqnlp.errors import DataError
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.tasks.tagging.task import TaggingTask

CPU = torch.device("cpu")


def said_of(folder: Path, train: list[tuple[str, str]], dev: list[tuple[str, str]]) -> str:
    write_documents(folder / "train.tsv", train)
    write_documents(folder / "dev.tsv", dev)
    said: list[str] = []
    ClassificationTask(tiny_classification(folder), folder / "run", CPU, said.append)
    return "\n".join(said)


def test_documents_that_contradict_each_other_or_are_learnt_and_scored_are_said(tmp_path: Path) -> None:
    train, dev = [("good", "a calm day"), ("bad", "a calm day"), ("bad", "hail &amp; wind")], make_documents(9)
    said = said_of(tmp_path, [*make_documents(20), *train], [*dev, ("bad", "hail &amp; wind")])
    assert "train: 2 of 23 documents have a text that occurs with another label, too: 'a calm day'\n" in said
    assert "train: 1 of 23 documents have characters written as in HTML, such as &amp; (first on line 23)\n" in said
    assert "warning: 10 of 10 texts of dev are in train, too: " in said


def test_other_documents_are_not(tmp_path: Path) -> None:
    said = said_of(tmp_path, [("good", "calm, and R&D"), ("bad", "a storm")], [("good", "calm"), ("bad", "a gale")])
    assert "too: " not in said
    assert "HTML" not in said


def test_labels_of_dev_that_are_written_otherwise_are_said(tmp_path: Path) -> None:
    said = said_of(tmp_path, [("0", "a storm"), ("1", "calm")], [("0.0", "a gale"), ("1.0", "a lull")])
    assert "0.0 (1x), 1.0 (1x); hardly different: '0.0' and '0', '1.0' and '1'\n" in said


def test_a_split_with_texts_where_labels_belong_is_refused(tmp_path: Path) -> None:
    train = make_documents(20)
    with pytest.raises(DataError, match=r"in dev as train has them, found labels such as '\w+' as texts of 9 of 9 doc"):
        said_of(tmp_path, train, [(text, label) for label, text in make_documents(9, seed=1)])


def test_sentences_that_contradict_each_other_or_are_learnt_and_scored_are_said(tmp_path: Path) -> None:
    write_tiny_data(tmp_path)
    again = "".join(f"{line.split()[0]}\tO\n" if line else "\n" for line in _lines(tmp_path / "train.conll"))
    with (tmp_path / "train.conll").open("a") as file:
        file.write(f"\n{again}")
    said: list[str] = []
    config = tiny_config(tmp_path, data__dev="train.conll")
    TaggingTask(config, tmp_path / "run", CPU, said.append)
    assert any("sentences have a text that occurs with other tags, too: '" in note for note in said)
    assert any("texts of dev are in train, too" in note for note in said)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()
