"""Pictures of confusion and calibration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seqnlp.metrics.calibration import measure_calibration
from seqnlp.metrics.confusion import confused
from seqnlp.plots.confusion import confusion_html, confusion_picture
from seqnlp.plots.reliability import reliability_html, reliability_picture

MATRIX = confused(["a", "a", "a", "b", "<b>"], ["a", "a", "b", "b", "a"], "documents")
CALIBRATION = measure_calibration([0.9, 0.8, 0.3], [0.95, 0.7, 0.4], [1, 1, 0], 1.5)


def test_a_confusion_is_coloured_by_its_share_of_the_gold_label() -> None:
    page = confusion_html("demo on test", MATRIX)
    assert 'title="a taken for b: 1 (33.3 %)">1</td>' in page
    assert page.count('class="right"') == 3
    assert "counts documents" in page


def test_a_confusion_names_its_axes_for_eyes_and_screen_readers() -> None:
    page = confusion_html("demo on test", MATRIX)
    assert re.search(r'<th class="axis" scope="colgroup" colspan="3">predicted</th>', page)
    assert re.search(r'<th class="axis" scope="rowgroup" rowspan="3"><span>gold</span></th><th scope="row"', page)


def test_confusion_text_is_escaped_and_nothing_is_loaded() -> None:
    page = confusion_html("<b>", MATRIX)
    assert "<b>" not in page
    assert not re.search(r"\b(src|href)\s*=|url\(|://", page)


def test_a_reliability_page_has_the_diagram_and_both_tables() -> None:
    page = reliability_html("demo on test", CALIBRATION)
    assert "3 predictions" in page
    assert all(part in page for part in ("Reliability diagram", "Calibration", "What can be kept", "1.500"))


def test_both_can_be_png(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    confusion_picture(tmp_path / "a.png", "$t", MATRIX)
    reliability_picture(tmp_path / "b.png", "$t", CALIBRATION)
    reliability_picture(tmp_path / "c.png", "nothing", measure_calibration([], [], [], 1.0))
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("a.png", "b.png", "c.png"))
