"""Charts of lines as SVG; lines differ in colour, which the page's style sets, and in dashes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from seqnlp.report.text import short

DASHES = ((), (7, 3), (2, 2), (9, 3, 2, 3), (12, 4), (4, 2, 1, 2), (1, 3))
"""Of each line in turn; they repeat, as colours do."""

_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW = 388, 250, 64, 14, 50
"""The frame's size and the room left of, above and below it, in pixels: two charts fit into a line of a wide page."""

_LETTER = 8
"""The width of a digit, in pixels; a long number takes room left of the frame."""

_ROOM = 0.04
"""The part of the height that is left above and below the lines, so that none lies on the frame."""

_MAX_VALUE = 1e300
"""Points further up or down are left out, as those that are not finite."""

CHART_STYLE = """
svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; } svg text { fill: var(--ink); }
.frame { fill: none; stroke: var(--soft); } .grid { stroke: var(--faint); }
.span { fill: var(--faint); }
.c0 { --own: #0072b2; } .c1 { --own: #d55e00; } .c2 { --own: #009e73; } .c3 { --own: #cc79a7; } .c4 { --own: #e69f00; }
.c5 { --own: #56b4e9; } .c6 { --own: var(--ink); }
@media (prefers-color-scheme: dark) {
  .c0 { --own: #56b4e9; } .c1 { --own: #e69f00; } .c4 { --own: #f0e442; } .c5 { --own: #d55e00; }
}
.line { fill: none; stroke: var(--own); stroke-width: 2; } circle.dot { fill: var(--own); }
"""
"""The colours of lines are those of a PNG by day; by night bright ones of the same palette come first."""


