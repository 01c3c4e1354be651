"""``seqnlp vectors pieces``: vectors of word pieces, fitted to those of words."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from seqnlp.cli.output import say
from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from seqnlp.text.joined_vectors import WordTable


def fitted_pieces(arguments: argparse.Namespace) -> WordTable:
    """The pieces that words are made of, with their vectors; says how well they compose words.

    Raises:
        SeqnlpError: an argument is missing or out of range, a file cannot be read, or no word has a piece.
    """
    from seqnlp.models.piece_vectors import fit_pieces
    from seqnlp.text.joined_vectors import WordTable
    from seqnlp.text.piece_lists import read_pieces
    from seqnlp.text.vectors import read_vectors

    if len(arguments.names) != 1 or arguments.pieces is None:
        raise SeqnlpError("expected `seqnlp vectors pieces VECTORS --pieces ENCODER -o FILE`, one file of vectors")
    pieces = read_pieces(arguments.pieces)
    words, values = read_vectors(arguments.names[0])  # N words, (N, D)
    chosen = values[:, _columns(arguments.columns, values.shape[1])]  # (N, C)
    say(f"{len(pieces):,} pieces are fitted to {len(words):,} words ...")
    fitted = fit_pieces(words, chosen, pieces)
    if left_out := len(words) - fitted.fitted:
        say(f"left out, with no piece or only zeros for a vector: {left_out:,} of the words")
    say(f"{len(fitted.pieces):,} of {len(pieces):,} pieces occur; {fitted.several:,} words have several")
    held_out = fitted.held_out
    if held_out is None:
        say("too few words have several pieces to tell how well other words are composed")
    else:
        say(
            f"{held_out.words:,} of them held out of another fit: R2 {held_out.r2:.3f}, cosine {held_out.cosine:.3f} "
            "(1: as good as vectors of their own)"
        )
    return WordTable(fitted.pieces, fitted.values)


def _columns(text: str | None, width: int) -> slice:
    """``A-B``, from 1 and with both ends, as places in a vector of this width."""
    if text is None:
        return slice(None)
    found = re.fullmatch(r"([0-9]+)-([0-9]+)", text)
    first, last = map(int, found.groups()) if found else (0, 0)
    if not 1 <= first <= last <= width:
        raise SeqnlpError(
            f"--columns: expected A-B with 1 <= A <= B <= {width}, the width of the vectors, found '{text}'"
        )
    return slice(first - 1, last)
