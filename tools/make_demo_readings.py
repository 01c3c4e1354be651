#!/usr/bin/env python3
"""Write the series of anomaly_detection/demo: five weeks in a cold store of ours, a row every quarter of an hour.

The compressor works harder in the afternoon, and while people come and go on working days. In the last two weeks four
things happen that never happened before; ``windows.json`` says when. The same seed gives the same files::

    python tools/make_demo_readings.py        # writes recipes/anomaly_detection/demo/{readings.csv,windows.json}
"""

from __future__ import annotations

import argparse
import json
import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, STEP, DAYS = datetime(2031, 3, 3), timedelta(minutes=15), 35
MARGIN = timedelta(hours=2)
"""By which a labelled window is wider than what happened."""


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong: what, from when on, for how long."""

    kind: str
    begin: datetime
    length: timedelta

    def holds(self, moment: datetime) -> bool:
        """Whether it goes on at a moment."""
        return self.begin <= moment < self.begin + self.length


INCIDENTS = (
    Incident("door open", datetime(2031, 3, 26, 21, 0), timedelta(minutes=30)),
    Incident("compressor off", datetime(2031, 3, 29, 3, 30), timedelta(minutes=30)),
    Incident("work on a sunday", datetime(2031, 3, 30, 8, 0), timedelta(hours=6)),
    Incident("sensor off", datetime(2031, 4, 3, 10, 0), timedelta(minutes=30)),
)


def make_rows(rng: random.Random) -> list[tuple[datetime, float, float]]:
    """Time, degrees and kilowatts of each row."""
    rows, warmth = [], 0.0
    for number in range(DAYS * 24 * 4):
        moment = BEGIN + number * STEP
        now = {incident.kind for incident in INCIDENTS if incident.holds(moment)}
        hour = moment.hour + moment.minute / 60
        working = (moment.weekday() < 5 and 7 <= hour < 17) or "work on a sunday" in now
        traffic = rng.uniform(0.3, 0.7) if working else 0.0
        afternoon = 1 + math.cos(2 * math.pi * (hour - 15) / 24)
        power = 3 + 0.8 * afternoon + 1.6 * traffic + rng.gauss(0, 0.12)
        warmth = 0.7 * warmth + 0.5 * traffic + rng.gauss(0, 0.06)
        if "door open" in now:
            warmth, power = warmth + 0.8, power + 1.5
        if "compressor off" in now:
            warmth, power = warmth + 0.6, 0.05
        degrees = 0.0 if "sensor off" in now else -20 + 0.2 * afternoon + warmth
        rows.append((moment, degrees, power))
    return rows


def write_demo_readings(folder: Path, seed: int = 7) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{moment},{degrees:.2f},{power:.2f}" for moment, degrees, power in make_rows(random.Random(seed))]
    text = "\n".join(["time,degrees,kilowatts", *lines]) + "\n"
    (folder / "readings.csv").write_text(text, encoding="utf-8", newline="\n")
    windows = [[str(each.begin - MARGIN), str(each.begin + each.length + MARGIN)] for each in INCIDENTS]
    text = json.dumps({"readings.csv": windows}, indent=1) + "\n"
    (folder / "windows.json").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "anomaly" / "demo")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write_demo_readings(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
