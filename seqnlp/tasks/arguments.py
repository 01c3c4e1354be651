"""What callers hand over, checked before it is used: each mistake is an error that says what was expected."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from numbers import Real
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from seqnlp.config.schema import read_section
from seqnlp.data.in_memory.missing import is_missing
from seqnlp.data.series.time import stamp_text
from seqnlp.errors import ConfigError, DataError, WrongTypeError, WrongValueError, did_you_mean
from seqnlp.text.checks import half_character

Kind = TypeVar("Kind")

MAX_ANSWERS = 10_000
"""Most answers to one question, rows ahead and the like: more is a mistake, not a wish."""


def text(value: object, name: str = "text") -> str:
    """A text, which UTF-8 can write.

    Raises:
        WrongTypeError: it is no string.
        WrongValueError: it holds half of a surrogate pair.
    """
    if not isinstance(value, str):
        raise WrongTypeError(f"{name}: expected text (str), found {_kind(value)}")
    if half := half_character(value):
        raise WrongValueError(f"{name}: expected text, found {half}")
    return value


def path(value: object, name: str) -> Path:
    """A path, ``~`` as the home folder.

    Raises:
        WrongTypeError: it is no path.
        WrongValueError: it is empty, which would be the current folder.
    """
    if not isinstance(value, str | os.PathLike):
        raise WrongTypeError(f"{name}: expected the path of a folder, found {_kind(value)}")
    if not os.fspath(value):
        raise WrongValueError(f"{name}: expected the path of a folder, found an empty text")
    return Path(value).expanduser()


def texts(values: Iterable[str], name: str = "texts") -> list[str]:
    """Texts from any iterable in order but a single text, which would be read letter by letter, or a table.

    Raises:
        WrongTypeError, WrongValueError: it is no such iterable of texts; says which item.
    """
    return [text(value, f"{name}[{number}]") for number, value in enumerate(_items(values, name, "texts"))]


def sentences(values: Iterable[Iterable[str]], name: str = "sentences") -> list[list[str]]:
    """Sentences of words.

    Raises:
        WrongTypeError, WrongValueError: it is no iterable of iterables of words, or a word is empty; says which.
    """
    checked = []
    for number, value in enumerate(_items(values, name, "sentences")):
        words = texts(value, f"{name}[{number}]")
        if not all(words):
            raise WrongValueError(f"sentence {number} has an empty word; expected words of at least one character")
        checked.append(words)
    return checked


def row(values: object, columns: Sequence[str]) -> tuple[float, ...]:
    """One number a column; NaN or None where it is missing.

    A mapping, or a pandas Series whose labels are texts, has them by the columns' names, in any order.

    Raises:
        WrongTypeError: it is no sequence, or holds something that is no number; says in which column.
        DataError: it has another length, or other names.
    """
    if isinstance(values, str | bytes | set | frozenset) or not isinstance(values, Iterable):
        raise WrongTypeError(f"values: expected a row of numbers ({', '.join(columns)}), found {_kind(values)}")
    whole: Any = values
    names = list(whole) if isinstance(whole, Mapping) else list(whole.index) if hasattr(whole, "iloc") else []
    given = list(whole.values()) if isinstance(whole, Mapping) else list(whole)
    if any(isinstance(name, str) for name in names):
        if sorted(map(str, names)) != sorted(columns):
            raise DataError(f"expected values of {', '.join(columns)}, found {', '.join(map(str, names))}")
        given = [given[names.index(name)] for name in columns]
    if len(given) != len(columns):
        raise DataError(f"expected {len(columns)} values ({', '.join(columns)}), found {len(given)}")
    return tuple(_measured(value, name) for value, name in zip(given, columns, strict=True))


def time_stamp(value: object, time_format: str) -> str:
    """A time stamp of a row as it would stand in a file: a text, a date, or a number where time stamps are numbers.

    Raises:
        WrongTypeError: it is none of these.
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        value = value.astype("datetime64[us]").item()  # of nanoseconds a number
    if isinstance(value, date):
        return stamp_text(value, time_format)
    if isinstance(value, bool) or not isinstance(value, str | Real):
        raise WrongTypeError(f"time: expected the row's time stamp as text, date or number, found {_kind(value)}")
    return str(value)


