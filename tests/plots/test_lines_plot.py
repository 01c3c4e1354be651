"""Charts of lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seqnlp.plots.lines import COLOURS, _figure, charts_html, charts_picture
from seqnlp.report.chart import DASHES, Chart, Line, chart_svg


def chart(*points: tuple[float, float], name: str = "one", logarithmic: bool = False) -> Chart:
    return Chart("Loss", "epoch", "loss", [Line(name, points), Line("flat", [(1, 1), (3, 1)])], logarithmic)


def polylines(svg: str) -> list[str]:
    return re.findall(r'<polyline points="([^"]*)" [^>]*><title>', svg)


def test_a_line_goes_through_its_points_and_does_not_lie_on_the_frame() -> None:
    assert polylines(chart_svg(chart((1, 1), (2, 2), (3, 3)))) == [
        "64.0,254.7 258.0,139.0 452.0,23.3",
        "64.0,254.7 452.0,254.7",
    ]


def test_epochs_are_whole_numbers() -> None:
    drawn = chart((1, 0.1), (2, 0.2))
    assert re.findall(r'text-anchor="middle">([\d.]+)<', chart_svg(drawn)) == ["1", "2", "3"]
    halves = Chart("c", "x", "y", [Line("one", [(0, 0), (1.5, 1)])])
    assert ">0.5</text>" in chart_svg(halves)
    pytest.importorskip("matplotlib")
    assert all(float(tick).is_integer() for tick in _figure("t", [drawn]).axes[0].get_xticks())


def test_a_logarithmic_axis_has_a_tick_a_decade_and_leaves_zeros_out() -> None:
    svg = chart_svg(chart((1, 100.0), (2, 0.01), (3, 0.0), logarithmic=True))
    assert polylines(svg)[0] == "64.0,14.0 258.0,264.0"
    assert all(f">{tick}</text>" in svg for tick in ("0.01", "0.1", "1", "10", "100"))


def test_ticks_far_from_0_differ_and_the_picture_has_room_for_them() -> None:
    lines = [Line("one", [(1_000_001, 48_123_455), (1_000_003, 48_123_457)])]
    svg = chart_svg(Chart("c", "x", "y", lines))
    assert re.findall(r'text-anchor="middle">(\d+)<', svg) == ["1000001", "1000002", "1000003"]
    names = re.findall(r'text-anchor="end">([\d.]+)<', svg)
    assert {"48123455", "48123456", "48123457"} <= set(names)
    assert len(set(names)) == len(names)
    left, _, width, _ = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())
    assert left < 0
    assert left + width > 64 + 388


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((1.0, 5.0),),
        ((1.0, float("nan")), (2.0, float("inf")), (3.0, 1.0)),
        ((1.0, 1e308), (2.0, -1e308), (3.0, 1e299)),
    ],
)
def test_few_points_and_odd_numbers_can_be_drawn(points: tuple[tuple[float, float], ...], tmp_path: Path) -> None:
    assert "nan" not in chart_svg(chart(*points))
    pytest.importorskip("matplotlib")
    charts_picture(tmp_path / "chart.png", "t", [chart(*points), chart((1, 2), logarithmic=True)])
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_lines_differ_in_colour_and_in_dashes() -> None:
    svg = chart_svg(Chart("c", "x", "y", [Line(str(n), [(0, n), (1, n)]) for n in range(7)]))
    styles = re.findall(r'class="line c\d" stroke-dasharray="[^"]+"', svg)
    assert len(set(styles)) == len(COLOURS) == len(DASHES) == 7
    page = charts_html("t", "e", [])
    assert all(colour in page for colour in COLOURS[:-1])  # the last is that of the text


def test_names_are_never_markup() -> None:
    page = charts_html("<b>", "<i>", [Chart("<u>", "<p>", "<q>", [Line("<script>", [(0, 1), (1, 2)])])])
    assert not re.search("<(script|b|i|u|q)>", page)
    assert page.count("&lt;script&gt;") == 2


def test_a_line_of_one_point_is_a_mark() -> None:
    svg = chart_svg(chart((2, 5.0)))
    assert svg.count("<circle") == 1
    pytest.importorskip("matplotlib")
    one, flat = _figure("t", [chart((2, 5.0))]).axes[0].lines
    assert (one.get_marker(), flat.get_marker()) == ("o", "None")


def test_the_legend_names_every_line_that_is_drawn_and_no_other() -> None:
    pytest.importorskip("matplotlib")

    def named(of: Chart) -> list[str]:
        legend = _figure("t", [of]).axes[0].get_legend()
        return [text.get_text() for text in legend.get_texts()]

    assert re.findall(r">(nothing|flat)</text>", chart_svg(chart(name="nothing"))) == ["flat"]
    assert named(chart((1, 1), (2, 2), name="_$x$")) == ["_$x$", "flat"]
    assert named(chart(name="nothing")) == ["flat"]


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 1), (3, 2), (5, 2)])
def test_many_charts_stand_in_two_columns(count: int, columns: int) -> None:
    pytest.importorskip("matplotlib")
    places = [axes for axes in _figure("t", [chart((1, 1), (2, 2))] * count).axes if axes.axison]
    assert len(places) == count
    assert len({axes.get_subplotspec().colspan.start for axes in places}) == columns


def test_spans_are_shaded_where_the_axis_says_and_named_once() -> None:
    lines = [Line("score", [(0, 1.0), (100, 2.0)])]
    svg = chart_svg(Chart("Scores", "rows", "score", lines, spans=[(25, 50), (100, 100)], span_name="labelled"))
    shaded = re.findall(r'<rect class="span" x="([\d.]+)" y="14" width="([\d.]+)" height="250">', svg)
    assert shaded == [("161.0", "97.0"), ("452.0", "2")]  # the frame is 388 wide and begins at 64
    assert svg.count(">labelled</text>") == 1
