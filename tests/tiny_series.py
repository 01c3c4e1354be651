"""Small made-up series and settings that a forecaster trains on in a second or two."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.forecasting import ForecastingConfig


def make_lines(rows: int, seed: int = 0) -> list[str]:
    """A CSV file of two columns with a rhythm of a week, day by day; the same for the same seed."""
    draw = random.Random(seed)
    lines = ["day,a,b"]
    for number in range(rows):
        wave = math.sin(2 * math.pi * number / 7)
        day = date(2024, 1, 1) + timedelta(days=number)
        lines.append(f"{day},{20 + 3 * wave + draw.gauss(0, 0.3):.3f},{5 - wave + draw.gauss(0, 0.1):.3f}")
    return lines


def write_series(path: Path, lines: list[str]) -> None:
    """Write lines."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def tiny_forecasting(folder: Path, **changes: Any) -> ForecastingConfig:
    """A small forecaster of ``folder/series.csv``; changes as ``model__cell="gru"``."""
    return tiny(
        ForecastingConfig,
        changes,
        data={"dir": str(folder), "train": "series.csv", "dev": "20%", "test": "20%", "time_column": "day"},
        model={"horizon": 3, "season": 7, "hidden_dim": 5, "min_context": 4, "calendar": "week", "lags": 2},
        learning_rate=0.01,
        trainer={"window": 12, "batch_windows": 3},
    )