def _measured(value: object, column: str) -> float:
    if is_missing(value):
        return math.nan
    problem = WrongTypeError(f"column '{column}': expected a number, NaN where it is missing, found {_kind(value)}")
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise problem
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        raise problem from None


def several_workers(value: object) -> bool:
    """Whether a number of workers, which is checked, means more than this process.

    Raises:
        WrongTypeError, WrongValueError: it is no whole number from 1 on.
    """
    return count(value, "workers", 1, MAX_ANSWERS) > 1


def number(value: object, name: str, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number from ``low`` to ``high``.

    Raises:
        WrongTypeError: it is no number.
        WrongValueError: it is out of range, infinite or not a number.
    """
    if isinstance(value, bool) or not hasattr(value, "__float__") or isinstance(value, str):
        raise WrongTypeError(f"{name}: expected a number, found {_kind(value)}")
    try:
        given = float(value)
    except OverflowError:
        given = math.inf
    if not (math.isfinite(given) and low <= given <= high):
        raise WrongValueError(f"{name}: expected a number {_range(low, high)}, found {given:g}")
    return given


def count(value: object, name: str, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``.

    Raises:
        WrongTypeError: it is no whole number.
        WrongValueError: it is out of range.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise WrongTypeError(f"{name}: expected a whole number, found {_kind(value)}")
    given = int(value.__index__())
    if not low <= given <= high:
        raise WrongValueError(f"{name}: expected a whole number from {low} to {high:,}, found {given}")
    return given


def choice(value: object, name: str, choices: Sequence[str]) -> str:
    """One of several words.

    Raises:
        WrongTypeError, WrongValueError: it is no text, or none of them.
    """
    chosen = text(value, name)
    if chosen not in choices:
        raise WrongValueError(
            f"{name}: expected one of {', '.join(choices)}, found '{chosen}'{did_you_mean(chosen, choices)}"
        )
    return chosen


def of_class(value: object, name: str, kind: type[Kind]) -> Kind:
    """An object of a class of ours.

    Raises:
        WrongTypeError: it is another.
    """
    if not isinstance(value, kind):
        raise WrongTypeError(f"{name}: expected a seqnlp.{kind.__name__}, found {_kind(value)}")
    return value


def settings(value: object, name: str, kind: type[Kind]) -> Kind:
    """Settings that were made in Python, each in its range as where they are typed.

    Raises:
        WrongTypeError: they are not of this class.
        WrongValueError: with all settings that are of another type or out of their range.
    """
    given = vars(of_class(value, name, kind))
    try:
        return read_section(kind, given, f"{name}.")
    except ConfigError as wrong:
        raise WrongValueError("; ".join(wrong.problems)) from None


def _items(values: object, name: str, what: str) -> Iterable[Any]:
    if isinstance(values, str | bytes | bytearray):
        raise WrongTypeError(f"{name}: expected a list of {what}, found {_kind(values)}; put it into a list: [...]")
    if isinstance(values, Mapping) or hasattr(values, "iterrows"):  # whose items are the names of its columns
        kind = type(values).__name__
        raise WrongTypeError(f"{name}: expected a list of {what}, found {kind}; name one of its columns: [...]['text']")
    if isinstance(values, set | frozenset):
        raise WrongTypeError(f"{name}: expected a list of {what}, found {type(values).__name__}, which has no order")
    if not isinstance(values, Iterable):
        raise WrongTypeError(f"{name}: expected a list of {what}, found {_kind(values)}")
    return values


def _kind(value: object) -> str:
    return "None" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"


def _range(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "that is finite"
    if math.isinf(high):
        return f"of at least {low:g}"
    return f"of at most {high:g}" if math.isinf(low) else f"from {low:g} to {high:g}"
