"""A saved model folder alone knows how its data are read: any file is scored as the run would score it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import TINY, output, refusal, seqnlp
from six_tasks import TRAININGS

DEMOS = Path(__file__).resolve().parent.parent.parent / "recipes"
FILES = {
    "tagging": "tagging/demo/test.conll",
    "classification": "classification/demo/test.tsv",
    "translation": "translation/demo/test.{lang}",
    "language_model": "language_model/demo/test.txt",
    "forecasting": "forecasting/demo/ferry.csv",
    "anomaly_detection": "anomaly_detection/demo/readings.csv",
}
NUM_LINES = 400
"""Of each file, at most."""

SCORES = {
    "tagging": ("score", "interval", "sentences", "overall", "per_label", "errors"),
    "classification": ("score", "interval", "documents", "per_label", "confusion"),
    "translation": ("scores", "sentences", "health", "worst"),
    "language_model": ("scores", "lines", "unknown"),
    "forecasting": ("score", "rows"),
    "anomaly_detection": ("threshold", "rows", "unscored"),
}
"""What does not depend on the training part at hand, or on the time that it takes."""


@pytest.mark.parametrize("task", TRAININGS)
def test_a_folder_alone_scores_a_file_as_its_run_does(task: str, models: dict[str, Path], tmp_path: Path) -> None:
    run, file = shutil.copytree(models[task], tmp_path / "run"), tmp_path / Path(FILES[task]).name
    for path in (DEMOS / FILES[task]).parent.glob(file.name.replace("{lang}", "*")):
        (tmp_path / path.name).write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:NUM_LINES]))
    alone = shutil.copytree(run / "model", tmp_path / "elsewhere")
    settings = (alone / "training.yaml").read_text(encoding="utf-8")
    assert str(models[task].parent) not in settings
    assert str(DEMOS) not in settings
    whole = json.loads(output("evaluate", run, "--data", file, "--json"))
    actual = seqnlp("evaluate", alone, "--data", file, "--json")
    assert actual.status == 0, actual.err
    within = json.loads(output("evaluate", run / "model", "--data", file, "--json"))
    for report in (json.loads(actual.out), within):
        assert {name: report[name] for name in SCORES[task]} == {name: whole[name] for name in SCORES[task]}
    assert seqnlp("evaluate", alone, "--data", file).status == 0  # as text, too
    expected = f"{alone} is a model folder without its run; name what to score with --data FILE"
    assert refusal("evaluate", alone) == expected


def test_columns_and_scheme_are_those_of_training(tmp_path: Path) -> None:
    lines = [
        "1\tAda\tx\tU-PER",
        "2\tleft\tx\tO",
        "",
        "1\tOslo\tx\tU-LOC",
        "",
        "1\tBo\tx\tU-PER",
        "2\tate\tx\tO",
        "",
    ] * 6
    (tmp_path / "data.txt").write_text("\n".join(lines), encoding="utf-8")
    columns = ("data.token_column=1", "data.tag_column=3", "data.scheme=bilou", "data.format=conll")
    run = tmp_path / "run"
    output("train", *columns, f"data.train={tmp_path}/data.txt", "data.dev=", f"run={run}", *TINY)
    (tmp_path / "new.txt").write_text("\n".join(lines[:5]), encoding="utf-8")
    alone = shutil.copytree(run / "model", tmp_path / "alone")
    report = json.loads(output("evaluate", alone, "--data", tmp_path / "new.txt", "--json"))
    assert report["sentences"] == 2
    assert report["overall"]["support"] == 2


def test_settings_that_were_damaged_are_named(tmp_path: Path, trained: Path) -> None:
    alone = shutil.copytree(trained / "model", tmp_path / "alone")
    (alone / "training.yaml").write_text("task: [tagging\n", encoding="utf-8")
    message = refusal("evaluate", alone, "--data", DEMOS / FILES["tagging"])
    assert message.startswith(f"{alone / 'training.yaml'} is damaged (")
