#!/usr/bin/env python3
"""Write the series of recipe forecasting/demo: passengers of an invented harbour ferry and the temperature, day by day.

Passengers follow the week, the year and the weather, and the weather of a day is much like that of the day before. Like
real files this one has faults: a few values are missing, and the days on which the ferry was in the dock. The same seed
gives the same file::

    python tools/make_demo_series.py          # writes recipes/forecasting/demo/ferry.csv and ferries.csv

``ferries.csv`` holds the passengers of three other lines, below each other: of other sizes and lengths, with a rhythm
of the week that they share and noise of their own.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DAYS = 900
FIRST = date(2021, 3, 1)
IN_DOCK = range(500, 505)
"""Days without a row."""

WEEK = (0.8, 0.75, 0.8, 0.9, 1.1, 1.5, 1.35)
"""Monday to Sunday."""

LINES = {"castle": (120, 240), "island": (2500, 330), "north shore": (600, 280)}
"""Usual passengers of a day, and days."""

MISSING = 0.01
"""Chance that a count was not written down."""


def make_rows(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Date, passengers and temperature of each day."""
    weather = 0.0
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        weather = 0.8 * weather + rng.gauss(0, 1.5)
        summer = -math.cos(2 * math.pi * (day.timetuple().tm_yday - 20) / 365.25)
        temperature = 11 + 9 * summer + weather
        passengers = 900 * WEEK[day.weekday()] * math.exp(0.03 * (temperature - 11) + rng.gauss(0, 0.08))
        count = "" if rng.random() < MISSING else str(round(passengers))
        if number not in IN_DOCK:
            yield day.isoformat(), count, f"{temperature:.1f}"


def make_lines(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Date, line and passengers of each day."""
    for name, (usual, days) in LINES.items():
        trend = 0.0
        for number in range(days):
            day = FIRST + timedelta(days=number)
            trend = 0.9 * trend + rng.gauss(0, 0.06)
            passengers = usual * WEEK[day.weekday()] * math.exp(trend + rng.gauss(0, 0.05))
            yield day.isoformat(), name, str(round(passengers))


def write_demo_series(folder: Path, seed: int = 7) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "ferry.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "passengers", "temperature"))
        writer.writerows(make_rows(random.Random(seed)))
    with (folder / "ferries.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "line", "passengers"))
        writer.writerows(make_lines(random.Random(seed)))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "forecasting" / "demo")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write_demo_series(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
