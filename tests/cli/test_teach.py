"""``seqnlp teach``: an encoder learns labelled texts, and what it says of texts is learnt by a small classifier."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tiny_encoder import write_encoder, write_quick_learner

from seqnlp.cli import main
from seqnlp.config.loop import LoopConfig
from seqnlp.tasks.classification.answers import read_answers
from seqnlp.tasks.classification.fine_tuning import FineTunedEncoder
from seqnlp.tasks.fine_tuning import FineTuning
from seqnlp.text.files import read_lines

ROWS = [("calm", "harbour gulls"), ("wild", "storm sea"), ("calm", "harbour"), ("wild", "stormy sea tide")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder that learns quickly, and texts with two labels."""
    write_quick_learner(tmp_path / "encoder")
    for name in ("train", "dev"):
        (tmp_path / f"{name}.tsv").write_text("".join(f"{label}\t{text}\n" for label, text in ROWS), encoding="utf-8")
    return tmp_path


def teach(folder: Path, *more: str, output: str = "answers.jsonl") -> int:
    settings = ["task=classification", f"data.train={folder / 'train.tsv'}", f"data.dev={folder / 'dev.tsv'}"]
    return main(["teach", str(folder / "encoder"), *settings, *more, "-o", str(folder / output), "--threads", "1"])


def answers(folder: Path, output: str = "answers.jsonl") -> dict[str, dict[str, float]]:
    rows = [json.loads(line) for _, line in read_lines(folder / output)]
    return {row["text"]: row["probabilities"] for row in rows}


def test_what_is_learnt_is_said_of_texts_as_a_classifier_reads_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "more.txt").write_text("gulls\n\nsea\nharbour\n", encoding="utf-8")
    learning = ("--epochs", "60", "--learning-rate", "0.02")
    assert teach(folder, *learning, "--texts", str(folder / "more.txt")) == 0
    said = capsys.readouterr().err
    assert "4 texts with 2 labels are learnt by" in said
    assert "step 60 of 60" in said
    assert "dev: accuracy 100.00, macro F1 100.00" in said
    assert f"teacher.answers={folder / 'answers.jsonl'}" in said
    found = answers(folder)
    assert list(found) == [*(text for _, text in ROWS), "gulls", "sea"]
    assert all(found[text][label] > 0.8 for label, text in ROWS)
    assert all(sum(row.values()) == pytest.approx(1, abs=1e-4) for row in found.values())
    taught = read_answers(folder / "answers.jsonl", ["calm", "wild"], multi_label=False)
    assert taught["storm sea"][1] == pytest.approx(found["storm sea"]["wild"], abs=1e-4)


def test_the_same_seed_gives_the_same_answers_and_another_others(folder: Path) -> None:
    for name, more in (("a", ()), ("b.gz", ()), ("c", ("seed=2",)), ("d", ("--examples", "2"))):
        assert teach(folder, "--epochs", "3", "--learning-rate", "0.01", *more, output=f"{name}") == 0
    assert answers(folder, "a") == answers(folder, "b.gz")
    assert answers(folder, "a") != answers(folder, "c")
    assert answers(folder, "a") != answers(folder, "d")


def test_parts_of_texts_are_answered_as_they_are_written(folder: Path) -> None:
    (folder / "more.txt").write_text("sea  gulls, tide", encoding="utf-8")
    assert teach(folder, "--epochs", "1", "--parts", "5", "--texts", str(folder / "more.txt")) == 0
    more = set(answers(folder)) - {text for _, text in ROWS} - {"sea  gulls, tide"}
    whole = {"sea  gulls", "sea  gulls,", "gulls,", "gulls, tide", ", tide"}
    assert more <= {"stormy sea", "sea tide"} | whole
    assert len(more) > 3


