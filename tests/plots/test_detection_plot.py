"""Pictures of detections."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import SeqnlpError, TrainingError
from seqnlp.plots.detection import _figure, detection_picture


def draw(path: Path, columns: int = 2, rows: int = 50) -> None:
    generator = np.random.default_rng(1)
    values, scores = generator.normal(size=(rows, columns)), generator.exponential(size=rows)
    values[1, 0], scores[0], scores[2] = np.nan, np.nan, 0.0
    names, places = [f"${n}$" for n in range(columns)], list(range(rows))
    detection_picture(path, "costs $5 or $6", names, values, scores, places, [(10, 12), (40, 40)], 2.0)


def test_a_picture_is_written_missing_values_and_rows_without_a_score_among_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw(tmp_path / "detect.png")
    draw(tmp_path / "one.png", columns=1, rows=3)
    assert (tmp_path / "detect.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_reading_beyond_all_measure_can_be_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    values = np.array([[1.0, 1e308], [2.0, -1e308], [np.nan, 3.0]])
    scores = np.array([np.nan, 1e30, 1.0])
    detection_picture(tmp_path / "d.png", "t", ["a", "b"], values, scores, [1, 2, 3], [(1, 1)], 2.0)
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")


def test_too_many_columns_for_a_picture_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeqnlpError, match="a picture holds at most 8 columns, found 9; leave --plot out"):
        draw(tmp_path / "detect.png", columns=9)


def test_without_matplotlib_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(SeqnlpError, match=r"a PNG needs matplotlib, .*pip install 'seqnlp\[plot\]'"):
        draw(tmp_path / "detect.png")


def test_a_picture_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot write"):
        draw(tmp_path / "file" / "detect.png")


def test_an_event_of_one_row_in_a_long_series_can_be_seen() -> None:
    pytest.importorskip("matplotlib")
    rows = 30_000
    values, scores = np.zeros((rows, 1)), np.ones(rows)
    figure = _figure("t", ["a"], values, scores, list(range(rows)), [(9_000, 9_000)], 2.0)
    for panel in figure.axes:
        box = panel.patches[0].get_window_extent()
        assert box.width * 150 / figure.dpi >= 2  # pixels of the file
        assert panel.transData.inverted().transform(box.get_points())[:, 0].mean() == pytest.approx(9_000)


def test_threshold_and_events_are_named() -> None:
    pytest.importorskip("matplotlib")
    for events, words in (([(2, 3)], ["threshold", "event"]), ([], ["threshold"])):
        figure = _figure("t", ["a"], np.zeros((9, 1)), np.ones(9), list(range(9)), events, 2.0)
        legend = figure.axes[0].get_legend()
        assert legend is not None
        assert [text.get_text() for text in legend.get_texts()] == words
