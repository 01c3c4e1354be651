"""``data.dev=10%`` of pairs, tagged sentences and running text: the size asked for, and nothing on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.config.language_model import TextDataConfig
from seqnlp.config.splits import held_out_problems
from seqnlp.config.tagging import DataConfig
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.corpus import load_text, text_digest
from seqnlp.data.holdout import equal_together
from seqnlp.data.lines_of_train import hold_out_lines
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.data.sources import load_split, split_digest
from seqnlp.errors import DataError


def ignore(text: str) -> None:
    """Nobody listens."""


def test_what_shares_a_key_directly_or_over_others_is_together() -> None:
    keys = [("a", "x"), ("b", "y"), ("c", "x"), ("c", "z"), ("", ""), ("", ""), ("x", "a")]
    assert equal_together(keys) == [[0, 2, 3], [1], [4], [5], [6]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pairs_with_an_equal_side_are_held_out_together(tmp_path: Path, seed: int) -> None:
    rows = [f"Satz {n % 70}\tsentence {n % 80}" for n in range(100)]
    (tmp_path / "a.tsv").write_text("\n".join(rows), encoding="utf-8")
    config = ParallelDataConfig(dir=str(tmp_path), format="tsv", train="a.tsv", dev="10%", dev_seed=seed)
    said: list[str] = []
    train, dev = load_pairs(config, "train", said.append), load_pairs(config, "dev", ignore)
    assert "train: 10 of 100 pairs held out as dev" in said
    assert len(train) == 90
    assert len(dev) == 10
    for side in ("source", "target"):
        assert {getattr(pair, side) for pair in train}.isdisjoint(getattr(pair, side) for pair in dev)
    assert pairs_digest(config, "dev") == pairs_digest(config, "train") != ""


def column_file(documents: int, sentences: int, mark: str) -> str:
    """Documents of so many sentences."""
    blocks = [
        (mark if mark and n % sentences == 0 else "") + f"Ann{n} B-PER\nleft O\n" for n in range(documents * sentences)
    ]
    return "\n".join(blocks)


@pytest.mark.parametrize("mark", ["-DOCSTART- O\n\n", "# newdoc id = 7\n", "#begin document (7); part 000\n"])
def test_marked_documents_of_column_files_stay_whole(tmp_path: Path, mark: str) -> None:
    (tmp_path / "a.conll").write_text(column_file(20, 5, mark), encoding="utf-8")
    config = DataConfig(dir=str(tmp_path), train="a.conll", dev="12%")
    said: list[str] = []
    train, dev = load_split(config, "train", said.append), load_split(config, "dev", ignore)
    assert (len(train), len(dev)) == (90, 10)
    assert said[-1] == (
        "train: 10 of 100 sentences (12 asked for; documents stay together, and every tag in train) held out as dev"
    )
    numbers = [int(sentence.tokens[0].removeprefix("Ann")) // 5 for sentence in dev]
    assert all(numbers.count(number) == 5 for number in numbers)
    assert split_digest(config, "dev") == split_digest(config, "train")


def test_sentences_without_marks_are_held_out_one_by_one_and_no_tag_leaves_train(tmp_path: Path) -> None:
    text = column_file(1, 39, "") + "\n" + "Rome B-LOC\n\n" + "left O\n\n" * 2
    (tmp_path / "a.conll").write_text(text, encoding="utf-8")
    for seed in range(4):
        config = DataConfig(dir=str(tmp_path), train="a.conll", dev="50%", dev_seed=seed)
        train, dev = load_split(config, "train", ignore), load_split(config, "dev", ignore)
        assert len(dev) == 21
        assert any("B-LOC" in sentence.tags for sentence in train)
        assert {sentence.tokens for sentence in train}.isdisjoint(sentence.tokens for sentence in dev)


def test_the_last_lines_of_a_running_text_are_held_out_from_a_blank_line_on() -> None:
    lines = [f"line {n}" for n in range(100)]
    assert hold_out_lines(lines, 0.1) == (lines[:90], lines[90:])
    lines[88] = lines[60] = ""
    assert hold_out_lines(lines, 0.1) == (lines[:89], lines[89:])
    with pytest.raises(DataError, match=r"data\.dev: 0\.1 of 3 training lines; expected text on both sides"):
        hold_out_lines(["a", "b", "c"], 0.1)


def test_a_language_models_text_is_cut(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("".join(f"word {n}\n" for n in range(50)), encoding="utf-8")
    config = TextDataConfig(dir=str(tmp_path), train="a.txt", dev="20%")
    assert (len(load_text(config, "train")), load_text(config, "dev")[0]) == (40, "word 40")
    assert text_digest(config, "dev") == text_digest(config, "train") != ""


def test_a_part_that_cannot_be_is_named() -> None:
    config = TextDataConfig(train="5%", dev="100%", test="a.txt")
    assert held_out_problems(config) == [
        "data.dev: expected a part of more than 0% and less than 100%, found '100%'",
        "data.train: only data.dev can be a part of train; found '5%'",
    ]
