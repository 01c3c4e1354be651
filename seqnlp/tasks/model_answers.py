"""What files of ``teacher.answers`` have in common in all tasks: probabilities that any model may have written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.jsonl import shown

SUM_TOLERANCE = 0.02
"""How far probabilities may be from a sum of 1: they are divided by their sum, as rounded ones must be."""

ROUNDING = 1e-3
"""Up to which two answers are the same."""


def refuse_no_probability(name: str, value: Any) -> None:
    """Stop at a value that is no probability.

    Args:
        name: of the label or tag.

    Raises:
        DataError: with the value.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DataError(f"expected a probability of '{name}' from 0 to 1, found {shown(value)}")


def found_in(row: Mapping[str, Any], field: str) -> str:
    """What a message says was found in a field."""
    return shown(row[field]) if field in row else "none"
