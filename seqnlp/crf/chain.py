"""The linear chain that a CRF scores: only real tokens, and every kind of padding is one thing, the boundary tag.

A padded batch of K tags becomes a chain with N = K + 1 tags. The extra one, the *boundary* (index K), stands before the
first token and at every step after the last one; moving from it scores ``start_transitions``, moving to it
``end_transitions``, staying on it nothing. So one (N, N) matrix holds all three kinds of scores, sentences of any
length (also 0) end in the same state at the same step, and no recursion over time needs a mask.

Why NumPy on the CPU: a chain is a few hundred small operations, each of which needs the one before. Their cost is the
call itself, and a NumPy call costs a third of a call of torch or of a GPU kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.errors import SeqnlpError

Array = NDArray[Any]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Chain:
    """Where the R real tokens of a padded batch (B, T) stand in a time-first grid of S steps.

    A *row* is a cell of the grid, ``step * B + sentence``; token i of a sentence is at step i + 1, whatever was masked
    before it. Step 0 and the last step are boundaries for every sentence: S is the longest sentence + 2.

    Attributes:
        size: B.
        num_steps: S.
        lengths: (B,) real tokens of each sentence.
        positions: (R,) position ``b * T + t`` of each real token in the padded batch, sentence by sentence.
        sentences: (R,) sentence of each real token.
        rows: (R,) row of each real token.
        row_of: (B * T,) row of each padded position; 0, a boundary, where it is masked.
        token_of: (S * B,) token at each row; R at boundaries.
    """

    size: int
    num_steps: int
    lengths: IntArray
    positions: IntArray
    sentences: IntArray
    rows: IntArray
    row_of: IntArray
    token_of: IntArray

    @classmethod
    def from_mask(cls, mask: NDArray[np.bool_]) -> Chain:
        """The chain of a mask (B, T), which may have holes and empty sentences."""
        size, width = mask.shape
        positions = np.flatnonzero(mask)  # (R,)
        sentences = positions // max(width, 1)  # (R,)
        lengths = np.bincount(sentences, minlength=size)  # (B,)
        num_steps = int(lengths.max(initial=0)) + 2
        tokens = np.arange(len(positions))  # (R,)
        steps = tokens + 1 - (lengths.cumsum() - lengths).take(sentences)  # (R,)
        rows = steps * size + sentences  # (R,)
        row_of = np.zeros(mask.size, dtype=np.int64)  # (B * T,)
        row_of[positions] = rows
        token_of = np.full(num_steps * size, len(tokens))  # (S * B,)
        token_of[rows] = tokens
        return cls(size, num_steps, lengths, positions, sentences, rows, row_of, token_of)

    def spread(self, table: Array) -> Array:
        """Values (S, B, ...) of the grid from those of the tokens and, last, of the boundary (R + 1, ...)."""
        return table.take(self.token_of, axis=0).reshape(self.num_steps, self.size, *table.shape[1:])

    def sum_by_sentence(self, values: Array) -> FloatArray:
        """Sums (B,) of one value per token (R,)."""
        return np.bincount(self.sentences, values, self.size).astype(np.float64, copy=False)


@dataclass(slots=True)
class ScoredChain:
    """All that a CRF says of a batch.

    Attributes:
        chain: the tokens' places.
        transitions: (N, N) float64 score of each tag after each tag, -inf where it is illegal; tag K is the boundary.
        tokens: (R, K) emission scores of the real tokens, float32 or float64.
    """

    chain: Chain
    transitions: FloatArray
    tokens: Array

    @property
    def num_tags(self) -> int:
        """K."""
        return len(self.transitions) - 1

    def emission_table(self, dtype: DTypeLike = np.float64) -> Array:
        """Emission scores (R + 1, N) of the tokens, which cannot be the boundary, and then of the boundary itself."""
        table = np.empty((len(self.tokens) + 1, self.num_tags + 1), dtype)
        table[:-1, :-1] = self.tokens
        table[:-1, -1] = table[-1, :-1] = -np.inf
        table[-1, -1] = 0
        return table

    def gold_tags(self, tags: Array) -> IntArray:
        """The tags (R,) of the real tokens from padded ones (B, T).

        Raises:
            SeqnlpError: a tag that is not 0 to K - 1.
        """
        chosen: IntArray = tags.astype(np.int64, copy=False).ravel().take(self.chain.positions)  # (R,)
        if len(chosen) and not 0 <= chosen.min() <= chosen.max() < self.num_tags:
            actual = f"{chosen.min()} to {chosen.max()}"
            raise SeqnlpError(f"expected tags from 0 to {self.num_tags - 1} at real tokens, found {actual}")
        return chosen

    def moves(self, tags: IntArray) -> IntArray:
        """Each step's place (S - 1, B) in the flattened transitions if the real tokens have these tags (R,)."""
        path = np.full((self.chain.num_steps, self.chain.size), self.num_tags)  # (S, B)
        path.ravel()[self.chain.rows] = tags
        moves: IntArray = path[:-1] * (self.num_tags + 1) + path[1:]
        return moves

    def path_scores(self, tags: IntArray, moves: IntArray) -> FloatArray:
        """Scores (B,) of the paths with these tags (R,) and, from them, :meth:`moves`; -inf for an illegal one."""
        emitted = self.tokens.ravel().take(np.arange(len(tags)) * self.num_tags + tags)  # (R,)
        moved: FloatArray = self.transitions.ravel().take(moves).sum(axis=0)  # (B,)
        return self.chain.sum_by_sentence(emitted) + moved


