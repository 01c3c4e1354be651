"""Each schedule against values worked out by hand."""

from __future__ import annotations

import pytest

from seqnlp.config.loop import OptimizerConfig
from seqnlp.training.schedule import learning_rate


def rate(
    progress: float, *, step: int = 1000, epochs: int = 10, plateau_factor: float = 1.0, **settings: object
) -> float:
    config = OptimizerConfig(learning_rate=0.1, **settings)
    return learning_rate(config, step, progress, epochs, plateau_factor)


@pytest.mark.parametrize("progress", [0, 3.7, 10])
def test_constant_stays(progress: float) -> None:
    assert rate(progress, schedule="constant") == pytest.approx(0.1)


@pytest.mark.parametrize(("progress", "expected"), [(0, 0.1), (2.5, 0.08), (5, 0.06), (10, 0.02), (11, 0.02)])
def test_linear_falls_to_the_final_part(progress: float, expected: float) -> None:
    assert rate(progress, schedule="linear", final_factor=0.2) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("progress", "expected"), [(0, 0.1), (10 / 3, 0.08), (5, 0.06), (20 / 3, 0.04), (10, 0.02), (12, 0.02)]
)
def test_cosine_falls_along_half_a_wave(progress: float, expected: float) -> None:
    assert rate(progress, schedule="cosine", final_factor=0.2) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("progress", "expected"), [(0, 0.1), (2.99, 0.1), (3, 0.05), (5.5, 0.05), (6, 0.025), (9, 0.0125)]
)
def test_step_halves_every_third_epoch(progress: float, expected: float) -> None:
    assert rate(progress, schedule="step", factor=0.5, every_epochs=3) == pytest.approx(expected)


def test_plateau_follows_the_reductions_made() -> None:
    assert rate(4, schedule="plateau", plateau_factor=0.25) == pytest.approx(0.025)
    assert rate(4, schedule="constant", plateau_factor=0.25) == pytest.approx(0.1)


@pytest.mark.parametrize(("step", "expected"), [(0, 0.025), (1, 0.05), (2, 0.075), (3, 0.1), (4, 0.1), (99, 0.1)])
def test_warm_up_rises_evenly_and_is_never_zero(step: int, expected: float) -> None:
    assert rate(0, step=step, warmup_steps=4) == pytest.approx(expected)


def test_warm_up_multiplies_the_schedule() -> None:
    assert rate(5, step=1, warmup_steps=4, schedule="linear") == pytest.approx(0.1 * 0.5 * 0.5)
