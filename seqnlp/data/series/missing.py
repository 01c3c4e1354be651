"""What stands for a missing value in a file of numbers."""

from __future__ import annotations

from seqnlp.config.schema import names_in
from seqnlp.config.series import SeriesDataConfig
from seqnlp.text.checks import is_number

_ALWAYS = frozenset(("", "na", "n/a", "nan", "null", "none"))


def missing_texts(config: SeriesDataConfig) -> frozenset[str]:
    """In small letters: those that always do, and those of ``data.missing_values`` that are no numbers."""
    return _ALWAYS | {mark.lower() for mark in names_in(config.missing_values) if not is_number(mark)}


def missing_numbers(config: SeriesDataConfig) -> frozenset[float]:
    """Those of ``data.missing_values``."""
    return frozenset(float(mark) for mark in names_in(config.missing_values) if is_number(mark))
