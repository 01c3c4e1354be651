"""What holds of every task in the real loop: a run that dies is resumed bit for bit, a batch may be cut into pieces."""

from __future__ import annotations

import copy
import shlex
from pathlib import Path
from typing import Any

import pytest
import torch
from tasks_in_process import assert_same_weights, trained_task
from tiny_tasks import TINY, SuddenDeathError, dying, make_task

from seqnlp.bundle import load_bundle
from seqnlp.config.common import Config
from seqnlp.task_table import TASKS, part_of
from seqnlp.tasks.base import python_command
from seqnlp.tasks.changed_settings import changed_settings
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

Changes = dict[str, Any]

DEATHS: list[tuple[str, Changes, int]] = [
    *(("tagging", {"model__output": output}, death) for output, death in (("crf", 7), ("crf", 17), ("softmax", 17))),
    ("translation", {}, 17),
    *(("classification", {}, death) for death in (4, 13)),
    ("language_model", {"model__cell": "lstm"}, 4),
    *(("language_model", {"model__cell": cell}, 17) for cell in ("lstm", "gru", "rnn", "peephole")),
    *(("forecasting", {}, death) for death in (3, 9)),
    *(("anomaly_detection", {"model__cell": cell}, 9) for cell in ("lstm", "peephole")),
]
SGD: Changes = {"optimizer__name": "sgd", "optimizer__learning_rate": 0.5}
PIECES: list[tuple[str, Changes, int, float]] = [
    *(("tagging", {**SGD, "model__output": "crf"}, n, 1e-5) for n in (2, 3, 7)),
    ("tagging", {**SGD, "model__output": "softmax"}, 3, 1e-5),
    ("translation", SGD, 5, 1e-5),
    ("classification", {**SGD, "model__window": 4}, 3, 1e-5),
    ("language_model", {**SGD, "model__change_penalty": 1.0}, 3, 1e-5),
    ("forecasting", {}, 3, 1e-4),
    ("anomaly_detection", {}, 3, 1e-4),
]


def train(config: Config, run: Path) -> Any:
    return trained_task(part_of(config.task, "task"), config, run)


def test_every_task_is_held_to_the_contract() -> None:
    assert set(TINY) == set(TASKS) == {task for task, *_ in DEATHS} == {task for task, *_ in PIECES}


@pytest.mark.parametrize("task", TASKS)
def test_scores_of_dev_have_the_names_that_the_settings_promise(
    tmp_path: Path, folders: dict[str, Path], task: str
) -> None:
    config = TINY[task].config(folders[task])
    scores = list(make_task(config, tmp_path / "run").evaluate())
    assert scores
    assert set(scores) <= set(config.dev_score_names)


def name_of(value: object) -> str:
    return ",".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(("task", "changes", "lives"), DEATHS, ids=name_of)
def test_a_run_that_dies_in_a_step_is_resumed_bit_for_bit(
    tmp_path: Path, folders: dict[str, Path], task: str, changes: Changes, lives: int
) -> None:
    config = TINY[task].config(folders[task], **TINY[task].everything, **changes)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(make_task(config, tmp_path / "run"), lives), config, tmp_path / "run", Processes())
    resumed = train(config, tmp_path / "run")
    assert_same_weights(whole.model, resumed.model)
    never, once = (load_bundle(tmp_path / name) for name in ("whole", "run"))
    assert (never.description, never.vocabulary, never.metrics) == (once.description, once.vocabulary, once.metrics)
    assert all(torch.equal(never.tensors[name], once.tensors[name]) for name in never.tensors)


AUTO: dict[str, Changes] = {
    "classification": {"model__ngrams": -1},
    "forecasting": {"model__linear": "fitted", "model__calendar": "auto", "model__lags": 0},
}
"""Settings that let the data choose."""


@pytest.mark.parametrize("task", sorted(TASKS))
def test_what_the_data_choose_does_not_change_the_settings_of_a_run(
    tmp_path: Path, folders: dict[str, Path], task: str
) -> None:
    config = TINY[task].config(folders[task], **AUTO.get(task, {}), trainer__epochs=1)
    asked = copy.deepcopy(config)
    train(config, tmp_path / "run")
    assert config == asked
    assert changed_settings(tmp_path / "run", asked) == ""


def test_a_run_with_default_settings_is_resumed_as_well(tmp_path: Path, folders: dict[str, Path]) -> None:
    config = TINY["translation"].config(folders["translation"])
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(make_task(config, tmp_path / "run"), 9), config, tmp_path / "run", Processes())
    assert_same_weights(whole.model, train(config, tmp_path / "run").model)


@pytest.mark.parametrize("task", [task for task in TINY if task not in ("forecasting", "anomaly_detection")])
def test_developing_does_not_change_training(tmp_path: Path, folders: dict[str, Path], task: str) -> None:
    settings = {**TINY[task].everything, **({"model__ngrams": 0} if task == "classification" else {})}
    with_dev = train(TINY[task].config(folders[task], **settings), tmp_path / "with")
    without = train(TINY[task].config(folders[task], **settings, data__dev=""), tmp_path / "without")
    assert_same_weights(with_dev.model, without.model)


@pytest.mark.parametrize(("task", "changes", "accumulation", "tolerance"), PIECES, ids=name_of)
def test_pieces_of_a_batch_give_the_model_of_the_whole_batch(
    tmp_path: Path, folders: dict[str, Path], task: str, changes: Changes, accumulation: int, tolerance: float
) -> None:
    settings = {**TINY[task].no_dropout, **changes}
    whole = train(TINY[task].config(folders[task], **settings), tmp_path / "whole")
    pieces = train(
        TINY[task].config(folders[task], **settings, trainer__accumulation=accumulation), tmp_path / "pieces"
    )
    for (name, one), other in zip(whole.model.named_parameters(), pieces.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=tolerance, rtol=0, msg=name)


def test_commands_to_type_next_hold_any_folder() -> None:
    plain, odd = (python_command(shlex.quote(run), "tag('...')") for run in ("runs/a", "my run's"))
    assert plain == "python -c \"import seqnlp; print(seqnlp.load('runs/a').tag('...'))\""
    assert shlex.split(odd) == [
        "python",
        "-c",
        "import sys, seqnlp; print(seqnlp.load(sys.argv[1]).tag('...'))",
        "my run's",
    ]
