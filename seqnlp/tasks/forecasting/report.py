"""The result of evaluating a forecaster: what was measured, and how it is laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from seqnlp.errors import counted
from seqnlp.metrics.forecasting import Errors
from seqnlp.report.chart import Chart, Line
from seqnlp.report.drawings import Drawing, line_chart
from seqnlp.report.report import Report
from seqnlp.report.tables import Table, percent


@dataclass(frozen=True, slots=True)
class NamedErrors:
    """A model or naive forecast, and its errors."""

    name: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class StepErrors:
    """One step ahead: errors of the model, of the seasonal-naive forecast, and how often the interval held."""

    step: int
    mae: float
    rmse: float
    seasonal_rmse: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A prediction interval's level, the share of values it held, and its mean width; no width if it is unbounded.

    ``fixed`` is the share that it would have held if its width did not follow the series.
    """

    level: float
    coverage: float
    width: float | None
    fixed: float | None = None


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """How one column was forecast.

    Attributes:
        name: of the column.
        model: errors of the model.
        baselines: the naive forecasts; the seasonal-naive one and the one with drift come last.
        intervals: of each level.
        steps: each step ahead; its coverage is that of the 90 % interval.
        linear: the linear forecast by least squares, if the training part could be read.
        series: that the column is of; empty where there is one without a name.
    """

    name: str
    model: Errors
    baselines: list[NamedErrors]
    intervals: list[Interval]
    steps: list[StepErrors]
    linear: NamedErrors | None = None
    series: str = ""

    @property
    def title(self) -> str:
        """The series and the column."""
        return f"{self.series}: {self.name}" if self.series else self.name

    @property
    def below_linear(self) -> float | None:
        """The part by which the model's RMSE is below that of the linear forecast, if there is one."""
        return _below(self.model, self.linear.errors) if self.linear else None

    @property
    def below_seasonal_naive(self) -> float | None:
        """The part by which the model's RMSE is below that of the seasonal-naive forecast; nothing if that is 0."""
        return _below(self.model, self.baselines[-2].errors)

    @property
    def below_drift(self) -> float | None:
        """The part by which the model's RMSE is below that of the seasonal-naive forecast with drift, if not 0."""
        return _below(self.model, self.baselines[-1].errors)


