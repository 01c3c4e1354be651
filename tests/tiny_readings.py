"""A small made-up series with anomalies, and settings that a detector trains on in a second or two."""

from __future__ import annotations

import json
import math
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.anomaly_detection import AnomalyDetectionConfig

BEGIN, STEP = datetime(2030, 1, 7), timedelta(hours=1)
PERIOD = 12
ODD = {170: 4.0, 171: 4.0, 220: -5.0}
"""Rows whose second column is off, and by how much; the windows of :func:`write_tiny_readings` are around them."""


def time_of(row: int) -> str:
    """The time stamp of a row, numbered from 0."""
    return str(BEGIN + row * STEP)


def make_lines(rows: int = 240, seed: int = 0) -> list[str]:
    """Two waves with some noise, as CSV: the heading, then a line for each hour."""
    draw, lines = random.Random(seed), ["time,flow,heat"]
    for row in range(rows):
        angle = 2 * math.pi * row / PERIOD
        flow, heat = 10 + math.sin(angle), 50 + 2 * math.cos(angle) + ODD.get(row, 0.0)
        lines.append(f"{time_of(row)},{flow + draw.gauss(0, 0.1):.3f},{heat + draw.gauss(0, 0.1):.3f}")
    return lines


def write_tiny_readings(folder: Path, rows: int = 240) -> None:
    """Write ``readings.csv`` and ``windows.json``."""
    (folder / "readings.csv").write_text("\n".join(make_lines(rows)) + "\n", encoding="utf-8")
    windows = [[time_of(168), time_of(174)], [time_of(218), time_of(222)]]
    (folder / "windows.json").write_text(json.dumps({"some/readings.csv": [], "readings.csv": windows}))


def tiny_detector(folder: Path, **changes: Any) -> AnomalyDetectionConfig:
    """A small detector of the files of :func:`write_tiny_readings`; changes as ``model__cell="gru"``."""
    parts = {"train": "readings.csv", "dev": "25%", "test": "40%"}
    return tiny(
        AnomalyDetectionConfig,
        changes,
        data={"dir": str(folder), **parts, "time_column": "time", "labels": "windows.json"},
        model={"window": 6, "hidden_dim": 8, "code_dim": 3, "false_alarms": 0.05},
        learning_rate=0.02,
        trainer={"epochs": 3, "batch_windows": 8},
    )
