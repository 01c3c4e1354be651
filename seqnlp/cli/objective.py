"""What a job of a sweep tells Hydra's sweeper: one number, the objective, and which way is better."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from seqnlp.config.common import Config
from seqnlp.errors import ConfigError, did_you_mean

LOWER_IS_BETTER = ("loss", "perplexity", "bits_per_character", "bits_per_byte", "mae", "rmse", "mase", "ter", "error")

_DIRECTIONS = {
    "optuna": ("hydra.sweeper.direction", ("maximize", "minimize")),
    "nevergrad": ("hydra.sweeper.optim.maximize", ("true", "false")),
    "ax": ("hydra.sweeper.ax_config.experiment.minimize", ("false", "true")),
}
"""The setting of each sweeper that says which way is better, and its values for higher and lower."""


class Objective(float):
    """A number that knows its run. It travels between processes whole, and sweepers read it as any number."""

    run: Path

    def __new__(cls, value: float, run: Path) -> Objective:
        made = super().__new__(cls, value)
        made.run = run
        return made

    def __reduce__(self) -> tuple[type[Objective], tuple[float, Path]]:
        return Objective, (float(self), self.run)


def objective_of(run: Path, name: str) -> Objective:
    """The objective of a run that is trained; not a number where it has no dev score.

    Raises:
        ConfigError: the run has dev scores, but none of that name.
    """
    scores = read_dev_scores(run)
    if scores and name not in scores:
        raise _unknown(name, list(scores))
    return Objective(scores.get(name, math.nan), run)


def check_objective(config: Config) -> None:
    """Refuse an objective that no dev score of the task is called, before anything is trained.

    Raises:
        ConfigError: says which names there are.
    """
    names = ["score", *config.dev_score_names]
    if config.trainer.objective not in names:
        raise _unknown(config.trainer.objective, names)


def _unknown(name: str, names: Sequence[str]) -> ConfigError:
    close = did_you_mean(name, names)
    return ConfigError([f"trainer.objective: expected one of {', '.join(names)}; found '{name}'{close}"])


def with_direction(overrides: Sequence[str]) -> list[str]:
    """What was typed, and which way is better, for a sweeper that must know and was not told."""
    typed = dict(one.lstrip("+").partition("=")[::2] for one in overrides)
    key, values = _DIRECTIONS.get(typed.get("hydra/sweeper", ""), ("", ("", "")))
    if not key or key in typed:
        return list(overrides)
    return [*overrides, f"{key}={values[is_lower_better(typed.get('trainer.objective', 'score'))]}"]


def read_dev_scores(run: Path) -> dict[str, float]:
    """The dev scores of a run's model by name; empty without a dev split."""
    scores: dict[str, float] = json.loads((run / "model" / "metrics.json").read_text(encoding="utf-8")).get("dev", {})
    return scores


def deciding_scores(runs: Sequence[Path]) -> tuple[str, list[float | None]]:
    """The name of the dev score that chose the best epochs, and what it is in each run (None without a dev split).

    ``score``, of which higher is better, is that score or minus it. It stands in where runs were chosen by others.
    """
    scores = [read_dev_scores(run) for run in runs]
    names = {_deciding(one) for one in scores if one}
    name = names.pop() if len(names) == 1 else "score"
    return name, [one.get(name) for one in scores]


def _deciding(scores: Mapping[str, float]) -> str:
    same = (name for name, value in scores.items() if name != "score" and abs(value) == abs(scores["score"]))
    return next(same, "score")


def is_lower_better(name: str) -> bool:
    """Whether a lower value of a dev score is better."""
    return name in LOWER_IS_BETTER
