"""The attention of a translation as a grid: a row for each target word, a column for each source word."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.plots import grid
from seqnlp.plots.picture import BLUE, as_text, save_picture
from seqnlp.report.page import html_page
from seqnlp.report.text import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_WORDS = 60
"""A grid of more words a side cannot be read."""

_HOW_TO_READ = (
    "A row is a word of the translation, a column a word of the source. The stronger the colour, the more the row's "
    "word looked at the column's; what a row lacks to 1 went to the end of the source."
)

# One hue, stronger for more weight: no two colours have to be told apart.
_STYLE = (
    grid.STYLE
    + """
.weight { min-width: 1.6rem; height: 1.6rem; padding: 0; }
.weight::before { content: ""; position: absolute; inset: 0; background: var(--first); opacity: var(--weight);
                  forced-color-adjust: none; print-color-adjust: exact; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""
)


def attention_html(
    title: str,
    source_words: Sequence[str],
    target_words: Sequence[str],
    weights: NDArray[np.floating[Any]],
) -> str:
    """The whole page; it needs nothing else: no network, no script. Every text is escaped.

    Args:
        weights: (target words, source words), from 0 to 1.

    Raises:
        SeqnlpError: no words or too many on a side, or weights that do not fit the words.
    """
    _check(source_words, target_words, weights)
    columns = "".join(grid.column_name(word) for word in source_words)
    rows = "\n".join(_row(word, source_words, row) for word, row in zip(target_words, weights, strict=True))
    heading = f'<h1 dir="auto">{escape(title)}</h1>\n<p>{_HOW_TO_READ}</p>'
    table = f"<table>\n<thead><tr><td></td>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    return html_page(title, _STYLE, f'{heading}\n<div class="scroll">{table}</div>')


def attention_picture(
    path: Path,
    title: str,
    source_words: Sequence[str],
    target_words: Sequence[str],
    weights: NDArray[np.floating[Any]],
) -> None:
    """Write the grid as a PNG or SVG file. Letters that no installed font has are drawn as boxes.

    Args:
        weights: (target words, source words), from 0 to 1.

    Raises:
        SeqnlpError: matplotlib is missing; no words or too many on a side, or weights that do not fit the words.
        TrainingError: the file cannot be written.
    """
    _check(source_words, target_words, weights)
    save_picture(path, lambda: _figure(title, source_words, target_words, weights))


def _check(source_words: Sequence[str], target_words: Sequence[str], weights: NDArray[np.floating[Any]]) -> None:
    for side, words in (("source", source_words), ("target", target_words)):
        if not 1 <= len(words) <= MAX_WORDS:
            raise SeqnlpError(
                f"a picture of attention holds 1 to {MAX_WORDS} words a side, found {len(words):,} {side} words; give "
                "it one sentence (`seqnlp translate RUN --output jsonl --attention` writes the weights of any text)"
            )
    expected = (len(target_words), len(source_words))
    if weights.shape != expected:
        raise SeqnlpError(
            f"expected weights of shape {expected}, one row a target word and one column a source word, "
            f"found {weights.shape}; merge_attention gives words and weights that fit"
        )


def _row(word: str, source_words: Sequence[str], weights: NDArray[np.floating[Any]]) -> str:
    cells = "".join(_cell(word, source, float(weight)) for source, weight in zip(source_words, weights, strict=True))
    return f"<tr>{grid.row_name(word)}{cells}</tr>"


def _cell(target: str, source: str, weight: float) -> str:
    said = escape(f"{target} \N{LEFTWARDS ARROW} {source}: {weight:.2f}")
    strength = f"{min(max(weight, 0.0), 1.0):.3f}"
    return (
        f'<td class="weight" style="--weight: {strength}" title="{said}"><span class="spoken">{weight:.2f}</span></td>'
    )


def _figure(
    title: str, source_words: Sequence[str], target_words: Sequence[str], weights: NDArray[np.floating[Any]]
) -> Figure:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    plain = as_text()
    width, height = (1.5 + 0.32 * len(words) for words in (source_words, target_words))
    figure = Figure(figsize=(width, height))
    axes = figure.add_subplot()
    blue = LinearSegmentedColormap.from_list("weight", ["#ffffff", BLUE])
    axes.imshow(weights, cmap=blue, vmin=0, vmax=1)
    axes.set_title(textwrap.fill(title, max(30, int(11 * width))), **plain)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(source_words)), [short(word) for word in source_words], rotation=90, **plain)
    axes.set_yticks(range(len(target_words)), [short(word) for word in target_words], **plain)
    return figure
