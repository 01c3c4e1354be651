"""PNG files of matplotlib's figures."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_png(path: Path, figure: Figure) -> None:
    """Write a figure whole. Letters that no installed font has are drawn as boxes.

    Raises:
        TrainingError: the file cannot be written.
    """
    picture = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # one for each letter that no font has
        figure.savefig(picture, format="png", dpi=150, bbox_inches="tight")
    write_atomically(path, picture.getvalue())
