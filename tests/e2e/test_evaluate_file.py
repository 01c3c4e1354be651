"""``seqnlp evaluate RUN --data FILE``: any file, without touching what the run knows of its own splits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from command import TINY, output, refusal, seqnlp

from seqnlp.errors import TrainingError

DEMOS = Path(__file__).resolve().parent.parent.parent / "recipes"


def scores(*arguments: object) -> dict[str, object]:
    report = json.loads(output("evaluate", *arguments, "--json"))
    return {key: value for key, value in report.items() if "second" not in key and key not in ("speed", "title")}


def test_the_scores_of_a_file_are_those_of_the_split_that_it_holds(trained: Path, tmp_path: Path) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    lines = (DEMOS / "tagging/demo/test.conll").read_text(encoding="utf-8")
    (tmp_path / "elsewhere.conll").write_text(lines, encoding="utf-8")
    before = (run / "model" / "metrics.json").read_bytes()
    actual = scores(run, "--data", tmp_path / "elsewhere.conll")
    assert (run / "model" / "metrics.json").read_bytes() == before
    assert actual == scores(run, "--split", "test")
    assert (run / "model" / "metrics.json").read_bytes() != before


def test_both_files_of_pairs_are_named_by_one_pattern(translator_run: Path, tmp_path: Path) -> None:
    for language in ("de", "en"):
        shutil.copy(translator_run.parent / f"test.{language}", tmp_path / f"new.{language}")
    assert scores(translator_run, "--data", tmp_path / "new.{lang}")["sentences"] == 40
    assert scores(translator_run, "--data", tmp_path / "new")["sentences"] == 40
    assert scores(translator_run, "--data", f"{tmp_path / 'new.de'} + {tmp_path / 'new.en'}")["sentences"] == 40


def test_series_too(tmp_path: Path) -> None:
    run = tmp_path / "run"
    output("train", "recipe=forecasting/demo", "trainer.epochs=1", f"run={run}")
    rows = (DEMOS / "forecasting/demo/ferry.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "part.csv").write_text("\n".join([rows[0], *rows[-200:]]) + "\n", encoding="utf-8")
    assert scores(run, "--data", tmp_path / "part.csv")["rows"] == 200


def test_documents_too(tmp_path: Path) -> None:
    run = tmp_path / "run"
    output("train", "recipe=classification/demo", f"run={run}", *TINY, "trainer.epochs=1")
    lines = (DEMOS / "classification/demo/test.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "few.tsv").write_text("".join(lines[:20]), encoding="utf-8")
    assert scores(run, "--data", tmp_path / "few.tsv")["documents"] == 20


@pytest.mark.parametrize(
    ("recipe", "file"),
    [
        ("tagging/demo", "test.conll"),
        ("classification/demo", "test.tsv"),
        ("language_model/demo", "test.txt"),
    ],
)
def test_a_file_is_scored_where_the_training_data_are_not(recipe: str, file: str, tmp_path: Path) -> None:
    """The score is the same; what learns from the training data is left out, and that is said."""
    data, run = shutil.copytree(DEMOS / recipe, tmp_path / "data"), tmp_path / "run"
    small = (*TINY, "trainer.epochs=1") if recipe != "language_model/demo" else ("data.limit=200", "trainer.epochs=1")
    output("train", f"recipe={recipe}", f"data.dir={data}", f"run={run}", *small)
    there = json.loads(output("evaluate", run, "--data", data / file, "--json"))
    shutil.move(data / file, tmp_path / file)
    shutil.rmtree(data)
    gone = seqnlp("evaluate", run, "--data", tmp_path / file, "--json")
    assert gone.status == 0, gone.err
    assert "(data.train), so what learns from train is left out: no baselines" in gone.err
    assert json.loads(gone.out)["score"] == there["score"]
    key = "baseline" if recipe == "tagging/demo" else "baselines"
    assert there[key]
    assert not json.loads(gone.out)[key]
    assert "no such file" in refusal("evaluate", run, "--split", "test")


def test_of_a_file_that_is_written_otherwise_no_settings_are_advised_alone(trained: Path, tmp_path: Path) -> None:
    """Settings of a run cannot be given with the file; so that is said beside what the reader advises."""
    (tmp_path / "x.conll").write_text("EU NNP\nrejects VB\n", encoding="utf-8")
    for told in (
        refusal("evaluate", trained, "--data", tmp_path / "x.conll"),
        refusal("compare", trained, trained, "--data", tmp_path / "x.conll"),
    ):
        assert "is data.tag_column right?" in told
        assert told.endswith("by the settings of the run: write it as the files that the run was trained on")
    (tmp_path / "x.conll").write_text("", encoding="utf-8")
    assert "its own settings" not in refusal("evaluate", trained, "--data", tmp_path / "x.conll")


def test_a_file_and_a_split_are_not_both_scored(trained: Path, tmp_path: Path) -> None:
    assert refusal("evaluate", trained, "--data", "x.conll", "--split", "dev") == (
        "--data scores a file, --split and --tune a split of the run: give one of them"
    )
    assert "no such file" in refusal("evaluate", trained, "--data", tmp_path / "missing.conll")


def test_scores_that_cannot_be_kept_are_printed_all_the_same(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shutil.copytree(trained, tmp_path / "run")

    def full(*arguments: object) -> None:
        raise TrainingError("the disk is full")

    monkeypatch.setattr("seqnlp.bundle.save_metrics", full)
    finished = seqnlp("evaluate", run, "--split", "dev", "--json")
    assert finished.status == 0
    assert json.loads(finished.out)["sentences"] > 0
    assert "warning: the scores are not kept in the model folder: the disk is full" in finished.err


def test_a_run_whose_data_moved_is_resumed_where_they_are(tmp_path: Path) -> None:
    data = shutil.copytree(DEMOS / "tagging/demo", tmp_path / "data")
    files = ("data.train=train.conll", "data.dev=dev.conll", f"data.dir={data}")
    run = tmp_path / "run"
    output("train", *files, *TINY, "trainer.epochs=1", f"run={run}")
    moved = data.rename(tmp_path / "moved")
    assert seqnlp("resume", run).status == 2
    assert seqnlp("resume", run, "--data-dir", moved).status == 0
    assert str(moved) in (run / "config.yaml").read_text(encoding="utf-8")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_predictions_stand_beside_what_is_right(trained: Path, translator_run: Path, tmp_path: Path) -> None:
    tagged, translated = tmp_path / "tagged.jsonl", tmp_path / "translated.jsonl"
    report = json.loads(
        output(
            "evaluate", shutil.copytree(trained, tmp_path / "run"), "--split", "dev", "--json", "--predictions", tagged
        )
    )
    assert len(rows(tagged)) == report["sentences"]
    assert all(len(row["tokens"]) == len(row["gold"]) == len(row["predicted"]) for row in rows(tagged))
    lines = "".join(" ".join(row["tokens"]) + "\n" for row in rows(tagged))
    used = output("tag", trained, "--input", "tokens", stdin=lines).splitlines()
    assert [json.loads(line)["tags"] for line in used] == [row["predicted"] for row in rows(tagged)]
    output("evaluate", translator_run, "--predictions", translated)
    sources = "".join(f"{row['source']}\n" for row in rows(translated))
    assert [row["predicted"] for row in rows(translated)] == output(
        "translate", translator_run, stdin=sources
    ).splitlines()
    assert [row["gold"] for row in rows(translated)] == [
        line.strip() for line in (translator_run.parent / "test.en").read_text(encoding="utf-8").splitlines()
    ]


def test_series_have_no_gold_answers_an_example(tmp_path: Path) -> None:
    run = tmp_path / "run"
    output("train", "recipe=forecasting/demo", "trainer.epochs=1", f"run={run}")
    assert refusal("evaluate", run, "--predictions", tmp_path / "p.jsonl") == (
        "--predictions is for taggers, translators and classifiers; this run's task is forecasting"
    )
