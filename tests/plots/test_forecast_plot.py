from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.plots.forecast import _figure, forecast_picture

VALUES = np.arange(100.0).reshape(50, 2)
AHEAD = np.array([[100.0, 101.0], [102.0, 103.0], [104.0, 105.0]])
WIDTH = np.array([[1.0, 2.0], [1.0, 2.0], [np.inf, np.inf]])
DAYS = [datetime(2024, 3, 1) + timedelta(days=row) for row in range(53)]
BANDS = (AHEAD - WIDTH, AHEAD, AHEAD + WIDTH)


def draw(path: Path, names: tuple[str, ...] = ("a", "b")) -> None:
    forecast_picture(path, "a $title$", names, VALUES, BANDS, DAYS, 0.9)


def test_a_picture_is_written_whatever_the_texts_hold(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw(tmp_path / "forecast.png", ("$a_{", "日本"))
    assert (tmp_path / "forecast.png").read_bytes().startswith(b"\x89PNG")


def test_a_value_beyond_all_measure_can_be_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    values, bands = VALUES.copy(), tuple(band.copy() for band in BANDS)
    values[40, 0], bands[1][0, 1] = 1e308, -1e308
    forecast_picture(tmp_path / "forecast.png", "t", ("a", "b"), values, bands, DAYS, 0.9)
    assert (tmp_path / "forecast.png").read_bytes().startswith(b"\x89PNG")


def test_each_column_has_its_series_forecast_and_bounded_intervals() -> None:
    pytest.importorskip("matplotlib")
    figure = _figure("title", ("a", "b"), VALUES, BANDS, DAYS, 0.9)
    for place, panel in enumerate(figure.axes):
        series, forecast, _ = panel.lines
        assert list(series.get_ydata()) == list(VALUES[-25:, place])
        assert list(forecast.get_ydata()) == [VALUES[-1, place], *AHEAD[:, place]]
        (band,) = panel.collections
        assert band.get_paths()[0].vertices[:, 0].max() == 2  # the third row has no interval


def test_too_many_columns_and_a_missing_library_are_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SeqnlpError, match="a picture of forecasts holds up to 12 columns, found 13"):
        draw(tmp_path / "x.png", tuple("abcdefghijklm"))
    missing: Any = None
    monkeypatch.setitem(sys.modules, "matplotlib.figure", missing)
    with pytest.raises(SeqnlpError, match=r"a PNG needs matplotlib, which is not installed: run pip install"):
        draw(tmp_path / "x.png")
