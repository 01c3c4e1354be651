"""Attention over subwords as attention over words, and the word pairs that it suggests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError

_WORD_START = "\u2581"
_END = "</s>"
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")

Word = tuple[str, int, int]
"""A word, the number of its first piece, and that of its last piece plus one."""


@dataclass(frozen=True)
class GivenWords:
    """The words of a text as it was given, and for each subword, ``</s>`` left out, the number of its word."""

    words: Sequence[str]
    numbers: Sequence[int]

    def membership(self, num_pieces: int) -> NDArray[np.float64]:
        """(pieces, words): 1 where a piece belongs to a word."""
        member = np.zeros((num_pieces, len(self.words)))
        member[np.arange(len(self.numbers)), self.numbers] = 1
        return member


def words_of(pieces: Sequence[str], by_piece: bool = False) -> list[Word]:
    """The words that SentencePiece pieces spell, with the pieces of each.

    A piece that starts with U+2581 begins a word, and byte pieces such as ``<0xF0>`` are read as UTF-8; bytes that are
    no character become U+FFFD. Everything up to ``</s>`` belongs to exactly one word: pieces that spell only blanks go
    to the word after them, at the end to the one before. The end itself belongs to none. A text of blanks has no words.

    Args:
        by_piece: each piece is a word, and the bytes of one character are one; for languages written without spaces,
            where a whole sentence would be a single word.
    """
    spans: list[tuple[int, int]] = []
    for at, piece in enumerate(pieces[: _length(pieces)]):
        begins = _begins_character(piece) if by_piece else piece.startswith(_WORD_START)
        if not spans or (begins and _text(pieces[slice(*spans[-1])])):
            spans.append((at, at + 1))
        else:
            spans[-1] = (spans[-1][0], at + 1)
    if len(spans) > 1 and not _text(pieces[slice(*spans[-1])]):
        spans[-2:] = [(spans[-2][0], spans[-1][1])]
    words = [(_text(pieces[start:end]), start, end) for start, end in spans]
    return [word for word in words if word[0]]


def merge_attention(
    weights: NDArray[np.floating[Any]],
    source_pieces: Sequence[str],
    target_pieces: Sequence[str],
    *,
    source_by_piece: bool = False,
    target_by_piece: bool = False,
    given: GivenWords | None = None,
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Attention between words: summed over the pieces of a source word, averaged over those of a target word.

    What was given to the source's ``</s>`` belongs to no word, so a row may sum to less than 1: the rest is the weight
    of the end. The row of the target's ``</s>``, if there is one, is left out.

    Args:
        weights: (T, S), a row for each target piece and a column for each source piece, ``</s>`` counted if listed.
        source_by_piece, target_by_piece: that side is written without spaces; see :func:`words_of`.
        given: the source's words as they were given, which then are those that are counted.

    Returns:
        The source words (Sw), the target words (Tw) and the weights (Tw, Sw).

    Raises:
        DataError: the weights have other rows or columns than there are pieces.
    """
    expected = (len(target_pieces), len(source_pieces))
    if weights.shape != expected:
        raise DataError(
            f"expected attention of shape {expected}, one row a target piece and one column a source piece, "
            f"found {weights.shape}; list {_END} among the pieces exactly if it has a row or column"
        )
    target = words_of(target_pieces, target_by_piece)
    if given:
        source_words, belongs = list(given.words), given.membership(len(source_pieces))
    else:
        source = words_of(source_pieces, source_by_piece)
        source_words, belongs = [text for text, _, _ in source], _membership(source, len(source_pieces))
    summed = weights.astype(np.float64) @ belongs  # (T, Sw)
    averaging = _membership(target, len(target_pieces))  # (T, Tw)
    averaging = averaging / averaging.sum(axis=0)  # (T, Tw): each column sums to 1
    return source_words, [text for text, _, _ in target], averaging.T @ summed


def pharaoh(weights: NDArray[np.floating[Any]]) -> list[tuple[int, int]]:
    """Pairs (source word, target word), from 0, in the order of the target words.

    Each target word is paired with the source word it looked at most (of equals the first). It stays without a pair if
    even that one has less than half the weight it would have were all of them looked at alike, ``1 / (2 * Sw)``: the
    word then looked at the end of the sentence, and at no word in particular.

    Args:
        weights: (Tw, Sw) as :func:`merge_attention` gives them.
    """
    num_targets, num_sources = weights.shape
    if not num_sources:
        return []
    best = weights.argmax(axis=1)  # (Tw,)
    sure = weights.max(axis=1) >= 1 / (2 * num_sources)  # (Tw,)
    return [(int(best[target]), target) for target in range(num_targets) if sure[target]]


def _length(pieces: Sequence[str]) -> int:
    """How many pieces stand before the end."""
    return pieces.index(_END) if _END in pieces else len(pieces)


def _begins_character(piece: str) -> bool:
    """Whether a piece is anything but a byte that continues a character."""
    match = _BYTE.fullmatch(piece)
    return match is None or not 0x80 <= int(match[1], 16) < 0xC0


def _text(pieces: Sequence[str]) -> str:
    return b"".join(map(_bytes, pieces)).decode("utf-8", errors="replace").strip()


def _bytes(piece: str) -> bytes:
    match = _BYTE.fullmatch(piece)
    return bytes.fromhex(match[1]) if match else piece.replace(_WORD_START, " ").encode()


def _membership(words: list[Word], num_pieces: int) -> NDArray[np.float64]:
    """(pieces, words): 1 where a piece belongs to a word."""
    member = np.zeros((num_pieces, len(words)))  # (pieces, words)
    for number, (_, start, end) in enumerate(words):
        member[start:end, number] = 1
    return member
