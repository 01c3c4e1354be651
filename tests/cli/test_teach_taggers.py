"""``seqnlp teach`` of taggers: an encoder learns tagged sentences, and what it says of words is read by training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_encoder import write_quick_learner

from seqnlp.cli import main
from seqnlp.config.loop import LoopConfig
from seqnlp.models.encoder_tagger import WordPieces
from seqnlp.tasks.fine_tuning import FineTuning
from seqnlp.tasks.tagging.fine_tuning import FineTunedTagger
from seqnlp.tasks.tagging.teacher_answers import read_answers
from seqnlp.text.files import read_lines

TEXT = "sea O\ngulls B-BIRD\n\nharbour O\nstormy B-SKY\ntide I-SKY\n\nsea O\ngull B-BIRD\n"
LEARNING = ("--epochs", "150", "--learning-rate", "0.01")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder that learns quickly, and three sentences."""
    write_quick_learner(tmp_path / "encoder")
    for name in ("train", "dev"):
        (tmp_path / f"{name}.conll").write_text(TEXT.replace(" ", "\t"), encoding="utf-8")
    return tmp_path


def teach(folder: Path, *more: str) -> int:
    settings = ["task=tagging", f"data.train={folder / 'train.conll'}", f"data.dev={folder / 'dev.conll'}"]
    output = ["-o", str(folder / "answers.jsonl"), "--threads", "1"]
    return main(["teach", str(folder / "encoder"), *settings, *more, *output])


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for _, line in read_lines(folder / "answers.jsonl")]


def test_what_is_learnt_is_said_of_words_and_read_by_training(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "more.txt").write_text("gulls, tide\n\nsea gulls\n", encoding="utf-8")
    assert teach(folder, *LEARNING, "--texts", str(folder / "more.txt")) == 0
    said = capsys.readouterr().err
    assert "3 sentences with 9 tags are learnt by" in said
    assert "dev: F1 100.00, precision 100.00, recall 100.00" in said
    assert "4 answers: " in said
    found = rows(folder)
    assert [row["tokens"] for row in found][0::3] == [["sea", "gulls"], ["gulls", ",", "tide"]]
    assert found[1]["probabilities"][2]["E-SKY"] > 0.4
    tags = ["O", "B-BIRD", "I-BIRD", "E-BIRD", "S-BIRD", "B-SKY", "I-SKY", "E-SKY", "S-SKY"]
    read = read_answers(folder / "answers.jsonl", tags)
    assert read["sea", "gulls"][1, tags.index("S-BIRD")] == pytest.approx(
        found[0]["probabilities"][1]["S-BIRD"], abs=1e-3
    )
    settings = ["task=tagging", f"data.train={folder / 'train.conll'}", f"data.dev={folder / 'dev.conll'}"]
    answers = f"teacher.answers={folder / 'answers.jsonl'}"
    assert main(["train", *settings, answers, "trainer.epochs=1", f"run={folder / 'run'}"]) == 0
    assert "teacher.answers: 3 of 3 training sentences, 1 sentences without tags; " in capsys.readouterr().err


def test_plain_tags_are_learnt_and_scored_by_word(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert teach(folder, "data.scheme=none", "model.scheme=none", *LEARNING) == 0
    assert "dev: accuracy 100.00" in capsys.readouterr().err
    assert set(rows(folder)[0]["probabilities"][0]) <= {"O", "B-BIRD", "B-SKY", "I-SKY"}


def test_tags_that_are_not_known_are_not_learnt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = TEXT.replace("gull B-BIRD", "gull ?").replace(" ", "\t")
    (folder / "train.conll").write_text(half, encoding="utf-8")
    assert teach(folder, "data.partial=true", "--epochs", "2") == 0
    assert "3 sentences with 9 tags" in capsys.readouterr().err
    assert len(rows(folder)) == 3


def test_dev_is_learnt_too_where_the_student_learns_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dev.conll").write_text("tide\tO\ngull\tB-BIRD\n", encoding="utf-8")
    assert teach(folder, "--epochs", "1", "data.train_on_dev=elsewhere", "trainer.epochs=3") == 0
    said = capsys.readouterr().err
    assert "4 sentences with 9 tags" in said
    assert "dev: " not in said
    assert ["tide", "gull"] in [row["tokens"] for row in rows(folder)]


def test_a_sentence_is_answered_alike_alone_and_among_others(folder: Path) -> None:
    teacher = FineTunedTagger(folder / "encoder", 3, FineTuning(1, 0, 5e-5, 32, longest=7), 1, LoopConfig())
    sentences = [["sea"], ["storm", "tide", "gulls", "sea"], ["harbour", "gulls"] * 9, ["\x07", "\u200b"], []]
    together = teacher.answers(sentences)
    assert [len(rows) for rows in together] == [1, 4, 18, 2, 0]
    for words, rows_together in zip(sentences, together, strict=True):
        np.testing.assert_allclose(rows_together, teacher.answers([words])[0], atol=1e-6)
        np.testing.assert_allclose(rows_together.sum(axis=1), 1, atol=1e-6)


def test_a_long_sentence_is_read_in_parts_that_end_between_words(folder: Path) -> None:
    read = WordPieces(folder / "encoder", 5).read([["sea", "gulls", "stormy", "tide"], ["harbour"], ["gulls"] * 2])
    # [CLS] sea gull ##s [SEP], [CLS] storm ##y tide [SEP], ...
    assert read.pieces.lengths.tolist() == [5, 5, 3, 4, 4]
    assert read.words.tolist() == [0, 2, 4, 5, 6, 7]
    assert read.first_of(np.array([0, 1])).tolist() == [[0, 1, 1, 0, 0], [0, 1, 0, 1, 0]]
    assert read.words_of(np.array([3, 0])).tolist() == [5, 0, 1]


def test_what_cannot_be_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert teach(folder, "--parts", "2") == 2
    assert "--parts: only for classifiers" in capsys.readouterr().err
    assert main(["teach", str(folder / "encoder"), "recipe=forecasting/demo", "-o", str(folder / "a")]) == 2
    expected = "expected a recipe or settings of task=classification or task=tagging, found task=forecasting"
    assert expected in capsys.readouterr().err
