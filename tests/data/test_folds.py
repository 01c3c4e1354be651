"""Folds of the training examples as test split, and shares of them to train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.language_model import TextDataConfig
from seqnlp.config.splits import held_out_problems
from seqnlp.config.tagging import DataConfig
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.corpus import load_text, text_digest
from seqnlp.data.documents import documents_digest, load_documents
from seqnlp.data.pairs import load_pairs
from seqnlp.data.sources import load_split, split_digest
from seqnlp.errors import DataError

SPLITS = ("train", "dev", "test")


def ignore(text: str) -> None:
    """Say nothing."""


def sentences(folder: Path, number: int = 60) -> None:
    text = "".join(f"Ann{n}\tB-PER\nleft\tO\n\n" for n in range(number))
    (folder / "a.conll").write_text(text, encoding="utf-8")


def test_the_folds_of_sentences_are_disjoint_and_hold_all(tmp_path: Path) -> None:
    sentences(tmp_path)
    tests = []
    for number in range(1, 6):
        config = DataConfig(dir=str(tmp_path), train="a.conll", dev="10%", test=f"{number}/5")
        train, dev, test = (load_split(config, split, ignore) for split in SPLITS)
        assert (len(train), len(dev), len(test)) == (43, 5, 12)
        sides = [{sentence.tokens for sentence in side} for side in (train, dev, test)]
        assert len(set.union(*sides)) == 60
        assert split_digest(config, "test") == split_digest(config, "train")
        tests.append(sides[2])
    assert len(set.union(*tests)) == sum(map(len, tests)) == 60


def test_documents_stay_together_and_a_file_too_coarse_is_cut_by_sentences(tmp_path: Path) -> None:
    marked = "".join("-DOCSTART-\tO\n\n" + "".join(f"a{d}x{n}\tO\n\n" for n in range(4)) for d in range(10))
    (tmp_path / "a.conll").write_text(marked, encoding="utf-8")
    config = DataConfig(dir=str(tmp_path), train="a.conll", test="3/5")
    documents = [sentence.tokens[0].partition("x")[0] for sentence in load_split(config, "test", ignore)]
    assert (len(documents), len(set(documents))) == (8, 2)
    config.test = "3/20"  # more folds than documents
    assert len(load_split(config, "test", ignore)) == 2


def test_every_label_is_in_every_fold_and_equal_texts_in_one(tmp_path: Path) -> None:
    rows = [f"{'ab'[n % 4 == 0]}\ttext {n // 2}\n" for n in range(200)]
    (tmp_path / "train.tsv").write_text("".join(rows), encoding="utf-8")
    said: list[str] = []
    seen = []
    for number in range(1, 5):
        config = DocumentDataConfig(dir=str(tmp_path), train="train.tsv", dev="10%", test=f"{number}/4")
        train, dev, test = (load_documents(config, split, said.append) for split in SPLITS)
        assert {document.labels[0] for document in test} == {"a", "b"}
        texts = [{document.text for document in side} for side in (train, dev, test)]
        assert len(set.union(*texts)) == sum(map(len, texts))
        assert documents_digest(config, "test") == documents_digest(config, "train")
        seen += [document.line for document in test]
    assert sorted(seen) == list(range(1, 201))
    assert said[0].startswith("train: 50 of 200 documents are test, fold 1 of 4")


def test_pairs_and_lines_have_folds_too(tmp_path: Path) -> None:
    (tmp_path / "t.de").write_text("".join(f"satz {n}\n" for n in range(40)), encoding="utf-8")
    (tmp_path / "t.en").write_text("".join(f"sentence {n}\n" for n in range(40)), encoding="utf-8")
    pairs = [
        load_pairs(ParallelDataConfig(dir=str(tmp_path), source="de", target="en", train="t.{lang}", test=f"{n}/4"),
                   "test", ignore)
        for n in range(1, 5)
    ]  # fmt: skip
    assert sorted(pair.line for fold in pairs for pair in fold) == list(range(1, 41))
    lines = []
    for number in range(1, 5):
        config = TextDataConfig(dir=str(tmp_path), train="t.en", test=f"{number}/4", dev="10%")
        test = load_text(config, "test")
        assert test == [f"sentence {n}" for n in range(10 * number - 10, 10 * number)]
        assert not set(test) & set(load_text(config, "train") + load_text(config, "dev"))
        lines += test
        assert text_digest(config, "test") == text_digest(config, "train")
    assert len(lines) == 40


def test_a_larger_share_holds_a_smaller_one_and_never_what_is_held_out(tmp_path: Path) -> None:
    sentences(tmp_path)
    config = DataConfig(dir=str(tmp_path), train="a.conll", dev="20%")
    dev = load_split(config, "dev", ignore)
    said: list[str] = []
    smaller: set[tuple[str, ...]] = set()
    for share, number in ((0.1, 5), (0.5, 24), (1.0, 48)):
        config.share = share
        used = {sentence.tokens for sentence in load_split(config, "train", said.append)}
        assert len(used) == number
        assert smaller <= used
        assert load_split(config, "dev", ignore) == dev
        smaller = used
    assert "train: 5 of 48 sentences are used (data.share=0.1)" in said
    config.share = 0.001
    with pytest.raises(DataError, match=r"data\.share: 0\.001 of 48 sentences is none"):
        load_split(config, "train", ignore)


def test_folds_that_cannot_be_are_named(tmp_path: Path) -> None:
    assert held_out_problems(TextDataConfig(train="a.txt", test="6/5")) == [
        "data.test: expected a fold such as 2/5, from 1 of at least 2, found '6/5'"
    ]
    sentences(tmp_path, 3)
    config = DataConfig(dir=str(tmp_path), train="a.conll", test="1/5")
    with pytest.raises(DataError, match=r"data\.test: 3 sentences in 3 groups of equal texts, .* too few for 5 folds"):
        load_split(config, "test", ignore)
