"""PNG pictures through matplotlib, which is an extra."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.errors import SeqnlpError
from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILLION, ORANGE, GREEN, PURPLE, SKY, BLACK = (
    *("#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#000000"),
)
"""The palette of Okabe and Ito, which people with colour-blindness can tell apart."""

LONGEST_LABEL = 40

# Fonts that have the scripts that matplotlib's own font lacks; those that are installed are used.
_FONTS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "IPAexGothic", "WenQuanYi Micro Hei"),
    *("Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Arial Unicode MS"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji", "Segoe UI Emoji"),
)


def save_png(path: Path, draw: Callable[[], Figure], dpi: int = 150) -> None:
    """Write what ``draw`` draws as a PNG file. Letters that no installed font has are drawn as boxes.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    try:
        figure = draw()
    except ImportError:
        raise SeqnlpError(
            "a PNG needs matplotlib, which is not installed: run pip install 'seqnlp[plot]' "
            "(the .html pages of `seqnlp plot` need none)"
        ) from None
    picture = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # one for each letter that no font has
        figure.savefig(picture, format="png", dpi=dpi, bbox_inches="tight")
    write_atomically(path, picture.getvalue())


def as_text() -> dict[str, Any]:
    """Options for text from data: a dollar sign is a dollar sign, not the beginning of a formula."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return {"parse_math": False, "fontfamily": ["DejaVu Sans", *(font for font in _FONTS if font in installed)]}


def short(word: str) -> str:
    """The word, or its beginning if it is too long for a label."""
    return word if len(word) <= LONGEST_LABEL else word[: LONGEST_LABEL - 1] + "…"
