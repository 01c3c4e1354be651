"""Use a trained forecaster from Python: ``seqnlp.load("RUN").forecast("series.csv")``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqnlp.bundle import load_bundle
from seqnlp.data.in_memory.series_file import series_file
from seqnlp.data.series.many import Refused, one_series, read_many
from seqnlp.data.series.parts import Series
from seqnlp.errors import DataError, SeqnlpError, WrongValueError, listed
from seqnlp.messages import Say, told_to
from seqnlp.networks.engine import Engine, choose_engine
from seqnlp.tasks import arguments
from seqnlp.tasks.each_series import answer_each
from seqnlp.tasks.forecasting.ahead import forecast_from
from seqnlp.tasks.forecasting.answers import Forecast
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.other_unit import tell_other_unit
from seqnlp.tasks.forecasting.session import ForecastSession
from seqnlp.tasks.forecasting.stream import ForecastStream
from seqnlp.tasks.saved_model import SavedModel


class Forecaster(SavedModel):
    """A trained forecaster.

    Args:
        path: a run, or a saved model folder.
        engine: what computes: ``onnxruntime``, ``torch`` or ``numpy``; ``auto``: the fastest that is installed.
        device: ``cpu``, or another of torch's, as ``cuda``, with the engine torch.
        threads: that compute; 0: as many as the engine chooses. With torch it is a setting of the whole process.

    Attributes:
        engine: the one that computes.

    Raises:
        RunError: there is no model, it is damaged, too new or for another task.
        SeqnlpError: the engine is not installed, or does not compute on the device.
    """

    def __init__(self, path: str | Path, *, engine: Engine = "auto", device: str = "cpu", threads: int = 0) -> None:
        bundle = load_bundle(path)
        self.engine = choose_engine(engine, device)
        self.loaded = forecaster_from_bundle(bundle, self.engine, device, threads)
        self._remember(bundle, path, engine=engine, device=device, threads=threads)
        self.reader = ForecastSession(self.loaded)
        self._one_of: tuple[Forecaster, str, Series | None] | None = None

    @property
    def series(self) -> tuple[str, ...]:
        """The series that a model of several was trained on; none of a model of one series."""
        return self.loaded.series if self.loaded.many else ()

    def of_series(self, name: str, given: Series | None = None, say: Say | None = None) -> Forecaster:
        """The forecaster of one of the series; of a model of one series the model itself.

        Args:
            name: of the series.
            given: rows of a series that training never saw: they tell its scale.
            say: told that it is such a series.

        Raises:
            DataError: training never saw the series, and there are no rows, or not those of a scale.
        """
        if not self.loaded.many:
            return self
        one: Forecaster = object.__new__(type(self))
        one.__dict__.update(self.__dict__)
        one.loaded = self.loaded.of(name, given)
        one.reader = ForecastSession(one.loaded)
        one._one_of = (self, name, given)
        if name not in self.series:
            rows = f"{len(given):,} rows" if given is not None else "rows"
            told_to(say)(
                f"series {name}: training never saw it; it is read on the scale of its own {rows}, as a mean series"
            )
        return one

    def __reduce__(self) -> tuple[Any, ...]:
        return (Forecaster.of_series, self._one_of) if self._one_of else super().__reduce__()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns that are forecast."""
        return self.loaded.facts.names

    @property
    def horizon(self) -> int:
        """Rows ahead that the model was trained for; beyond, it goes on from its own forecasts, without intervals."""
        return self.loaded.settings.horizon

    @property
    def fewest_rows(self) -> int:
        """Rows that a series must have to be forecast."""
        return self.reader.fewest_rows

    def forecast(
        self,
        series: Any,
        horizon: int = 0,
        *,
        level: float = 0.9,
        say: Say | None = None,
    ) -> Forecast:
        """What comes after the last row of a series.

        Args:
            series: a CSV or parquet file or, in memory, numbers, rows of numbers or a table with its times.
            horizon: rows ahead; 0: as many as the model was trained for.
            level: of the prediction intervals: 0.5, 0.8, 0.9, 0.95 or 0.99.
            say: told what was wrong with the series and what was done about it; None: the logger ``seqnlp`` is.

        Raises:
            WrongTypeError, WrongValueError: a horizon below 0, or a level that the model does not have.
            DataError: the series cannot be read, is not as that of training was, is several, or has too few rows.
        """
        self._check(horizon, level)
        with series_file(series, self.loaded.data, self.names) as path:
            tell = told_to(say)
            name, read = one_series(self.read(path, tell), path, "forecast_each()")
            return self.of_series(name, read, tell).forecast_after(read, horizon, level=level, say=tell)

    def forecast_each(
        self,
        series: Any,
        horizon: int = 0,
        *,
        level: float = 0.9,
        say: Say | None = None,
        refused: Refused | None = None,
    ) -> dict[str, Forecast]:
        """As :meth:`forecast`, of each of several series, by their names, in the order of the file or table.

        A model of one series answers under the empty name.

        Args:
            refused: told of a series that cannot be read or forecast, such as one that is too short, and why; the
                others are answered. Without it one such series is an error.

        Raises:
            SeqnlpError, DataError: as :meth:`forecast`; names the series.
        """
        self._check(horizon, level)
        tell = told_to(say)

        def read(path: Path, left_out: Refused | None) -> dict[str, Series]:
            return self.read(path, tell, left_out)

        def forecast(name: str, one: Series) -> Forecast:
            return self.of_series(name, one, tell).forecast_after(one, horizon, level=level, say=tell)

        return answer_each(series, self.loaded.data, self.names, read, forecast, refused)

    def read(self, path: Path, say: Say | None = None, refused: Refused | None = None) -> dict[str, Series]:
        """The series of a file by their names, as the model reads series; of a model of one series under ``""``.

        Args:
            refused: as for :meth:`forecast_each`.

        Raises:
            DataError: as :meth:`forecast`.
        """
        return read_many(path, self.loaded.data, told_to(say), self.loaded.facts.step, self.names, refused)

    def forecast_after(self, read: Series, horizon: int = 0, *, level: float = 0.9, say: Say | None = None) -> Forecast:
        """As :meth:`forecast`, of a series that was read as the model reads series; of several, see :meth:`of_series`.

        Args:
            say: told of columns whose numbers are far from those of training.

        Raises:
            SeqnlpError, DataError: as :meth:`forecast`.
        """
        self._refuse_many()
        self._check(horizon, level)
        loaded = self.loaded
        if len(read) < self.reader.fewest_rows:
            season = f"a season of {self.reader.reading.season} and " if self.reader.reading.season else ""
            raise DataError(
                f"expected at least {self.reader.fewest_rows} rows to forecast from ({season}model.min_context of "
                f"{loaded.settings.min_context}), found {len(read)}",
                read.source,
            )
        place = self.reader.read(self.reader.beginning, read.values, read.known, read.moments, read.source)
        forecast = forecast_from(self.reader, place, read.written, horizon or self.horizon, level)
        tell_other_unit(loaded, read, told_to(say))
        return forecast

    def start(self, horizon: int = 0, *, level: float = 0.9, source: object = "the series") -> ForecastStream:
        """A series to read row by row: ``stream = forecaster.start(); stream.add([20.7], "1981-01-01")``.

        Args:
            horizon, level: as for :meth:`forecast`.
            source: what messages call the series.

        A model of several series reads one of them: ``forecaster.of_series("harbour").start()``.

        Raises:
            SeqnlpError: as :meth:`forecast`.
        """
        self._check(horizon, level)
        self._refuse_many()
        return ForecastStream(self.reader, horizon or self.horizon, level, source)

    def _refuse_many(self) -> None:
        if self.loaded.many:
            problem = f"the model reads {len(self.series):,} series ({listed(self.series)})"
            raise SeqnlpError(f"{problem}; say which: of_series(NAME), or forecast_each() for all of a file")

    @staticmethod
    def _check(horizon: int, level: float) -> None:
        arguments.count(horizon, "horizon", 0, arguments.MAX_ANSWERS)
        if arguments.number(level, "level") not in LEVELS:
            raise WrongValueError(f"expected a level of {', '.join(f'{one:g}' for one in LEVELS)}, found {level:g}")
