"""Windows of equal length that slide over a series."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError


def window_starts(rows: int, length: int, stride: int, source: object, key: str) -> NDArray[np.int64]:
    """Where windows begin so that every row is in one: every ``stride`` rows, and the last at the end.

    Args:
        key: the setting that decides the length, for messages.

    Raises:
        DataError: the series is shorter than one window.
    """
    if rows < length:
        raise DataError(f"expected at least {length:,} rows, one window ({key}), found {rows:,}", source)
    starts = np.arange(0, rows - length + 1, stride)  # (W,)
    return starts if starts[-1] == rows - length else np.append(starts, rows - length)


def take_windows(values: NDArray[Any], starts: NDArray[np.int64], length: int) -> NDArray[Any]:
    """The windows (W, length, C) of a series (T, C) that begin at ``starts``."""
    return np.asarray(values[starts[:, None] + np.arange(length)])
