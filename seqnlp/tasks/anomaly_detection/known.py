"""What a detector knows of its series beside its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.bundle_fields import Fields
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.errors import RunError
from seqnlp.metrics.held_back import HeldBackScores
from seqnlp.tasks.saved_series import saved_scaler, series_facts


@dataclass(frozen=True)
class KnownSeries:
    """What a detector knows of one series.

    Attributes:
        scaler: of its columns.
        baseline_error: mean error of its training part.
        held_back: the scores of its held-back normal rows.
        of_all: those of all series that the detector was trained on; nothing where it was trained on one.
    """

    scaler: Scaler
    baseline_error: float
    held_back: HeldBackScores
    of_all: HeldBackScores | None = None

    def judging(self, rate: float) -> HeldBackScores:
        """The scores of normal rows that set the threshold for a rate of false alarms.

        They are the series' own; those of all series where its own are too few to promise the rate.

        Raises:
            SeqnlpError: a rate out of its range.
        """
        return self.held_back if self.of_all is None else self.held_back.or_all(rate, self.of_all)


def known_together(every: Mapping[str, KnownSeries]) -> tuple[KnownSeries, Mapping[str, KnownSeries] | None]:
    """What a detector knows of its only series; or of all of several together, and of each by its name."""
    if list(every) == [""]:
        return every[""], None
    columns = len(next(iter(every.values())).scaler.mean)
    of_all = HeldBackScores(np.concatenate([one.held_back.scores for one in every.values()]))  # (N,)
    shared = KnownSeries(Scaler(np.zeros(columns), np.ones(columns)), 1.0, of_all)
    return shared, {name: replace(one, of_all=of_all) for name, one in every.items()}


def facts_to_vocabulary(names: tuple[str, ...], step: Step | None, known: Mapping[str, KnownSeries]) -> dict[str, Any]:
    """What ``vocabulary.json`` holds of the series by name; :func:`saved_series` reads it back.

    Of one series without a name its scale is there as (C,) numbers; of several the names are, and (S, C) numbers.
    """
    every = list(known.values())
    if list(known) == [""]:
        return {**series_facts(names, step, every[0].scaler), "baseline_error": every[0].baseline_error}
    scales = Scaler(*(np.array([getattr(one.scaler, key) for one in every]) for key in ("mean", "deviation")))
    return {
        **series_facts(names, step, scales),
        "baseline_error": [one.baseline_error for one in every],
        "calibration_rows": [len(one.held_back) for one in every],
        "series": list(known),
    }


def saved_series(facts: Fields, columns: int, calibration: FloatArray) -> dict[str, KnownSeries]:
    """The inverse of :func:`facts_to_vocabulary`.

    Args:
        columns: C.
        calibration: (N,) scores of the held-back rows of all series, one series after the other.

    Raises:
        RunError: a field is missing or of another kind, or the series have another number of held-back rows.
    """
    if "series" not in facts:
        return {
            "": KnownSeries(saved_scaler(facts, columns), facts.number("baseline_error"), HeldBackScores(calibration))
        }
    series = facts.texts("series")
    scaler, errors = saved_scaler(facts, len(series), columns), facts.table("baseline_error", len(series))
    counts = facts.table("calibration_rows", len(series)).astype(int)  # (S,)
    if counts.sum() != len(calibration):
        problem = f"calibration_rows: expected {len(calibration):,} in all, found {counts.sum():,}"
        raise RunError(f"{facts.path}: {problem}; copy the model again")
    scales = map(Scaler, scaler.mean, scaler.deviation)
    held_back = map(HeldBackScores, np.split(calibration, np.cumsum(counts)[:-1]))
    return dict(zip(series, map(KnownSeries, scales, errors.tolist(), held_back), strict=True))
