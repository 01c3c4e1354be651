"""Training on dev too (``data.train_on_dev``): what is fixed before, what is taken over, and that it is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from command import output, refusal, seqnlp
from tiny import tiny_config, write_tiny_data
from tiny_documents import tiny_classification, write_tiny_documents

from seqnlp.bundle import load_bundle
from seqnlp.errors import ConfigError, RunError
from seqnlp.launch import resume, start
from seqnlp.run_config import read_run_config
from seqnlp.tasks.classification.saved import read_classifier
from seqnlp.tasks.train_on_dev import INHERITED, LABEL, begin, metrics_of

KINDS = {"tagging": tiny_config, "classification": tiny_classification}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, and below it for each task a run on train alone and one on dev too. Read only."""
    folder = tmp_path_factory.mktemp("on_dev")
    write_tiny_data(folder, train=16, dev=10)
    write_tiny_documents(folder)
    for task, settings in KINDS.items():
        more = {"model__ngrams": 1} if task == "classification" else {}
        alone = settings(folder, trainer__epochs=3, trainer__patience=2, **more)
        alone.run = str(folder / task / "alone")
        start(alone)
        both = settings(folder, trainer__epochs=3, trainer__patience=2, data__train_on_dev=alone.run, **more)
        both.run = str(folder / task / "both")
        start(both)
    return folder


