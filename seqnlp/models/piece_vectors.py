"""Vectors of word pieces whose mean over a word's pieces is the word's vector, as nearly as one can have it.

With them a word that no list has gets a vector too: the mean of those of its pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.text.word_pieces import WordPieces

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

RIDGE = 0.03
"""What a piece pays for its squared length: as much as 0.03 words would that have this piece alone and zeros."""

_HELD_OUT = 20  # a word of several pieces in so many
_SEED = 0
_MOST_STEPS = 500
_TOLERANCE = 1e-7

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HeldOut:
    """How well words are composed that the pieces were not fitted to.

    Attributes:
        words: how many.
        r2: share of the variance of their vectors about the mean of the fitted ones; 0 where these are all the same.
        cosine: mean cosine with their vectors.
    """

    words: int
    r2: float
    cosine: float


@dataclass(frozen=True)
class FittedPieces:
    """P pieces that words are made of, and their vectors.

    Attributes:
        pieces: in the order of the list.
        values: (P, D).
        fitted: words that they were fitted to.
        several: how many of these have several pieces.
        held_out: of another fit, without a twentieth of the words of several pieces; None where there are too few.
    """

    pieces: list[str]
    values: NDArray[np.float32]
    fitted: int
    several: int
    held_out: HeldOut | None


def fit_pieces(words: Sequence[str], values: NDArray[np.float32], pieces: Sequence[str]) -> FittedPieces:
    """Ridge least squares of words' vectors on the pieces of the words.

    A word that has none of the pieces is left out, and so is one whose vector is zeros: these stand for none. A piece
    that no word has is not in the result.

    Args:
        words: N of them.
        values: (N, D).
        pieces: what words are cut into by :class:`~seqnlp.text.word_pieces.WordPieces`.

    Raises:
        SeqnlpError: no word with a vector has one of the pieces.
    """
    cutter = WordPieces(pieces)
    rows = [cutter.rows(word) for word in words]
    usable = np.array([bool(row) for row in rows]) & values.any(axis=1)  # (N,)
    places = np.flatnonzero(usable)  # (M,)
    if not len(places):
        raise SeqnlpError("no word with a vector is made of these pieces; are they of the same language?")
    design = _design([rows[place] for place in places], len(pieces))  # (M, V)
    targets = values[places].astype(np.float64)  # (M, D)
    counts = np.diff(design.indptr)  # (M,) different pieces of a word
    used = np.unique(design.indices)  # (P,)
    design = design[:, used]  # (M, P)
    return FittedPieces(
        pieces=[pieces[place] for place in used.tolist()],
        values=_solved(design, targets).astype(np.float32),
        fitted=len(places),
        several=int((counts > 1).sum()),
        held_out=_held_out(design, targets, counts),
    )


def _design(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """(M, V): in the row of a word each of its n pieces counts 1/n; rows count from 1."""
    from scipy.sparse import csr_matrix

    lengths = np.array([len(row) for row in rows])  # (M,)
    columns = np.fromiter((row - 1 for word in rows for row in word), dtype=np.int64, count=int(lengths.sum()))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    design = csr_matrix((np.repeat(1 / lengths, lengths), columns, starts), shape=(len(rows), width))
    design.sum_duplicates()
    return design


def _held_out(design: csr_matrix, targets: Floats, counts: NDArray[np.integer]) -> HeldOut | None:
    several = np.flatnonzero(counts > 1)
    held = np.random.default_rng(_SEED).permutation(several)[: len(several) // _HELD_OUT]
    fitted = np.setdiff1d(np.arange(len(targets)), held)
    if not len(held) or not len(fitted):
        return None
    expected = targets[held]  # (held, D)
    composed = design[held] @ _solved(design[fitted], targets[fitted])  # (held, D)
    spread = ((expected - targets[fitted].mean(axis=0)) ** 2).sum()
    error = ((composed - expected) ** 2).sum()
    lengths = np.linalg.norm(composed, axis=1) * np.linalg.norm(expected, axis=1)  # (held,)
    cosines = (composed * expected).sum(axis=1) / np.maximum(lengths, 1e-12)  # (held,)
    return HeldOut(len(held), float(1 - error / spread) if spread else 0.0, float(cosines.mean()))


def _solved(design: csr_matrix, targets: Floats) -> Floats:
    """The vectors (P, D) of least squared error and :data:`RIDGE`, by conjugate gradients for all numbers at once."""
    from scipy.sparse import identity

    matrix = (design.T @ design + RIDGE * identity(design.shape[1])).tocsr()  # (P, P)
    diagonal = matrix.diagonal()[:, None]  # (P, 1)
    residual = np.asarray(design.T @ targets)  # (P, D)
    close = _TOLERANCE * np.linalg.norm(residual, axis=0)  # (D,)
    solution = np.zeros_like(residual)
    direction = residual / diagonal
    energy = (residual * direction).sum(axis=0)  # (D,)
    for _ in range(_MOST_STEPS):
        if (np.linalg.norm(residual, axis=0) <= close).all():
            break
        ahead = matrix @ direction
        step = _ratio(energy, (direction * ahead).sum(axis=0))
        solution += step * direction
        residual -= step * ahead
        scaled = residual / diagonal
        before, energy = energy, (residual * scaled).sum(axis=0)
        direction = scaled + _ratio(energy, before) * direction
    return solution


def _ratio(above: Floats, below: Floats) -> Floats:
    """A quotient that is 0 where there is nothing to divide by: a column that is done."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
