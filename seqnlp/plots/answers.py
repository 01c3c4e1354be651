"""Answers as pieces of HTML that a notebook shows below a cell. They bring their own colours and need nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#7a5195", "#5c5c5c")
"""From the palette of Okabe and Ito, which people with colour-blindness can tell apart."""


def entities_html(text: str, spans: Iterable[tuple[int, int, str, float]]) -> str:
    """A text with its entities framed in a colour for each label.

    Args:
        spans: start, end, label, probability; in characters, end exclusive, none inside another.
    """
    pieces, place = [], 0
    spans = sorted(spans)
    labels = sorted({label for _, _, label, _ in spans})
    for start, end, label, probability in spans:
        pieces += [escape(text[place:start]), _entity(text[start:end], label, probability, labels.index(label))]
        place = end
    body = "".join([*pieces, escape(text[place:])])
    return f'<div style="line-height: 2; white-space: pre-wrap">{body}</div>'


def _entity(text: str, label: str, probability: float, number: int) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    frame = f"border: 1px solid {colour}; border-radius: .3em; padding: .1em .3em"
    name = f'<b style="color: {colour}; font-size: .75em">{escape(label)} {probability:.2f}</b>'
    return f'<span style="{frame}">{escape(text)} {name}</span>'


def bars_html(rows: Sequence[tuple[str, float]]) -> str:
    """Names with their probabilities as bars."""
    cells = "".join(
        f'<tr><td style="text-align: left">{escape(name)}</td>'
        f'<td style="text-align: left"><div style="background: {_COLOURS[0]}; height: .8em; '
        f'width: {12 * value:.2f}em"></div></td><td>{value:.3f}</td></tr>'
        for name, value in rows
    )
    return f"<table>{cells}</table>"


def pairs_html(pairs: Sequence[tuple[str, str]]) -> str:
    """Two columns of texts, such as words with their tags, side by side."""
    cells = "".join(
        f'<span style="display: inline-block; margin-right: .6em; text-align: center">{escape(one)}<br>'
        f'<b style="color: {_COLOURS[0]}; font-size: .75em">{escape(other)}</b></span>'
        for one, other in pairs
    )
    return f"<div>{cells}</div>"


def framed(page: str, height: str = "30em") -> str:
    """A whole page inside a frame."""
    style = f"width: 100%; height: {height}; border: 0"
    return f'<iframe srcdoc="{escape(page, quote=True)}" style="{style}"></iframe>'
