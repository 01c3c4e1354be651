"""What was expected, what was found, and what to do about it.

Every error a user can cause is a :class:`SeqnlpError`; the command line prints its text and exits with 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

_MAX_NAMES, _MAX_LENGTH = 12, 30
"""Of names in a message, and of the letters of one."""


class SeqnlpError(Exception):
    """An error that a person can act on. Its text is one or more plain sentences."""


class ConfigError(SeqnlpError):
    """One or more settings are wrong; every problem found is listed, one a line, each with its key."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the configuration:"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class DataError(SeqnlpError):
    """A data file cannot be read as configured; names the file and, where there is one, the line (from 1)."""

    def __init__(self, message: str, path: object = None, line: int | None = None) -> None:
        self.path = None if path is None else str(path)
        self.line = line
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(where + message)


class RunError(SeqnlpError):
    """A run directory or a saved model cannot be used."""


class TrainingError(SeqnlpError):
    """Training cannot go on (a loss that is not a number, a disk that is full)."""


class WrongTypeError(SeqnlpError, TypeError):
    """An argument of another type than expected."""


class WrongValueError(SeqnlpError, ValueError):
    """An argument of the right type whose value is out of range, no text, or none of a choice."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` for the closest known word, or an empty string."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.55)
    return f" (did you mean '{close[0]}'?)" if close else ""


def missing_column(
    name: str, names: Sequence[str], hint: str, path: object = None, line: int | None = None
) -> DataError:
    """The error for a table whose columns lack one; ``hint`` says what to do."""
    found = f"{listed(names)}{did_you_mean(name, names)}"
    return DataError(f"expected the column '{name}', found {found}; {hint}", path, line)


def listed(names: Iterable[object]) -> str:
    """Names in quotes, or ``none``; of many only the first, and of long ones only their beginnings."""
    texts = map(str, names)  # columns of a table in memory may have numbers for names
    quoted = [f"'{text}'" if len(text) <= _MAX_LENGTH else f"'{text[:_MAX_LENGTH]}...'" for text in texts]
    more = f" and {len(quoted) - _MAX_NAMES:,} more" if len(quoted) > _MAX_NAMES else ""
    return ", ".join(quoted[:_MAX_NAMES]) + more or "none"


def shortened(value: object) -> str:
    """What a value looks like, in the length of a line."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}..."


def counted(count: int, noun: str) -> str:
    """``1 pair``, ``2,000 pairs``."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"
