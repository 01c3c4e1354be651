"""What a model folder says of the series that a model was trained on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from seqnlp.bundle_fields import Fields
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.config.series import READ_ALIKE, SeriesDataConfig
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step, calendar_library
from seqnlp.errors import RunError


def describe(config: ForecastingConfig | AnomalyDetectionConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": config.task,
        "data": {name: getattr(config.data, name) for name in READ_ALIKE} | _series_column(config.data),
        "model": asdict(config.model),
        "about": asdict(config.about),
    }


def _series_column(data: SeriesDataConfig) -> dict[str, str]:
    """What names series, of a model of several."""
    return {"series_column": data.series_column} if data.series_column else {}


def series_facts(names: tuple[str, ...], step: Step | None, scaler: Scaler) -> dict[str, Any]:
    """What ``vocabulary.json`` and pages hold of the columns (C,), the step between rows, and the scale."""
    return {
        "columns": list(names),
        "step": asdict(step) if step else None,
        "mean": scaler.mean.tolist(),
        "deviation": scaler.deviation.tolist(),
    }


def saved_step(saved: Fields) -> Step:
    """The time between rows; a folder of an older version lacks what it did not know.

    Raises:
        RunError: it is of the wrong kind, or no time at all.
    """
    given: dict[str, Any] = {name: saved.count(name) for name in ("months", "day") if name in saved}
    given |= {"size": saved.number("size")} if "size" in saved else {}
    given |= {"frequency": saved.text("frequency")} if "frequency" in saved else {}
    saved.end()
    step = Step(**given)
    if not (step.months or step.size or _is_frequency(step.frequency)):
        raise RunError(
            f"{saved.path}: step: expected a time between two rows, found {asdict(step)}; copy the model again"
        )
    return step


def _is_frequency(name: str) -> bool:
    if not name:
        return False
    to_offset = calendar_library().tseries.frequencies.to_offset
    try:
        return to_offset(name) is not None
    except ValueError:
        return False


def saved_scaler(saved: Fields, *shape: int) -> Scaler:
    """Mean and deviation of the columns (C,), or of the columns of each series (S, C).

    Raises:
        RunError: they are missing or no such numbers.
    """
    scaler = Scaler(saved.table("mean", *shape), saved.table("deviation", *shape))
    if (scaler.deviation <= 0).any():
        actual = scaler.deviation.tolist()
        raise RunError(f"{saved.path}: deviation: expected numbers above 0, found {actual}; copy the model again")
    return scaler
