from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from seqnlp.resources import RECIPES

FOLDER = RECIPES / "anomaly_detection" / "demo"


def rows() -> list[dict[str, str]]:
    with (FOLDER / "readings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_generator_makes_the_series_that_ships(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_readings.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    for name in ("readings.csv", "windows.json"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_series_is_five_weeks_in_even_steps_and_small() -> None:
    times = [datetime.fromisoformat(row["time"]) for row in rows()]
    assert len(times) == 5 * 7 * 96
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(minutes=15)}
    assert (FOLDER / "readings.csv").stat().st_size < 150_000


def test_the_labelled_windows_are_all_in_the_last_two_weeks() -> None:
    times = [row["time"] for row in rows()]
    windows = json.loads((FOLDER / "windows.json").read_text())["readings.csv"]
    assert len(windows) == 4
    assert all(times[3 * 7 * 96] < begin < end < times[-1] for begin, end in windows)
