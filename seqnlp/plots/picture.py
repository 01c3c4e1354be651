"""PNG and SVG pictures through matplotlib, which is an extra."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILLION, ORANGE, GREEN, PURPLE, SKY, BLACK = (
    *("#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#000000"),
)
"""The palette of Okabe and Ito, which people with colour-blindness can tell apart."""

_MAX_VALUE = 1e100
"""The matrices of matplotlib cannot be inverted where numbers are as large as they can be."""

SUFFIXES = (".png", ".svg")
"""What the name of a picture may end in; it decides the format."""

# Fonts that have the scripts that matplotlib's own font lacks; those that are installed are used.
_FONTS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "IPAexGothic", "WenQuanYi Micro Hei"),
    *("Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Arial Unicode MS"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji", "Segoe UI Emoji"),
)


def check_suffix(option: str, file: Path | None, endings: Sequence[str] = SUFFIXES) -> None:
    """Stop at a file, if one is asked for, whose name says no format.

    Raises:
        SeqnlpError: with the option.
    """
    if file and file.suffix not in endings:
        *others, last = endings
        raise SeqnlpError(f"{option}: expected a name that ends in {', '.join(others)} or {last}, found '{file}'")


def save_picture(path: Path, draw: Callable[[], Figure], dpi: int = 150) -> None:
    """Write what ``draw`` draws, as PNG or SVG. Letters that no installed font has are drawn as boxes in PNG.

    The same drawing gives the same file: an SVG has no date and no random names. Its text is text.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    form = "svg" if path.suffix == ".svg" else "png"
    try:
        figure = draw()
    except ImportError:
        kind = "an SVG" if form == "svg" else "a PNG"
        raise SeqnlpError(
            f"{kind} needs matplotlib, which is not installed: run pip install 'seqnlp[plot]' "
            "(the .html pages of `seqnlp plot` need none)"
        ) from None
    picture = BytesIO()
    from matplotlib import rc_context

    with warnings.catch_warnings(), rc_context({"svg.fonttype": "none", "svg.hashsalt": "seqnlp"}):
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # one for each letter that no font has
        undated = {"Date": None} if form == "svg" else None
        figure.savefig(picture, format=form, dpi=dpi, bbox_inches="tight", metadata=undated)
    write_atomically(path, picture.getvalue())


def drawable(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values (...) as an axis can hold them: sizes beyond all measure are clipped; what is not finite stays."""
    return np.where(np.isfinite(values), np.clip(values, -_MAX_VALUE, _MAX_VALUE), values)


def as_text() -> dict[str, Any]:
    """Options for text from data: a dollar sign is a dollar sign, not the beginning of a formula."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return {"parse_math": False, "fontfamily": ["DejaVu Sans", *(font for font in _FONTS if font in installed)]}
