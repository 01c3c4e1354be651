"""Two language models are compared where they know the same words: an unknown word costs little, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import seqnlp
from seqnlp.cli import main
from seqnlp.text.language_tokens import CharacterTokens, WordTokens, read_as

LINES = ["the old mill stands", "the old boat sails", ""] * 60
SETTINGS: dict[str, object] = {"trainer": {"epochs": 1, "threads": 1}, "model.embedding_dim": 8, "model.hidden_dim": 8}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``all`` knows the word ``gull``, which occurs once, ``frequent`` does not. Read only."""
    folder = tmp_path_factory.mktemp("models")
    for name, least in (("all", 1), ("frequent", 2)):
        settings = {**SETTINGS, "tokenizer.min_count": least}
        train = [*LINES, "a gull sails"]
        seqnlp.train(task="language_model", train=train, dev=LINES[:9], run=folder / name, settings=settings)
    return folder


def compared(runs: Path, lines: list[str]) -> int:
    (runs / "test.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return main(["compare", str(runs / "all"), str(runs / "frequent"), "--data", str(runs / "test.txt")])


def test_lines_of_which_only_one_model_knows_the_words_are_left_out(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(runs, [*LINES[:60], "the gull sails", "the albatross sails"]) == 0
    told = capsys.readouterr()
    assert (
        "left out: 1 of 62 lines, in which one model knows words that the other reads as unknown" in told.err + told.out
    )
    assert "\n61 lines\n" in told.out


def test_models_that_know_other_words_are_not_compared(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(runs, ["the old boat sails", "the gull sails"]) == 2
    expected = "in 1 of 2 lines one model knows words that the other reads as unknown; only models that know the same"
    assert expected in capsys.readouterr().err


def test_a_file_that_is_no_text_is_told_where_it_is_scored(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content, told in (("a.srt", "1\n00:01,0 --> 00:02,0\nthe gull\n", True), ("a.txt", "the gull\n", False)):
        (runs / name).write_text(content, encoding="utf-8")
        assert main(["evaluate", str(runs / "all"), "--data", str(runs / name)]) == 0
        said = capsys.readouterr()
        assert ("a.srt: looks like subtitles, all of which is read as text" in said.err + said.out) == told


def test_words_that_a_text_has_as_unknown_are_so_for_every_model() -> None:
    lines = ["the <unk> gull", ""]
    assert read_as(lines, WordTokens(["the", "\n"], "whitespace")) == ["the <unk> <unk>", ""]
    assert read_as(lines, CharacterTokens([*"thegul<nk>", " ", "\n"])) == lines
