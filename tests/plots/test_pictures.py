"""PNG and SVG files of whatever matplotlib draws."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from seqnlp.plots.lines import charts_picture
from seqnlp.report.chart import Chart, Line

CHARTS = [Chart("Loss & <more>", "epoch", "loss", [Line("$first$", [(1, 1), (2, 3)])])]


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


def test_an_svg_is_well_formed_and_its_text_is_text(tmp_path: Path) -> None:
    charts_picture(tmp_path / "chart.svg", "Curves", CHARTS)
    texts = [(node.text or "").strip() for node in ElementTree.parse(tmp_path / "chart.svg").getroot().iter()]
    assert {"Loss & <more>", "epoch", "$first$"} <= set(texts)


def test_the_same_drawing_gives_the_same_svg(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts_picture(tmp_path / name, "Curves", CHARTS)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