def test_several_labels_of_a_text_are_learnt_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("calm,wild", "sea gulls"), ("", "harbour"), ("wild", "storm")]
    (folder / "train.tsv").write_text("".join(f"{label}\t{text}\n" for label, text in rows), encoding="utf-8")
    (folder / "dev.tsv").write_text("calm\tsea gulls\nwild\tstorm\n", encoding="utf-8")
    assert teach(folder, "data.multi_label=true", "--epochs", "60", "--learning-rate", "0.02") == 0
    assert "dev: micro F1 " in capsys.readouterr().err
    found = answers(folder)
    assert found["sea gulls"]["calm"] > found["harbour"]["calm"]
    assert found["storm"]["wild"] > found["harbour"]["wild"]
    assert sum(found["harbour"].values()) < 1 < sum(found["sea gulls"].values()) + 0.5


def test_dev_is_learnt_too_where_the_student_learns_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dev.tsv").write_text("wild\ttide gulls\n", encoding="utf-8")
    assert teach(folder, "--epochs", "1", "data.train_on_dev=elsewhere", "trainer.epochs=3") == 0
    said = capsys.readouterr().err
    assert "5 texts with 2 labels are learnt by" in said
    assert "dev: " not in said
    assert "tide gulls" in answers(folder)


def test_a_text_is_answered_alike_alone_and_among_longer_ones(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    encoder = FineTunedEncoder(tmp_path, 3, False, FineTuning(1, 0, 5e-5, 32, longest=8), 1, LoopConfig())
    texts = ["sea", "storm tide gulls sea", "harbour gulls " * 30]
    together = encoder.answers(texts)
    alone = np.concatenate([encoder.answers([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert encoder.answers([]).shape == (0, 3)


def test_long_texts_are_cut_and_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert teach(folder, "--epochs", "1", "--longest", "5") == 0
    assert "2 of 4 texts are cut after 5 word pieces (--longest)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--epochs", "0"), "--epochs: expected 1 to 1,000, found 0"),
        (("--learning-rate", "2"), "--learning-rate: expected a number between 0 and 1, found 2.0"),
        (("--examples", "-1"), "--examples: expected 0 (all) or more, found -1"),
        (("--parts", "-2"), "--parts: expected 0 to 100, found -2"),
        (("--texts", "nowhere.txt"), "nowhere.txt"),
        (("data.train=nowhere.tsv",), "nowhere.tsv"),
    ],
)
def test_what_cannot_be_is_said(
    folder: Path, more: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert teach(folder, *more) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "answers.jsonl").exists()


def test_only_classifiers_and_taggers_are_taught_and_only_by_encoders(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder, output = str(folder / "encoder"), str(folder / "answers.jsonl")
    assert main(["teach", encoder, "recipe=translation/demo", "-o", output]) == 2
    assert (
        "expected a recipe or settings of task=classification or task=tagging, found task=translation"
        in capsys.readouterr().err
    )
    assert main(["teach", encoder, "recipe=classification/demo"]) == 2
    assert "expected -o FILE, where the answers go" in capsys.readouterr().err
    assert main(["teach", "recipe=classification/demo", "-o", output]) == 2
    assert "expected the folder of a pretrained encoder, then settings; found 'recipe=" in capsys.readouterr().err
    assert main(["teach", encoder, "-o", output]) == 2
    assert "expected what is to be learnt: recipe=NAME" in capsys.readouterr().err
    (folder / "encoder" / "model.safetensors").unlink()
    assert teach(folder) == 2
    assert "expected a config.json and a model.safetensors; no model.safetensors here" in capsys.readouterr().err


def test_a_folder_is_no_output_and_that_is_said_before_anything_is_learnt(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert teach(folder, output="encoder") == 2
    said = capsys.readouterr().err
    assert f"-o: expected a file, found the folder {folder / 'encoder'}" in said
    assert "learnt" not in said


def test_a_loss_that_is_no_number_ends_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = load_file(folder / "encoder" / "model.safetensors")
    weights["embeddings.word_embeddings.weight"][:] = np.nan
    save_file(weights, folder / "encoder" / "model.safetensors")
    assert teach(folder) == 2
    assert "the loss is not a number at step 1; lower --learning-rate" in capsys.readouterr().err
    assert not (folder / "answers.jsonl").exists()
