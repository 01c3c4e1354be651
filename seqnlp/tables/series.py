"""Series in a table: rows that follow each other, alike in the columns that name them. Can be sent to processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from seqnlp.api import Detector, Forecaster
from seqnlp.config.named_files import AND
from seqnlp.config.series import columns_of
from seqnlp.data.parquet_rows import field_texts
from seqnlp.data.series.parts import Series, series_of
from seqnlp.data.series.series_names import nameless, series_name
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.row_fields import Fields, free_names

LEFT_OUT = "left out: its time stamp is not after those before it, or lies far ahead of those after it"

Say = Callable[[str], None]

_TIMES = {"origin": str, "time": str, "step": int}


@dataclass(frozen=True)
class SeriesAnswers:
    """A model of series for tables.

    A detector answers every row. A forecaster answers with other rows: those ahead of the end of each series.

    Attributes:
        columns: what tells series apart; none: the table is one series.
        prefix: what the names of the new columns begin with.
    """

    model: Forecaster | Detector
    columns: tuple[str, ...] = ()
    prefix: str = ""

    @property
    def keeps_rows(self) -> bool:
        """Whether every row is written with its answer, instead of rows ahead."""
        return isinstance(self.model, Detector)

    def kept(self, names: Sequence[str]) -> list[str]:
        """The columns of the table that are written."""
        return list(names) if self.keeps_rows else list(self.columns)

    @property
    def kinds(self) -> dict[str, type]:
        """The new columns, each with what it holds or None.

        A column of the series that is called as one of the others, such as ``step``, begins with ``predicted_``.
        """
        if isinstance(self.model, Detector):
            kinds: dict[str, type] = {"score": float, "p_value": float, "flagged": bool}
        else:
            sides = [f"{name}{end}" for name in self.model.names for end in ("", "_low", "_high")]
            kinds = _TIMES | dict.fromkeys(free_names([*_TIMES, "error"], sides), float)
        return {f"{self.prefix}{name}": kind for name, kind in (kinds | {"error": str}).items()}

    def names(self, kept: Sequence[str]) -> list[str]:
        """Of the new columns, beside those that are kept: one that is taken begins with ``predicted_``."""
        return free_names(kept, self.kinds)

    def answers(
        self, rows: Sequence[Fields], problems: Sequence[str], notes: list[tuple[str, str]]
    ) -> Iterator[tuple[int, list[Any]]]:
        """Places in ``rows`` whose kept columns stand before an answer, and the values of its new columns.

        Args:
            rows: of whole series.
            problems: why a row cannot be read; empty for the others.
            notes: gets what was wrong with a series and what was done about it, each with what the series is called.
        """
        begin = 0
        for name, group in groupby(names_of(rows, problems, self.columns)):
            end = begin + len(list(group))
            source = f"series {name}" if self.columns else "the table"
            told: list[str] = []
            yield from self._answered(name, source, rows[begin:end], problems[begin:end], begin, told.append)
            notes += [(source, note) for note in told]
            begin = end

    def _answered(
        self, name: str, source: str, rows: Sequence[Fields], problems: Sequence[str], begin: int, say: Say
    ) -> Iterator[tuple[int, list[Any]]]:
        try:
            if problem := next(filter(None, problems), ""):
                raise DataError(problem)
            if self.columns and not name:
                raise nameless(rows[0], self.columns)
            yield from self._rows(name, self._read(source, rows, say), len(rows), begin, say)
        except SeqnlpError as problem:
            nothing = [None] * (len(self.kinds) - 1)
            for place in range(len(rows) if self.keeps_rows else 1):
                yield begin + place, [*nothing, str(problem)]

    def _rows(self, name: str, series: Series, count: int, begin: int, say: Say) -> Iterator[tuple[int, list[Any]]]:
        if isinstance(self.model, Detector):
            detector = self.model.of_series(name)
            scored = dict(zip(series.lines.tolist(), detector.detect_in(series).rows, strict=True))
            for place in range(count):
                row = scored.get(place + 1)
                fields = row.to_dict(series.names) if row else {"score": None, "p_value": None, "flagged": None}
                told = None if row else LEFT_OUT
                yield begin + place, [fields["score"], fields["p_value"], fields["flagged"], told]
            return
        model = self.model.of_series(name, series, say) if self.columns else self.model
        forecast = model.forecast_after(series, say=say)
        for place, time in enumerate(forecast.times):
            values = [side[end] for side in forecast.sides(place) for end in ("value", "low", "high")]
            yield begin, [forecast.origin, time, place + 1, *values, None]

    def columns_of(self, names: Sequence[str]) -> list[str]:
        """The columns that the model reads of a table that has those called ``names``."""
        model = self.model
        times = columns_of(model.loaded.data.time_column, names)
        return [*times, *(model.columns if isinstance(model, Detector) else model.names)]

    def _read(self, source: str, rows: Sequence[Fields], say: Say) -> Series:
        """One series; its rows are numbered from 1."""
        loaded = self.model.loaded
        names = list(dict.fromkeys(name for row in rows for name in row if name not in self.columns))
        columns = [field_texts([row.get(name) for row in rows], loaded.data) for name in names]
        fields = enumerate(map(list, zip(*columns, strict=True)), 1)
        if isinstance(self.model, Detector):
            step, wanted = self.model.loaded.step, self.model.columns
        else:
            step, wanted = self.model.loaded.facts.step, self.model.names
        read = chain([(1, names)], fields)
        return series_of(read, loaded.data, source, say, step, wanted, named=True)


def names_of(rows: Iterable[Fields], problems: Iterable[str], columns: Sequence[str], before: str = "") -> list[str]:
    """The series of each row; one that cannot be read counts to that of the row before it.

    Args:
        columns: what tells series apart; none: all rows are of one.
        before: the series of the row before the first.

    Raises:
        DataError: a name cannot stand beside another; see :func:`~seqnlp.data.series.series_names.series_name`.
    """
    names: list[str] = []
    for row, problem in zip(rows, problems, strict=True):
        if not problem or all(column in row for column in columns):
            before = series_name(row, columns)
        names.append(before)
    return names


def whole_series(
    pieces: Iterable[Any],
    names: Callable[[Any, str], list[str]],
    joined: Callable[[list[Any]], Any],
    columns: Sequence[str],
    source: object,
) -> Iterator[Any]:
    """The same rows in pieces that cut no series.

    Args:
        names: of a piece, the series of each row; the other argument is that of the row before.
        joined: of some pieces one.
        columns, source: what tells series apart, and the file, in messages.

    Raises:
        DataError: the rows of a series do not follow each other.
    """
    under_way: list[Any] = []
    last, seen, rows, nameless = "", {""}, 0, 0
    for piece in pieces:
        begins, place = [], 0
        for name, group in groupby(names(piece, last)):
            if place or name != last or not rows:
                if name and name in seen:
                    expected = f"expected the rows of '{name}' in '{AND.join(columns)}' one after the other"
                    advice = f"give row {nameless:,}, which has none, its name" if nameless else "sort the table"
                    raise DataError(f"{expected}, found more in row {rows + place + 1:,}; {advice}", source)
                seen.add(name)
                nameless = nameless or (0 if name else rows + place + 1)
                begins.append(place)
            place, last = place + len(list(group)), name
        rows += place
        if not begins:
            under_way.append(piece)
            continue
        if under_way or begins[-1]:
            yield joined([*under_way, piece[: begins[-1]]])
        under_way = [piece[begins[-1] :]]
    if under_way:
        yield joined(under_way)