def refuse_undefined(scored: ScoredChain) -> ScoredChain:
    """The chain itself, if it has a best path and probabilities; minus infinity forbids a tag and is welcome.

    Raises:
        SeqnlpError: a real token's score is plus infinity or not a number; the first such sentence is named.
    """
    with np.errstate(invalid="ignore"):
        undefined = ~(scored.tokens < np.inf)  # (R, K)
    if undefined.any():
        row, tag = map(int, np.unravel_index(undefined.argmax(), undefined.shape))
        sentence = int(scored.chain.sentences[row])
        token = row - int(scored.chain.lengths[:sentence].sum())
        raise SeqnlpError(
            f"the score of tag {tag} at token {token} of sentence {sentence} of the batch (counted from 0) is "
            f"{scored.tokens[row, tag]}; expected a number, or minus infinity for a tag that must not be: check what "
            "computed it (weights that are not numbers, half precision that overflowed)"
        )
    return scored


def score_chain(
    emissions: Array, mask: NDArray[np.bool_], transitions: FloatArray, temperature: float = 1.0
) -> ScoredChain:
    """The scored chain of emissions (B, T, K); what they hold at masked positions is never read.

    Args:
        emissions: float32 or float64.
        mask: (B, T) bool, True = a real token.
        transitions: (N, N) from :func:`boundary_transitions`.
        temperature: all scores are divided by it.

    Raises:
        SeqnlpError: a temperature that is not positive.
    """
    if not temperature > 0:
        raise SeqnlpError(f"expected a temperature above 0, found {temperature}")
    chain = Chain.from_mask(mask)
    tokens = emissions.reshape(-1, emissions.shape[2]).take(chain.positions, axis=0)  # (R, K)
    if temperature == 1.0:
        return ScoredChain(chain, transitions, tokens)
    return ScoredChain(chain, transitions / temperature, tokens.astype(np.float64) / temperature)


def forbidden_moves(start: Flags, end: Flags, transitions: Flags) -> FloatArray:
    """What is added (N, N) to the scores of transitions: minus infinity where they are forbidden, else 0.

    Args:
        start, end: (K,) which tags may begin and end a sentence.
        transitions: (K, K), ``[from][to]``.
    """
    legal = np.ones((len(start) + 1, len(start) + 1), dtype=bool)  # (N, N)
    legal[:-1, :-1], legal[-1, :-1], legal[:-1, -1] = transitions, start, end
    return np.where(legal, 0.0, -np.inf)


def boundary_transitions(start: Array, end: Array, transitions: Array, forbidden: FloatArray) -> FloatArray:
    """All transition scores (N, N) in float64: ``forbidden`` (0 or -inf) plus those of the three parameters."""
    scores = forbidden.copy()  # (N, N)
    scores[:-1, :-1] += transitions
    scores[-1, :-1] += start
    scores[:-1, -1] += end
    return scores


def refuse_impossible(chain: Chain, scores: FloatArray) -> FloatArray:
    """The scores (B,) themselves.

    Raises:
        SeqnlpError: one is minus infinity: the sentence has no tag sequence at all.
    """
    if scores.min(initial=0.0) == -np.inf:
        sentence = int(scores.argmin())
        raise SeqnlpError(
            f"no legal tag sequence exists for sentence {sentence} of the batch, of {chain.lengths[sentence]} tokens; "
            "check the constraints, and that no token has minus infinity for every tag it may have"
        )
    return scores