@dataclass(frozen=True, slots=True)
class ForecastReport(Report):
    """Everything an evaluation found out.

    Attributes:
        rows: of the split.
        missing: values of the split that were missing, which do not count.
        origins: rows from which the whole horizon was forecast (rolling origin, one row at a time).
        horizon: rows ahead.
        season: rows in a season.
        columns: one report each; of several series, those of each series.
        seconds: the time that forecasting took.
    """

    rows: int
    missing: int
    origins: int
    horizon: int
    season: int
    columns: list[ColumnReport]
    seconds: float

    higher_is_better = False

    @property
    def score(self) -> float | None:
        """The one number: MASE, the mean of the columns that have one; lower is better. Nothing if none has."""
        return self.mean(lambda column: column.model.mase)

    def mean(self, fact: Callable[[ColumnReport], float | None]) -> float | None:
        """The mean of something over the columns that have it; nothing if none has."""
        values = [value for value in map(fact, self.columns) if value is not None]
        return fmean(values) if values else None

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "mase"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, means over the columns; an undefined one is left out."""
        mean = self.mean
        means = {
            "mase": mean(lambda column: column.model.mase),
            "mae": mean(lambda column: column.model.mae),
            "rmse": mean(lambda column: column.model.rmse),
        }
        return {name: value for name, value in means.items() if value is not None}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        missing = (
            f" ({counted(self.missing, 'missing value')}, which {'does' if self.missing == 1 else 'do'} not count)"
            if self.missing
            else ""
        )
        of_series = f"{len(self.series):,} series, " if self.series else ""
        ahead = f"{self.horizon} ahead from each of {counted(self.origins, 'row')}"
        return f"{of_series}{counted(self.rows, 'row')}{missing}, {ahead}"

    @property
    def series(self) -> list[str]:
        """The names of the series; none of a file that is one series."""
        return list(dict.fromkeys(column.series for column in self.columns if column.series))

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""
        seasonal = self.mean(lambda column: column.below_seasonal_naive)
        drift = self.mean(lambda column: column.below_drift)
        linear = self.mean(lambda column: column.below_linear)
        facts = [
            ("MASE", _mase(self)),
            ("RMSE below linear", f"{_percent(linear)}  (harmonics of the calendar and autoregression, least squares)"),
            ("RMSE below seasonal-naive", f"{_percent(seasonal)}  (with drift: {_percent(drift)})"),
            ("90 % interval held", _percent(self.mean(lambda column: interval_90(column).coverage))),
        ]
        return [*facts, ("speed", f"{self.origins / self.seconds:,.0f} forecasts/s")]

    @property
    def sections(self) -> list[Table | Drawing]:
        """Tables and charts in reading order, column by column; of several series one table, a row for each."""
        if self.series:
            return [_series_table(self.columns)]
        return [section for column in self.columns for section in _column_sections(column)]

    def summary(self) -> dict[str, Any]:
        """Means over the columns."""
        return {
            "below_seasonal_naive": self.mean(lambda column: column.below_seasonal_naive),
            "below_linear": self.mean(lambda column: column.below_linear),
            "below_drift": self.mean(lambda column: column.below_drift),
            "coverage_90": self.mean(lambda column: interval_90(column).coverage),
        }


def interval_90(column: ColumnReport) -> Interval:
    """The interval of 90 %."""
    return next(interval for interval in column.intervals if interval.level == 0.9)


def _mase(report: ForecastReport) -> str:
    """The score and what it is a multiple of, or why there is none."""
    of = f"season of {report.season}"
    undefined = [column.title for column in report.columns if column.model.mase is None]
    if report.score is None:
        return f"undefined: the training part repeats exactly ({of}), so the seasonal-naive error is 0"
    left_out = f"; undefined, left out: {', '.join(undefined)}" if undefined else ""
    return f"{report.score:.3f}  (1: the seasonal-naive error in training, {of}{left_out})"


def _below(model: Errors, baseline: Errors) -> float | None:
    return 1 - model.rmse / baseline.rmse if baseline.rmse else None


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{percent(part)} %"


def _series_table(columns: list[ColumnReport]) -> Table:
    several = len({column.name for column in columns}) > 1
    heads = ("series", ">RMSE", ">MASE", ">RMSE, linear", ">below it", ">below seasonal-naive", ">90 % interval held")
    rows = [
        (
            column.title if several else column.series,
            f"{column.model.rmse:.4g}",
            _multiple(column.model.mase),
            f"{column.linear.errors.rmse:.4g}" if column.linear else "-",
            _percent(column.below_linear),
            _percent(column.below_seasonal_naive),
            percent(interval_90(column).coverage),
        )
        for column in columns
    ]
    return Table("each series" if several else f"each series: {columns[0].name}", heads, rows)


def _column_sections(column: ColumnReport) -> list[Table | Drawing]:
    linear = [column.linear] if column.linear else []
    named = [NamedErrors("this model", column.model), *linear, *column.baselines]
    heads = ("forecast", ">MAE", ">RMSE", ">MASE", ">MASE, season of 1")
    rows = [_numbers(one) for one in named]
    held = [
        (
            percent(one.level),
            percent(one.coverage),
            "unbounded" if one.width is None else f"{one.width:.4g}",
            "-" if one.fixed is None else percent(one.fixed),
        )
        for one in column.intervals
    ]
    steps = [
        (str(one.step), f"{one.mae:.4g}", f"{one.rmse:.4g}", f"{one.seasonal_rmse:.4g}", percent(one.coverage))
        for one in column.steps
    ]
    return [
        Table(f"{column.name}: errors", heads, rows),
        Table(
            f"{column.name}: prediction intervals, in percent",
            (">level", ">held", ">mean width", ">held as dev set them"),
            held,
        ),
        Table(
            f"{column.name}: each step ahead",
            (">step", ">MAE", ">RMSE", ">RMSE, seasonal-naive", ">90 % interval held"),
            steps,
        ),
        *([_error_chart(column), _interval_chart(column)] if len(steps) > 1 else []),
    ]


def _error_chart(column: ColumnReport) -> Drawing:
    model = Line("this model", [(one.step, one.rmse) for one in column.steps])
    seasonal = Line("seasonal-naive", [(one.step, one.seasonal_rmse) for one in column.steps])
    chart = Chart(f"{column.name}: error at each step ahead", "steps ahead", "RMSE", [model, seasonal])
    return line_chart(chart, "Lower is better.")


def _interval_chart(column: ColumnReport) -> Drawing:
    held = Line("values inside the interval", [(one.step, 100 * one.coverage) for one in column.steps])
    promised = Line("promised", [(one.step, 90.0) for one in column.steps])
    chart = Chart(f"{column.name}: 90 % interval at each step ahead", "steps ahead", "percent", [held, promised])
    return line_chart(chart, "On the dashed line the interval holds what it promises.")


def _numbers(named: NamedErrors) -> tuple[str, ...]:
    errors = named.errors
    return (named.name, f"{errors.mae:.4g}", f"{errors.rmse:.4g}", _multiple(errors.mase), _multiple(errors.mase_naive))


def _multiple(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"