@pytest.mark.parametrize("task", KINDS)
def test_epochs_and_what_was_fitted_on_dev_are_those_of_the_earlier_run(folder: Path, task: str) -> None:
    alone, both = (load_bundle(folder / task / name) for name in ("alone", "both"))
    config = read_run_config(folder / task / "both")
    assert config.trainer.patience == 0
    assert config.trainer.epochs == alone.metrics["epoch"] == both.metrics["epoch"]
    examples = {"tagging": (16 + 10) / 4, "classification": (40 + 12) / 8}[task]
    assert both.metrics["step"] == -(-examples // 1) * config.trainer.epochs
    assert both.metrics["dev"] == {}
    for name in {"temperature", "outside_penalty"} & set(alone.description):
        assert both.description[name] == alone.description[name]
    if task == "tagging":
        assert (both.weights["review.texts"] == alone.weights["review.texts"]).all()
    else:
        inherited, fitted = read_classifier(both).label_sets, read_classifier(alone).label_sets
        assert inherited is not None
        assert fitted is not None
        assert inherited.gold.tolist() == fitted.gold.tolist()
    assert both.weights["project.weight"].tolist() != alone.weights["project.weight"].tolist()


@pytest.mark.parametrize("task", KINDS)
def test_it_is_said_wherever_the_score_is(folder: Path, task: str, tmp_path: Path) -> None:
    run = folder / task / "both"
    card = (run / "model" / "README.md").read_text(encoding="utf-8")
    assert card.startswith(f"# tiny {LABEL}\n")
    assert "development scores: none, the model learned from the development split too" in card
    assert "calibrated by an earlier model, which did not learn from the development split" in card
    finished = seqnlp("evaluate", run, "--split", "dev", "--report", tmp_path / "page.html")
    assert finished.out.startswith(f"tiny {LABEL} on dev: ")
    assert "dev: the model learnt from this split; its score says nothing of new text" in finished.err
    assert f"tiny {LABEL} on dev" in (tmp_path / "page.html").read_text(encoding="utf-8")
    test = folder / {"tagging": "dev.conll", "classification": "test.tsv"}[task]
    assert json.loads(output("evaluate", run / "model", "--data", test, "--json"))["title"] == f"tiny {LABEL}"
    compared = output("compare", folder / task / "alone", run, "--data", test)
    assert f"B: {run} {LABEL}\n" in compared
    assert compared.count(LABEL) == 1


@pytest.mark.parametrize("key", ["start_from", "teacher__runs"])
def test_a_model_that_learns_from_such_a_model_is_labelled_too(folder: Path, tmp_path: Path, key: str) -> None:
    told: list[str] = []
    config = tiny_config(folder, trainer__epochs=1, **{key: str(folder / "tagging" / "both")})
    begin(config, told.append)
    assert config.name == f"tiny {INHERITED}"
    assert told == [
        f"{folder}/tagging/both learnt from its dev split too: if dev is the same here, scores on it tell nothing"
    ]
    assert metrics_of(config) == {"trained_on_dev": True}
    alone = tiny_config(folder, **{key: str(folder / "tagging" / "alone")})
    begin(alone, told.append)
    assert alone.name == "tiny"
    assert metrics_of(alone) == {}
    shutil.copytree(folder / "tagging" / "alone", tmp_path / "taught")
    settings = tmp_path / "taught" / "config.yaml"
    settings.write_text(settings.read_text().replace("name: tiny", f"name: {config.name}"), encoding="utf-8")
    compared = output("compare", folder / "tagging" / "alone", tmp_path / "taught", "--data", folder / "dev.conll")
    assert f"B: {tmp_path}/taught {INHERITED}\n" in compared


def test_other_epochs_than_the_earlier_run_had_count(folder: Path) -> None:
    told: list[str] = []
    config = tiny_config(folder, trainer__epochs=7, data__train_on_dev=str(folder / "tagging" / "alone"))
    begin(config, told.append)
    assert config.trainer.epochs == 7
    assert not told


def test_a_finished_run_is_resumed_only_while_the_earlier_one_is_there(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "tagging" / "alone", tmp_path / "alone")
    config = tiny_config(folder, trainer__epochs=3, trainer__patience=2, data__train_on_dev=str(tmp_path / "alone"))
    config.run = str(tmp_path / "both")
    start(config)
    weights = load_bundle(tmp_path / "both").weights["project.weight"]
    assert (weights == load_bundle(folder / "tagging" / "both").weights["project.weight"]).all()
    resume(tmp_path / "both")
    shutil.rmtree(tmp_path / "alone")
    with pytest.raises(RunError, match=r"data.train_on_dev: .*; expected a finished run, trained on train alone"):
        resume(tmp_path / "both")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"model__hidden_dim": 9}, "model.hidden_dim: expected 8, as .*alone has, found 9"),
        ({"data__test": "1/4"}, "data.test: expected nothing, as .*alone has, found 1/4"),
        ({"data__limit": 5}, "data.limit: expected 0, as .*alone has, found 5"),
    ],
)
def test_other_settings_than_the_earlier_run_has_are_refused(
    folder: Path, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        begin(tiny_config(folder, data__train_on_dev=str(folder / "tagging" / "alone"), **changes), print)


def test_runs_that_cannot_lend_anything_are_refused(folder: Path, tmp_path: Path) -> None:
    for run, problem in {
        "tagging/both": "expected a run trained on train alone, .*both learnt from dev too",
        "classification/alone": "expected a run of task=tagging, found classification in ",
        "nowhere": "expected a finished run, trained on train alone",
    }.items():
        with pytest.raises(RunError, match=f"^data.train_on_dev: .*{problem}"):
            begin(tiny_config(folder, data__train_on_dev=str(folder / run)), print)
    (tmp_path / "train.conll").write_text((folder / "train.conll").read_text() + "new\tO\n\n", encoding="utf-8")
    (tmp_path / "dev.conll").write_text((folder / "dev.conll").read_text(), encoding="utf-8")
    config = tiny_config(tmp_path, trainer__patience=2, data__train_on_dev=str(folder / "tagging" / "alone"))
    config.run = str(tmp_path / "run")
    with pytest.raises(RunError, match=r"alone was trained on other data than data.train"):
        start(config)
    assert not (tmp_path / "run").exists()


def test_what_needs_dev_scores_does_not_go_with_it(folder: Path) -> None:
    settings = ("train", "task=tagging", f"data.dir={folder}", "data.train=train.conll", "run=nowhere")
    alone = f"data.train_on_dev={folder}/tagging/alone"
    assert "data.train_on_dev: there is no data.dev to learn from" in refusal(*settings, alone)
    message = refusal(*settings, alone, "data.dev=dev.conll", "optimizer.schedule=plateau")
    assert "data.train_on_dev: there are no dev scores then; optimizer.schedule=plateau and" in message
