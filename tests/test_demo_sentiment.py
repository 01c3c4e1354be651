from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from seqnlp.resources import RECIPES
from seqnlp.text.documents import Columns, Document, read_table_documents

FOLDER = RECIPES / "classification" / "demo"
SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Document]]:
    return {
        split: list(read_table_documents(FOLDER / f"{split}.tsv", "tsv", Columns("1", "0"), Counter()))
        for split in SPLITS
    }


def test_the_generator_makes_the_files_that_ship(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_sentiment.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    for split in SPLITS:
        assert (tmp_path / f"{split}.tsv").read_bytes() == (FOLDER / f"{split}.tsv").read_bytes()


def test_sizes_and_labels_are_as_promised(splits: dict[str, list[Document]]) -> None:
    assert [len(splits[split]) for split in SPLITS] == [1500, 300, 300]
    for documents in splits.values():
        counts = Counter(document.labels[0] for document in documents)
        assert set(counts) == {"positive", "negative", "neutral"}
        assert min(counts.values()) > len(documents) / 5


def test_no_text_occurs_twice_and_nearly_every_word_of_test_is_in_train(splits: dict[str, list[Document]]) -> None:
    texts = [document.text for documents in splits.values() for document in documents]
    assert len(set(texts)) == len(texts)
    known, wanted = ({w.strip(".,:;?!") for d in splits[s] for w in d.text.lower().split()} for s in ("train", "test"))
    assert len(wanted - known) < 0.1 * len(wanted)


def test_which_of_two_kinds_of_words_stands_where_decides(repository: Path, splits: dict[str, list[Document]]) -> None:
    kinds = runpy.run_path(str(repository / "tools" / "make_demo_sentiment.py"))["KINDS"]
    kind_of = {word: kind for kind, words in kinds.items() for word in words}
    labels: dict[tuple[str, ...], set[str]] = {}
    for document in (document for documents in splits.values() for document in documents):
        actual = [kind_of[word] for word in re.findall(r"\w+", document.text.lower()) if word in kind_of]
        if len(set(actual)) == 2:
            labels.setdefault(tuple(sorted(actual)), set()).add(document.labels[0])
    assert labels[("negative", "positive")] == {"negative", "neutral", "positive"}
