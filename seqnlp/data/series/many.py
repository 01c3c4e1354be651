"""Several series in one file: rows in long form, in which a column, or several, name the series."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from seqnlp.config.series import SeriesDataConfig, columns_of, part_of
from seqnlp.data.series.parts import (
    Part,
    Series,
    part_of_series,
    read_series,
    refuse_unknown,
    rows_of_file,
    series_of,
)
from seqnlp.data.series.rows import refuse_width
from seqnlp.data.series.series_names import nameless, series_name
from seqnlp.data.series.step import Step
from seqnlp.data.split_sources import existing_file
from seqnlp.errors import DataError, listed, missing_column
from seqnlp.messages import WARNING
from seqnlp.text.column_names import column_place

Say = Callable[[str], None]
Refused = Callable[[str, DataError], object]
"""Told of a series by its name, and of what is wrong with it."""

Fields = tuple[int, list[str]]
"""The line of a row, and its fields."""

_MOST_NOTES = 5
"""That are told of single series of a file."""


def load_parts(
    config: SeriesDataConfig, split: str, say: Say, names: tuple[str, ...] = (), step: Step | None = None
) -> dict[str, Part]:
    """A split of each series, by the series' name; of a file that is one series, which has no name, under ``""``.

    The arguments and errors are those of :func:`~seqnlp.data.series.parts.load_part`; percentages are parts of each
    series.
    """
    file = getattr(config, split)
    own = split != "train" and part_of(file) is None
    path = existing_file(config, split, file) if own else existing_file(config, "train", config.train)
    series = read_many(path, config, say, step if own else None, names)
    if not own:
        return parts_of(series, config, split)
    refuse_unknown(parts := {name: Part(one, 0) for name, one in series.items()}, split)
    return parts


def parts_of(series: Mapping[str, Series], config: SeriesDataConfig, split: str) -> dict[str, Part]:
    """A split that is a part of each series of the training file.

    Raises:
        DataError: nothing is left for it in one of them, or no value of a column is known in any.
    """
    refuse_unknown(parts := {name: part_of_series(one, config, split) for name, one in series.items()}, split)
    return parts


def train_parts(config: SeriesDataConfig, say: Say) -> tuple[dict[str, Series], dict[str, Part]]:
    """The series of the training file, and the training part of each, by names in order.

    The errors are those of :func:`load_parts`.
    """
    whole = read_many(existing_file(config, "train", config.train), config, say)
    return whole, dict(sorted(parts_of(whole, config, "train").items()))


def dev_parts(
    config: SeriesDataConfig, whole: Mapping[str, Series], trains: Mapping[str, Part], say: Say
) -> dict[str, Part]:
    """The development part of each series that has one, beside what :func:`train_parts` gives.

    The errors are those of :func:`load_parts`; also, a series that the training file does not have.
    """
    devs = dict[str, Part]()
    if part_of(config.dev) is not None:
        devs = parts_of(whole, config, "dev")
    elif config.dev:
        longest = max(trains.values(), key=len).series
        devs = load_parts(config, "dev", say, longest.names, longest.step)
    refuse_new_series(devs, trains, config.dev)
    return devs


def refuse_new_series(series: Collection[str], known: Collection[str], source: object) -> None:
    """Stop at a series that the training file does not have.

    Raises:
        DataError: there is one; names both.
    """
    if unknown := sorted(set(series) - set(known)):
        raise DataError(f"expected series of the training file ({listed(known)}), found {listed(unknown)}", source)


def read_many(
    path: Path,
    config: SeriesDataConfig,
    say: Say,
    step: Step | None = None,
    names: tuple[str, ...] = (),
    refused: Refused | None = None,
) -> dict[str, Series]:
    """The series in a file by their names, in the order in which they begin; see :func:`load_parts`.

    Args:
        step: that all of them must have; nothing: that of the longest.
        names: of the columns to read.
        refused: told of a series that cannot be read, which is then left out; without it that is an error.

    Raises:
        DataError: a column that names the series is missing, or a name; or one of the series cannot be read.
    """
    if not config.series_column:
        return {"": read_series(path, config, say, step, names)}
    head, rows = _rows_of_series(path, config, bool(names))
    notes, series = Notes(path, say), dict[str, Series]()
    for name in sorted(rows, key=lambda one: -len(rows[one])):  # the longest shows the step between rows best
        source = source_of(path, name)
        given = iter([head, *rows[name]])
        with leaving_out(name, refused):
            one = series_of(given, config, source, notes.of(source), step, names, named=True)
            step, names = step or one.step, one.names
            series[name] = one
    notes.end()
    return {name: series[name] for name in rows if name in series}


@contextmanager
def leaving_out(name: str, refused: Refused | None) -> Iterator[None]:
    """An error in the data of a series is told instead of raised, if there is somebody to tell."""
    try:
        yield
    except DataError as problem:
        if refused is None:
            raise
        refused(name, problem)


def source_of(path: object, name: str) -> str:
    """What messages call a series of a file."""
    return f"{path} (series {name})" if name else str(path)


class SeriesColumns:
    """The columns that name the series of each row, taken out of the rows.

    Args:
        head: the names of the columns; nothing where there is no row.
        config: says which of them name the series.
        trained: whether a model was trained with it, so that no setting helps.

    Raises:
        DataError: one is not there, or twice; or there is no row.
    """

    def __init__(self, head: Fields | None, config: SeriesDataConfig, source: object, trained: bool) -> None:
        if head is None:
            raise DataError("expected a CSV file with a row that names its columns, found no row", source)
        line, names = head[0], [name.strip() for name in head[1]]
        self.columns = columns_of(config.series_column, names)
        for column in self.columns:
            if column not in names:
                hint = "it names the series in the model's training file" if trained else "set data.series_column"
                raise missing_column(column, names, f"{hint}; the first row names the columns", source, line)
        self.head, self.width, self.source, self._config = head, len(names), source, config
        self.places = tuple(column_place(column, names, source, line) for column in self.columns)

    def without(self, row: Fields) -> Fields:
        """A row without the columns."""
        line, fields = row
        return line, [field for place, field in enumerate(fields) if place not in self.places]

    def apart(self, row: Fields) -> tuple[str, Fields]:
        """The name of the series that a row is of, and the row without it.

        Raises:
            DataError: it has none, or the row another number of fields than the first.
        """
        line, fields = row
        refuse_width(fields, self.width, self._config, self.source, line)
        texts = {column: fields[place] for column, place in zip(self.columns, self.places, strict=True)}
        name = series_name(texts, self.columns, self.source, line)
        if not name:
            raise nameless(texts, self.columns, self.source, line)
        return name, self.without(row)


def _rows_of_series(path: Path, config: SeriesDataConfig, trained: bool) -> tuple[Fields, dict[str, list[Fields]]]:
    """The names of the columns, and the rows of each series, both without the columns that name the series."""
    given: Iterator[Fields] = rows_of_file(path, config)
    columns, rows = SeriesColumns(next(given, None), config, path, trained), dict[str, list[Fields]]()
    for row in given:
        name, rest = columns.apart(row)
        rows.setdefault(name, []).append(rest)
    if not rows:
        raise DataError("expected rows of series, found none", path)
    return columns.without(columns.head), rows


class Notes:
    """What is said of single series: the same of several once, and no more than a few lines of a file."""

    def __init__(self, path: Path, say: Say) -> None:
        self._path, self._say = path, say
        self._told, self._left_out = set[str](), 0

    def of(self, source: str) -> Say:
        """What takes the notes on one series."""

        def note(text: str) -> None:
            what = text.removeprefix(WARNING).removeprefix(f"{source}: ")
            if what in self._told:
                return
            self._told.add(what)
            if len(self._told) <= _MOST_NOTES:
                self._say(text)
            else:
                self._left_out += 1

        return note

    def end(self) -> None:
        """Say how much was not said."""
        if self._left_out:
            self._say(f"{self._path}: {self._left_out:,} more such notes on other series")


def one_series(series: dict[str, Series], source: object, of_each: str) -> tuple[str, Series]:
    """The only series of a file, and its name.

    Args:
        of_each: the method that answers for each of several.

    Raises:
        DataError: there are several.
    """
    if len(series) > 1:
        raise DataError(
            f"expected the rows of one series, found {len(series):,} ({listed(series)}); in Python {of_each} answers "
            "for each",
            source,
        )
    [(name, one)] = series.items()
    return name, one
