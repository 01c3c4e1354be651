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
from seqnlp.metrics.false_alarms import least_rows
from seqnlp.tasks.saved_series import saved_scaler, series_facts


@dataclass(frozen=True)
class KnownSeries:
    """What a detector knows of one series.

    Attributes:
        scaler: of its columns.
        baseline_error: mean error of its training part.
        calibration: (n,) scores of its held-back normal rows, in the order of time.
        of_all: (N,) those of all series that the detector was trained on; nothing where it was trained on one.
    """

    scaler: Scaler
    baseline_error: float
    calibration: FloatArray
    of_all: FloatArray | None = None

    def judging(self, rate: float) -> FloatArray:
        """The scores of normal rows that set the threshold for a rate of false alarms.

        They are the series' own; those of all series where its own are too few to promise the rate.

        Raises:
            SeqnlpError: a rate out of its range.
        """
        few = len(self.calibration) < least_rows(rate)
        return self.of_all if few and self.of_all is not None else self.calibration


def known_together(every: Mapping[str, KnownSeries]) -> tuple[KnownSeries, Mapping[str, KnownSeries] | None]:
    """What a detector knows of its only series; or of all of several together, and of each by its name."""
    if list(every) == [""]:
        return every[""], None
    columns = len(next(iter(every.values())).scaler.mean)
    scores = np.concatenate([one.calibration for one in every.values()])  # (N,)
    shared = KnownSeries(Scaler(np.zeros(columns), np.ones(columns)), 1.0, scores)
    return shared, {name: replace(one, of_all=scores) for name, one in every.items()}


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
        "calibration_rows": [len(one.calibration) for one in every],
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
        return {"": KnownSeries(saved_scaler(facts, columns), facts.number("baseline_error"), calibration)}
    series = facts.texts("series")
    scaler, errors = saved_scaler(facts, len(series), columns), facts.table("baseline_error", len(series))
    ends = np.cumsum(facts.table("calibration_rows", len(series)).astype(int))  # (S,)
    if list(ends[-1:]) != [len(calibration)]:
        problem = f"calibration_rows: expected {len(calibration):,} in all, found {ends[-1:].sum():,}"
        raise RunError(f"{facts.path}: {problem}; copy the model again")
    scores = np.split(calibration, ends[:-1])
    return {
        name: KnownSeries(Scaler(scaler.mean[place], scaler.deviation[place]), float(errors[place]), scores[place])
        for place, name in enumerate(series)
    }
