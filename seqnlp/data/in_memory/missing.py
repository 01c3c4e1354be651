"""Values that stand for a missing one in data that a program has in memory."""

from __future__ import annotations

from numbers import Real

_OF_PANDAS = ("NAType", "NaTType")


def is_missing(value: object) -> bool:
    """Whether a value is None, NaN, or what pandas has in its place (NA, NaT), which are equal to nothing."""
    return value is None or type(value).__name__ in _OF_PANDAS or (isinstance(value, Real) and value != value)
