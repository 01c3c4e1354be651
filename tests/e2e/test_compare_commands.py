"""``seqnlp compare`` of two runs of each task: the scores are those of ``evaluate``; no model beats itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command import TINY, output, refusal

SHORT = {
    "tagging": ("recipe=tagging/demo", *TINY),
    "classification": ("recipe=classification/demo", "data.limit=80", "trainer.epochs=2", "model.hidden_dim=8"),
    "language_model": ("recipe=language_model/demo", "data.limit=60", "trainer.epochs=1", "model.hidden_dim=8"),
    "forecasting": ("recipe=forecasting/demo", "trainer.epochs=1", "model.hidden_dim=8"),
    "anomaly": ("recipe=anomaly_detection/demo", "trainer.epochs=1", "trainer.stride=20", "model.hidden_dim=8"),
}
MEASURES = {
    "tagging": ["F1"],
    "classification": ["accuracy", "macro F1"],
    "language_model": ["perplexity"],
    "forecasting": ["MAE of passengers", "RMSE of passengers", "MAE of temperature", "RMSE of temperature"],
    "anomaly": ["% of windows found", "% of other rows flagged"],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short runs of every task, TASK1 and TASK2. Read only."""
    folder = tmp_path_factory.mktemp("compared")
    for task, settings in SHORT.items():
        for seed in (1, 2):
            output("train", *settings, f"seed={seed}", f"run={folder}/{task}{seed}")
    return folder


def compared(*arguments: object) -> dict[str, Any]:
    actual: dict[str, Any] = json.loads(output("compare", *arguments, "--json"))
    return actual


@pytest.mark.parametrize("task", list(SHORT))
def test_two_models_of_a_task_are_compared_and_one_is_no_better_than_itself(runs: Path, task: str) -> None:
    actual = compared(runs / f"{task}1", runs / f"{task}2")
    assert [each["name"] for each in actual["measures"]] == MEASURES[task]
    for each in actual["measures"]:
        assert each["difference"] == pytest.approx(each["b"]["score"] - each["a"]["score"])
        assert 0 < each["bootstrap_p"] <= 1
        assert 0 < each["randomization_p"] <= 1
    itself = compared(runs / f"{task}1", runs / f"{task}1")
    assert itself["identical"]
    assert [each["bootstrap_p"] for each in itself["measures"]] == [1.0] * len(MEASURES[task])


def test_the_scores_are_those_of_evaluate(runs: Path) -> None:
    def evaluated(task: str) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(output("evaluate", runs / f"{task}1", "--json"))
        return report

    def first(task: str) -> list[float]:
        actual = compared(runs / f"{task}1", runs / f"{task}2")
        return [each["a"]["score"] for each in actual["measures"]]

    assert first("tagging") == pytest.approx([100 * evaluated("tagging")["score"]])
    classified = evaluated("classification")
    assert first("classification") == pytest.approx([100 * classified["accuracy"], 100 * classified["macro"]["f1"]])
    assert first("language_model") == pytest.approx([evaluated("language_model")["scores"]["per_word"]])
    columns = evaluated("forecasting")["columns"]
    expected = [column["model"][measure] for column in columns for measure in ("mae", "rmse")]
    assert first("forecasting") == pytest.approx(expected)
    watched = evaluated("anomaly")["at_budget"][0]
    shares = [100 * len(watched["found"]) / watched["windows"], 100 * watched["false_alarms"] / watched["outside"]]
    assert first("anomaly") == pytest.approx(shares)


def test_documents_of_a_file_are_drawn_whole(runs: Path, tmp_path: Path) -> None:
    sentence = "Anna\tB-PER\nsaw\tO\nRome\tB-LOC\n\n"
    marked = tmp_path / "marked.conll"
    marked.write_text(("-DOCSTART-\tO\n\n" + 3 * sentence) * 4, encoding="utf-8")
    a, b = runs / "tagging1", runs / "tagging2"
    assert (compared(a, b, "--data", marked)["size"], compared(a, b, "--data", marked)["unit"]) == (12, "sentences")
    whole = compared(a, b, "--data", marked, "--by", "document")
    assert (whole["size"], whole["unit"]) == (4, "documents")
    assert refusal("compare", a, b, "--by", "document").endswith("longer texts)")


def test_runs_that_cannot_be_compared(runs: Path, tmp_path: Path) -> None:
    tagger, classifier = runs / "tagging1", runs / "classification1"
    assert refusal("compare", tagger, classifier) == (
        f"{tagger} holds a model for tagging and {classifier} one for classification"
    )
    other = tmp_path / "other"
    output("train", *SHORT["tagging"], "data.test=dev.conll", f"run={other}")
    assert "the two runs read other examples or other right answers" in refusal("compare", tagger, other)
    assert refusal("compare", tagger, other, "--split", "dev", "--data", "x") == (
        "--data compares on a file and --split on a split of the runs: give one of them"
    )
