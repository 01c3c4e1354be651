"""Fine-tuning in every task: a run begins with another run's weights, and is resumed bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny_documents import tiny_classification
from tiny_tasks import TINY, SuddenDeathError, dying

from seqnlp.api import load
from seqnlp.bundle import load_bundle
from seqnlp.config.common import Config
from seqnlp.errors import RunError
from seqnlp.task_table import part_of
from seqnlp.training.checkpoint import Progress
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

OTHERS = [task for task in TINY if task != "tagging"]
"""Taggers have tests of their own."""


def config_of(task: str, folder: Path, start: Path, **changes: Any) -> Config:
    """The smallest configuration of a task that begins with a run."""
    config: Any = TINY[task].config(folder, **changes)
    config.start_from = str(start)
    if task == "forecasting":
        config.trainer.epoch_steps = 3
    return config


def make(config: Config, run: Path, said: list[str] | None = None) -> Any:
    return new_task(part_of(config.task, "task"), config, run, (said if said is not None else []).append)


def train(config: Config, run: Path) -> Any:
    return trained_task(part_of(config.task, "task"), config, run)


@pytest.fixture(scope="module")
def starts(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A trained run of each task."""
    runs = {task: tmp_path_factory.mktemp("starts") / task for task in OTHERS}
    for task, run in runs.items():
        config: Any = TINY[task].config(folders[task], trainer__epochs=1)
        if task == "forecasting":
            config.trainer.epoch_steps = 3
        train(config, run)
    return runs


@pytest.mark.parametrize("task", OTHERS)
def test_a_run_begins_with_the_weights_of_another(
    task: str, folders: dict[str, Path], starts: dict[str, Path], tmp_path: Path
) -> None:
    said: list[str] = []
    made = make(config_of(task, folders[task], starts[task]), tmp_path / "run", said)
    saved = load_bundle(starts[task]).tensors
    for name, parameter in made.model.named_parameters():
        assert torch.equal(parameter, saved[name]), name
    assert any(line.startswith("begins with the weights") and str(starts[task]) in line for line in said)
    assert any(parameter.requires_grad for parameter in made.model.parameters())


@pytest.mark.parametrize("task", OTHERS)
def test_a_fine_tuned_run_that_dies_ends_as_if_it_had_not(
    task: str, folders: dict[str, Path], starts: dict[str, Path], tmp_path: Path
) -> None:
    changes = {"trainer__checkpoint_steps": 1, "trainer__ema_decay": 0.9, "trainer__epochs": 1}
    config = config_of(task, folders[task], starts[task], **changes)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(make(config, tmp_path / "killed"), 3), config, tmp_path / "killed", Processes())
    again = train(config, tmp_path / "killed")
    for (name, mine), theirs in zip(whole.model.named_parameters(), again.model.parameters(), strict=True):
        assert torch.equal(mine, theirs), name
    assert "- fine-tuned: it began with the weights of" in load_bundle(tmp_path / "killed").card
    load(tmp_path / "killed")


@pytest.mark.parametrize("task", OTHERS)
def test_a_model_of_another_task_is_one_clear_error(
    task: str, folders: dict[str, Path], starts: dict[str, Path], tmp_path: Path
) -> None:
    other = OTHERS[OTHERS.index(task) - 1]
    with pytest.raises(RunError, match=f"^start_from: expected a model of task={task}, found one of task={other} in "):
        make(config_of(task, folders[task], starts[other]), tmp_path / "run")


@pytest.mark.parametrize(
    ("task", "changes", "message"),
    [
        ("classification", {"model__hidden_dim": 9}, "found hidden_dim 9; give model.hidden_dim="),
        ("classification", {"tokenizer__kind": "bpe"}, "expected tokenizer.kind words, as .* has, found bpe"),
        ("classification", {"tokenizer__splitter": "split"}, "expected tokenizer.splitter words, as .*, found split"),
        ("language_model", {"tokenizer__kind": "characters"}, "expected tokenizer.kind words, as .*, found characters"),
        ("language_model", {"tokenizer__kind": "unigram"}, "expected tokenizer.kind words, as .*, found unigram"),
        (
            "language_model",
            {"tokenizer__splitter": "words"},
            "expected tokenizer.splitter whitespace, .*, found words",
        ),
        ("language_model", {"model__direction": "backward"}, "found direction backward; give model.direction=forward"),
        ("forecasting", {"model__horizon": 2}, "found horizon 2; give model.horizon="),
        ("anomaly_detection", {"model__code_dim": 1}, "found code_dim 1; give model.code_dim="),
    ],
)
def test_other_settings_and_tokenizers_are_one_clear_error(
    task: str, changes: dict[str, Any], message: str, folders: dict[str, Path], starts: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=f"^start_from: .*{message}"):
        make(config_of(task, folders[task], starts[task], **changes), tmp_path / "run")


def test_other_columns_are_one_clear_error(folders: dict[str, Path], starts: dict[str, Path], tmp_path: Path) -> None:
    text = (folders["forecasting"] / "series.csv").read_text()
    (tmp_path / "series.csv").write_text(text.replace("day,a,b", "day,a,c"))
    with pytest.raises(RunError, match=r"^start_from: expected the columns a, b, as .* has, found a, c"):
        make(config_of("forecasting", tmp_path, starts["forecasting"]), tmp_path / "run")


@pytest.mark.parametrize("several", [False, True])
def test_a_classifier_learns_new_labels_and_loses_nothing(several: bool, tmp_path: Path) -> None:
    lines = {
        "old": ["good\ta fine film\n", "bad\ta dull film\n"] * 6,
        "new": ["good\ta fine play\n", "mixed\ta fine but dull play\n"] * 6,
    }
    for name, rows in lines.items():
        (tmp_path / name).mkdir()
        for split in ("train", "dev"):
            (tmp_path / name / f"{split}.tsv").write_text("".join(rows))
    kind = {"data__multi_label": several, "model__class_weights": "equal" if several else "balanced"}
    train(tiny_classification(tmp_path / "old", **kind), tmp_path / "first")
    config = config_of(
        "classification", tmp_path / "new", tmp_path / "first", **kind, trainer__epochs=12, trainer__batch_sentences=2
    )
    texts = ["a fine film", "a dull film", "a fine but dull play"]
    task = make(config, tmp_path / "second")
    assert task.labels == ["bad", "good", "mixed"]
    before = probabilities(tmp_path / "first", texts)
    task.save({}, Progress())
    after = probabilities(tmp_path / "second", texts)
    if not several:
        assert (after[:, :2].argmax(axis=1) == before.argmax(axis=1)).all()
        assert (after.argmax(axis=1) < 2).all()
    assert (after[:, 2] < 0.1).all()
    fit(task, config, tmp_path / "second", Processes())
    assert probabilities(tmp_path / "second", texts)[2].argmax() == 2


def probabilities(run: Path, texts: list[str]) -> np.ndarray[Any, Any]:
    """(B, K) of a saved classifier."""
    actual = [answer.probabilities for answer in load(run).classify_texts(texts)]
    return np.array([[one[label] for label in sorted(one)] for one in actual])
