"""Minimum risk training: at its end a training learns which of the model's own translations are better."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import assert_same_weights, new_task, trained_task
from tiny_pairs import tiny_translation, write_tiny_pairs
from tiny_tasks import TINY, SuddenDeathError, dying

from seqnlp.errors import ConfigError
from seqnlp.metrics.translation_scores import sentence_utility
from seqnlp.models.translator import PairBatch
from seqnlp.tasks.translation.batches import pair_batch
from seqnlp.tasks.translation.task import TranslationTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, TranslationTask), partial(trained_task, TranslationTask)
PAIRS = np.array([3, 0, 7])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs, and a translator that knows a little of them."""
    folder = tmp_path_factory.mktemp("risk")
    write_tiny_pairs(folder)
    train(tiny_translation(folder, trainer__epochs=4, optimizer__learning_rate=0.03), folder / "begun")
    return folder


def with_risk(folder: Path, **changes: Any) -> Any:
    return tiny_translation(folder, **({"start_from": str(folder / "begun"), "risk__part": 1.0} | changes))


def without_dropout(folder: Path, run: Path, **changes: Any) -> TranslationTask:
    return task_of(with_risk(folder, **TINY["translation"].no_dropout | changes), run)


def batch_of(task: TranslationTask) -> PairBatch:
    assert task.risk
    return task.risk.batch(task.model, task.encoded, PAIRS)


def log_probs(task: TranslationTask, batch: PairBatch) -> torch.Tensor:
    """Log probability (R,) of each target of a batch, computed alone."""
    assert batch.rows is not None
    alone = []
    for row, source in enumerate(batch.rows.tolist()):
        end = int(batch.source_lengths[source])
        parts = (part[row : row + 1] for part in (batch.inputs, batch.outputs, batch.mask))
        one = PairBatch(batch.source[source : source + 1, :end], batch.source_lengths[source : source + 1], *parts)
        alone.append(task.model.token_log_probs(one).sum())
    return torch.stack(alone)


def test_translations_weigh_what_they_score_above_their_mean(folder: Path, tmp_path: Path) -> None:
    task = without_dropout(folder, tmp_path / "run", risk__candidates=4, risk__weight=0.6, risk__scale=5.0)
    batch = batch_of(task)
    assert batch.rows is not None
    assert batch.weights is not None
    utility, target = sentence_utility("bleu", "en"), task.vocabularies.target
    texts = [
        target.decode(outputs[mask][:-1].tolist()) for outputs, mask in zip(batch.outputs, batch.mask, strict=True)
    ]
    seen = 0
    for number, pair in enumerate(PAIRS.tolist()):
        mine = (batch.rows == number).nonzero()[:, 0].tolist()
        reference = target.decode(task.encoded[1].row(pair))
        assert (texts[mine[0]], float(batch.weights[mine[0]])) == (reference, pytest.approx(0.4))
        scores = np.array([utility(texts[row], reference) / 100 for row in mine[1:]])
        assert len(scores) in (0, 4)  # nothing where all are alike good
        expected = 0.6 * 5.0 * (scores - scores.mean()) / 4 if len(scores) else scores
        np.testing.assert_allclose(batch.weights[mine[1:]].numpy(), expected, atol=1e-6)
        seen += len(scores)
    assert seen


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_the_sum_of_what_each_translation_weighs(folder: Path, tmp_path: Path, smoothing: float) -> None:
    """Labels are smoothed of the references alone."""
    task = without_dropout(folder, tmp_path / "run", model__label_smoothing=smoothing, risk__weight=0.6)
    batch = batch_of(task)
    assert batch.weights is not None
    own = -(batch.weights * log_probs(task, batch))[len(PAIRS) :].sum()
    wanted = own + 0.4 * task.model.loss(pair_batch(task.encoded, PAIRS))
    loss = task.loss(PAIRS, 0.5)
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)
    parameters = list(task.model.parameters())
    for one, other in zip(torch.autograd.grad(loss, parameters), torch.autograd.grad(wanted, parameters), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


def test_a_batch_learns_what_its_pieces_learn(folder: Path, tmp_path: Path) -> None:
    task = without_dropout(folder, tmp_path / "run")
    alone = sum(task.loss(PAIRS[[row]], 0.5) for row in range(len(PAIRS)))
    torch.testing.assert_close(task.loss(PAIRS, 0.5), alone, rtol=1e-4, atol=1e-4)


def test_a_step_makes_better_translations_likelier(folder: Path, tmp_path: Path) -> None:
    task = without_dropout(folder, tmp_path / "run", risk__weight=1.0)
    batch = batch_of(task)
    assert batch.weights is not None
    before = log_probs(task, batch).detach()
    optimizer = torch.optim.SGD(task.model.parameters(), lr=1e-3)
    task.loss(PAIRS, 0.5).backward()
    optimizer.step()
    assert (batch.weights * (log_probs(task, batch).detach() - before)).sum() > 0


def test_the_first_part_of_a_training_is_as_without(folder: Path, tmp_path: Path) -> None:
    plain, risky = (without_dropout(folder, tmp_path / "run", risk__part=part) for part in (0.0, 0.25))
    for done in (0.0, 0.5, 0.74):
        assert torch.equal(plain.loss(PAIRS, done), risky.loss(PAIRS, done))
    assert not torch.equal(plain.loss(PAIRS, 0.75), risky.loss(PAIRS, 0.75))
    assert risky.model.training


@pytest.mark.parametrize("changes", [{}, {"model__metric": "chrf", "trainer__accumulation": 2}])
def test_a_training_that_dies_ends_as_if_it_had_not(folder: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    config = with_risk(folder, trainer__checkpoint_steps=1, trainer__epochs=2, risk__part=0.5, **changes)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, tmp_path / "killed"), 9), config, tmp_path / "killed", Processes())
    assert_same_weights(whole.model, train(config, tmp_path / "killed").model)


def test_teachers_say_nothing_of_the_models_own_translations(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"risk.part: expected 0 with teacher.runs"):
        tiny_translation(folder, risk__part=0.1, teacher__runs=str(folder / "begun"))