@dataclass(frozen=True)
class Line:
    """A named line through points (x, y)."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """Lines over the same axes.

    Attributes:
        logarithmic: the y axis, where points of 0 or less are left out.
        spans: stretches of the x axis that are shaded, with their name below the chart.
    """

    heading: str
    x_name: str
    y_name: str
    lines: Sequence[Line]
    logarithmic: bool = False
    spans: Sequence[tuple[float, float]] = ()
    span_name: str = ""

    @property
    def counts_x(self) -> bool:
        """Whether x counts something, such as epochs: between whole numbers there is nothing to name."""
        return all(float(x).is_integer() for line in self.lines for x, _ in line.points)

    @property
    def drawn(self) -> list[Line]:
        """The lines with the points that can be drawn."""
        return [
            Line(line.name, [(x, y) for x, y in line.points if abs(y) < _MAX_VALUE and (y > 0 or not self.logarithmic)])
            for line in self.lines
        ]


def chart_svg(chart: Chart) -> str:
    """A chart as SVG; the names of the lines stand below it."""
    lines = chart.drawn
    xs, ys = ([point[axis] for line in lines for point in line.points] or [0.0, 1.0] for axis in (0, 1))
    xs += [end for span in chart.spans for end in span]
    scaled = [math.log10(y) for y in ys] if chart.logarithmic else ys
    across = _Axis(min(xs), max(xs), whole=chart.counts_x)
    up = _Axis(min(scaled), max(scaled), whole=chart.logarithmic, room=0 if chart.logarithmic else _ROOM)
    parts = [_span(across, *span, chart.span_name) for span in chart.spans]
    parts += [f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_WIDTH}" height="{_HEIGHT}"/>']
    parts += [_x_tick(across, tick) for tick in across.ticks]
    parts += [_y_tick(up, tick, chart.logarithmic) for tick in up.ticks]
    for number, line in enumerate(lines):
        heights = [math.log10(y) if chart.logarithmic else y for _, y in line.points]
        places = [(_x(across.part(x)), _y(up.part(y))) for (x, _), y in zip(line.points, heights, strict=True)]
        parts += _line(number, line.name, places)
    middle, bottom = _LEFT + _WIDTH / 2, _TOP + _HEIGHT + 38
    longest = max(len(_y_name(tick, chart.logarithmic)) for tick in [0, *up.ticks])
    left = min(0, _LEFT - 28 - _LETTER * longest)
    parts.append(f'<text x="{middle}" y="{bottom}" text-anchor="middle">{escape(chart.x_name)}</text>')
    place = f'x="{left + 14}" y="{_TOP + _HEIGHT / 2}" text-anchor="middle"'
    turned = f'transform="rotate(-90 {left + 14} {_TOP + _HEIGHT / 2})"'
    parts.append(f"<text {place} {turned}>{escape(chart.y_name)}</text>")
    named = [number for number, line in enumerate(lines) if line.points]
    parts += [_legend(place, number, lines[number].name) for place, number in enumerate(named)]
    if chart.spans:
        parts.append(_span_legend(len(named), chart.span_name))
    height = _TOP + _HEIGHT + _BELOW + 20 * (len(named) + bool(chart.spans))
    width = _LEFT + _WIDTH + 16 - left
    size, body = f'viewBox="{left} 0 {width} {height}" width="{width}"', "\n".join(parts)
    return f'<svg role="img" aria-label="{escape(chart.heading)}" {size}>\n{body}\n</svg>'


class _Axis:
    """From values to parts of the frame between 0 and 1, and the values that are named."""

    def __init__(self, low: float, high: float, whole: bool = False, room: float = 0) -> None:
        if whole:
            low, high = math.floor(low), math.ceil(high)
        room *= high - low
        self.low, self.high = (low - room, high + room) if high > low else (low - 1, high + 1)
        step = 10 ** math.floor(math.log10((self.high - self.low) / 2))
        step = next(step * by for by in (1, 2, 5, 10) if (self.high - self.low) / (step * by) <= 7)
        self.step = max(step, 1) if whole else step
        first = math.ceil(self.low / self.step)
        self.ticks = [self.step * n for n in range(first, math.floor(self.high / self.step + 1e-9) + 1)]

    def part(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)


def _x(part: float) -> float:
    return round(_LEFT + _WIDTH * part, 1)


def _y(part: float) -> float:
    return round(_TOP + _HEIGHT * (1 - part), 1)


def _x_tick(axis: _Axis, tick: float) -> str:
    return f'<text x="{_x(axis.part(tick))}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{_name(tick)}</text>'


def _name(tick: float) -> str:
    """With as many digits as tell a tick from the next, however far from 0 they are."""
    return f"{tick:.12g}"


def _y_name(tick: float, logarithmic: bool) -> str:
    return f"{10**tick:g}" if logarithmic else _name(tick)


def _y_tick(axis: _Axis, tick: float, logarithmic: bool) -> str:
    name, height = _y_name(tick, logarithmic), _y(axis.part(tick))
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{height}" y2="{height}"/>'
        f'<text x="{_LEFT - 6}" y="{height + 4}" text-anchor="end">{name}</text>'
    )


def _line(number: int, name: str, places: Sequence[tuple[float, float]]) -> list[str]:
    """A line through places of the drawing; through a single one there is nothing to see, so it is a dot as well."""
    title = f"<title>{escape(name)}</title>"
    points = " ".join(f"{x},{y}" for x, y in places)
    drawn = [f'<polyline points="{points}" {_stroke(number)}>{title}</polyline>']
    if len(places) == 1:
        x, y = places[0]
        drawn.append(f'<circle class="dot {_colour(number)}" cx="{x}" cy="{y}" r="4">{title}</circle>')
    return drawn


def _colour(number: int) -> str:
    """The class that has the line's colour."""
    return f"c{number % len(DASHES)}"


def _stroke(number: int) -> str:
    dashes = " ".join(map(str, DASHES[number % len(DASHES)])) or "none"
    return f'class="line {_colour(number)}" stroke-dasharray="{dashes}"'


def _span(axis: _Axis, begin: float, end: float, name: str) -> str:
    """A shaded stretch, wide enough to be seen."""
    left, right = _x(axis.part(begin)), _x(axis.part(end))
    width = max(round(right - left, 1), 2)
    title = f"<title>{escape(name)}</title>"
    return f'<rect class="span" x="{left}" y="{_TOP}" width="{width}" height="{_HEIGHT}">{title}</rect>'


def _span_legend(place: int, name: str) -> str:
    height = _TOP + _HEIGHT + _BELOW + 20 * place + 8
    return (
        f'<rect class="span" x="{_LEFT}" y="{height - 7}" width="50" height="14"/>'
        f'<text x="{_LEFT + 60}" y="{height + 4}">{escape(short(name))}</text>'
    )


def _legend(place: int, number: int, name: str) -> str:
    height = _TOP + _HEIGHT + _BELOW + 20 * place + 8
    return (
        f'<polyline points="{_LEFT},{height} {_LEFT + 50},{height}" {_stroke(number)}/>'
        f'<text x="{_LEFT + 60}" y="{height + 4}">{escape(short(name))}</text>'
    )
