"""Evaluate a saved forecaster on a split of its run's series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.data.series.many import load_parts
from seqnlp.data.series.parts import Part, part_digest
from seqnlp.errors import DataError, SeqnlpError, listed
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster, forecaster_from_bundle
from seqnlp.tasks.forecasting.judged import judge
from seqnlp.tasks.forecasting.report import ColumnReport, ForecastReport, interval_90
from seqnlp.tasks.splits import require_split


def evaluate(
    run: Path,
    config: ForecastingConfig,
    split: str,
    say: Callable[[str], None],
    keep: bool = True,
    classical: bool = False,
) -> ForecastReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Args:
        classical: put ETS and ARIMA beside it, too.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read, or is too short.
    """
    bundle = load_bundle(run)
    loaded = forecaster_from_bundle(bundle)
    require_split(config, split)
    parts = known_parts(loaded, config, split, say)
    trains = _training_parts(config, loaded, classical, say)
    columns, origins, seconds = list[ColumnReport](), 0, 0.0
    for name, part in parts.items():
        judged = judge(loaded.of(name), part, trains.get(name), classical, say)
        columns += [replace(column, series=name) for column in judged.columns]
        origins, seconds = origins + judged.origins, seconds + judged.seconds
    report = ForecastReport(
        title=config.name or str(run),
        split=split,
        rows=sum(map(len, parts.values())),
        missing=sum(int((~part.series.known[part.begin :]).sum()) for part in parts.values()),
        origins=origins,
        horizon=loaded.settings.horizon,
        season=loaded.settings.season,
        columns=columns,
        seconds=seconds,
    )
    if keep:
        record_scores(run, split, _summary(report, config), say)
    return report


def known_parts(
    loaded: LoadedForecaster, config: ForecastingConfig, split: str, say: Callable[[str], None]
) -> dict[str, Part]:
    """A split of each series that the model knows; of others the scale would be that of the rows to be forecast.

    Raises:
        DataError: the split cannot be read, or holds none of the model's series.
    """
    parts = load_parts(config.data, split, say, loaded.facts.names, loaded.facts.step)
    known = set(loaded.series)
    unknown = [name for name in parts if name not in known]
    if len(unknown) == len(parts):
        expected = f"expected series of the training file ({listed(loaded.series)})"
        raise DataError(f"{expected}, found {listed(unknown)}", getattr(config.data, split))
    if unknown:
        say(f"series that training never saw are not judged, they have no scale before their rows: {listed(unknown)}")
    return {name: part for name, part in sorted(parts.items()) if name in known}


def _summary(report: ForecastReport, config: ForecastingConfig) -> dict[str, Any]:
    """What ``metrics.json`` keeps of a report."""
    named = getattr(config.data, report.split)
    kept = [
        (column, {**asdict(column.model), "coverage_90": interval_90(column).coverage}) for column in report.columns
    ]
    by_series: dict[str, dict[str, Any]] = {column.series: {} for column, _ in kept}
    for column, scores in kept:
        by_series[column.series][column.name] = scores
    return {
        "mase": None if report.score is None else round(report.score, 5),
        **({"columns": by_series[""]} if "" in by_series else {"series": by_series}),
        "file": Path(config.data.train if named.endswith("%") else named).name,
        "sha256": part_digest(config.data, report.split),
    }


def _training_parts(
    config: ForecastingConfig, loaded: LoadedForecaster, classical: bool, say: Callable[[str], None]
) -> dict[str, Part]:
    """The training part of each series, which linear forecasts are fitted on; none if it is not there.

    Raises:
        SeqnlpError: ETS and ARIMA are asked for, and it is not there.
    """
    if not config.data.train:  # a model folder alone
        if classical:
            raise SeqnlpError("ETS and ARIMA are fitted on the training part: evaluate a run, where it can be read")
        return {}
    try:
        return load_parts(config.data, "train", lambda text: None, loaded.facts.names, loaded.facts.step)
    except DataError as problem:
        if classical:
            raise
        say(f"no linear forecast beside the model, which is fitted on the training part: {problem}")
        return {}
