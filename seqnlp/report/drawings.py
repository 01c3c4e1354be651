"""Drawings on HTML pages, as SVG; colours are CSS classes of the page, and shapes differ where colours do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from seqnlp.metrics.calibration import Calibration, ReliabilityBin
from seqnlp.metrics.scores import Scores
from seqnlp.report.chart import Chart, chart_svg
from seqnlp.report.tables import percent, percent_of

_SIZE, _LEFT, _TOP = 300, 48, 12
"""Side of the diagram's square and the room left of and above it, in pixels."""
_ROW, _LABEL, _BAR = 24, 170, 360
"""Height of a bar's row, width of the labels and of a full bar, in pixels."""
_LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG and what it shows."""

    svg: str
    caption: str


def score_bars(scores: Mapping[str, Scores]) -> Drawing:
    """One horizontal bar a type: its F1 from 0 to 100 %."""
    parts = [_bar(row, label, each) for row, (label, each) in enumerate(scores.items())]
    drawn = _picture(_LABEL + _BAR + 60, _ROW * len(parts), "F1 of each label", parts)
    return Drawing(drawn, "F1 of each label, in percent.")


def line_chart(chart: Chart, caption: str) -> Drawing:
    """Lines over the same axes, named below them."""
    return Drawing(chart_svg(chart), f"{chart.heading}. {caption}")


def reliability_diagram(calibration: Calibration) -> Drawing:
    """How often predictions are right against how sure they are; on the dashed line they mean what they say.

    Squares are before, circles after the temperature; the larger, the more predictions.
    """
    ticks = [_tick(value / 4) for value in range(5)]
    frame = f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}"/>'
    diagonal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    centre, middle, bottom = _x(0.5), _y(0.5), _TOP + _SIZE + 40
    names = [
        f'<text x="{centre}" y="{bottom}" text-anchor="middle">probability</text>',
        f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">part that is right</text>',
    ]
    series = [_series(calibration.before.bins, "before"), _series(calibration.after.bins, "after")]
    parts = [frame, diagonal, *ticks, *names, *series]
    caption = (
        "Predictions in ten bins of probability: how often they are right against how sure they are. On the dashed "
        "line probabilities mean what they say. Squares, dotted: at temperature 1. Circles, solid: at temperature "
        f"{calibration.temperature:.3f}. A larger mark stands for more predictions."
    )
    return Drawing(_picture(_LEFT + _SIZE + 24, _TOP + _SIZE + 48, "Reliability diagram", parts), caption)


def _picture(width: int, height: int, name: str, parts: list[str]) -> str:
    body = "\n".join(parts)
    return f'<svg role="img" aria-label="{name}" viewBox="0 0 {width} {height}" width="{width}">\n{body}\n</svg>'


def _bar(row: int, label: str, scores: Scores) -> str:
    top, baseline, width = row * _ROW + 3, row * _ROW + 17, _BAR * scores.f1
    short = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 3] + "..."
    return (
        f'<text x="{_LABEL - 8}" y="{baseline}" text-anchor="end">{escape(short)}</text>'
        f'<rect class="track" x="{_LABEL}" y="{top}" width="{_BAR}" height="{_ROW - 6}"/>'
        f'<rect class="bar" x="{_LABEL}" y="{top}" width="{width:.1f}" height="{_ROW - 6}"/>'
        f'<text x="{_LABEL + _BAR + 8}" y="{baseline}">{percent_of(scores.f1, scores.support)}</text>'
    )


def _series(bins: list[ReliabilityBin], name: str) -> str:
    """A line through the bins that hold predictions, and a mark at each."""
    filled = [each for each in bins if each.count]
    points = " ".join(f"{_x(each.mean_probability)},{_y(each.accuracy)}" for each in filled)
    largest = max((each.count for each in filled), default=1)
    marks = (_mark(each, name, 3 + 6 * (each.count / largest) ** 0.5) for each in filled)
    return f'<g class="{name}"><polyline points="{points}"/>{"".join(marks)}</g>'


def _mark(each: ReliabilityBin, name: str, radius: float) -> str:
    x, y = _x(each.mean_probability), _y(each.accuracy)
    if name == "before":
        side = 1.8 * radius
        shape = f'rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}"'
    else:
        shape = f'circle cx="{x}" cy="{y}" r="{radius:.1f}"'
    title = f"{each.low:.2f} to {each.high:.2f}: {each.count:,} predictions, {percent(each.accuracy)} % right"
    return f"<{shape}><title>{title}</title></{shape.split()[0]}>"


def _tick(value: float) -> str:
    return (
        f'<text x="{_x(value)}" y="{_TOP + _SIZE + 18}" text-anchor="middle">{value:g}</text>'
        f'<text x="{_LEFT - 6}" y="{_y(value) + 4}" text-anchor="end">{value:g}</text>'
    )


def _x(value: float) -> float:
    return round(_LEFT + _SIZE * value, 1)


def _y(value: float) -> float:
    return round(_TOP + _SIZE * (1 - value), 1)
