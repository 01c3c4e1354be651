from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import read_series
from seqnlp.resources import RECIPES

FERRY = RECIPES / "forecasting" / "demo" / "ferry.csv"


def test_the_generator_makes_the_series_that_ships(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_series.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    for name in ("ferry.csv", "ferries.csv"):
        assert (tmp_path / name).read_bytes() == (FERRY.parent / name).read_bytes()


def test_the_series_has_the_faults_that_real_ones_have() -> None:
    said: list[str] = []
    series = read_series(FERRY, SeriesDataConfig(train="ferry.csv", time_column="date"), said.append)
    assert len(series) == 900
    assert (series.lines == 0).sum() == 5
    assert (~series.known[:, 0]).sum() > 5
    assert "5 missing rows filled in" in said[0]
    assert "missing values of 'passengers'" in said[0]
