"""The linear chain that a CRF scores: only real tokens, and every kind of padding is one thing, the boundary tag.

A padded batch of K tags becomes a chain with N = K + 1 tags. The extra one, the *boundary* (index K), stands before the
first token and at every step after the last one; moving from it scores ``start_transitions``, moving to it
``end_transitions``, staying on it nothing. So one (N, N) matrix holds all three kinds of scores, sentences of any length
(also 0) end in the same state at the same step, and no recursion over time needs a mask.

Everything below the CRF module runs in numpy on the CPU: a chain is a few hundred tiny dependent operations, whose
cost is the call itself, and a numpy call costs a third of a torch one (or of a GPU kernel).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.errors import SeqnlpError

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the R real tokens of a padded batch (B, T) stand in a time-first grid of S steps.

    A *row* is a cell of the grid, ``step * B + sentence``; token i of a sentence is at step i + 1, whatever was masked
    before it. Step 0 and the last step are boundaries for every sentence: S is the longest sentence + 2.

    Attributes:
        num_steps: S.
        lengths: (B,) real tokens of each sentence.
        positions: (R,) position ``b * T + t`` of each real token in the padded batch, sentence by sentence.
        rows: (R,) row of each real token.
        row_of: (B * T,) row of each padded position; 0, a boundary, where it is masked.
        token_of: (S * B,) token at each row; R at boundaries.
    """

    num_steps: int
    lengths: IntArray
    positions: IntArray
    rows: IntArray
    row_of: IntArray
    token_of: IntArray

    @classmethod
    def from_mask(cls, mask: NDArray[np.bool_]) -> Chain:
        """The chain of a mask (B, T), which may have holes and empty sentences."""
        size = len(mask)
        row_of = mask.cumsum(axis=1, dtype=np.int64)  # (B, T) step of each real token
        lengths = row_of.max(axis=1, initial=0)  # (B,)
        num_steps = int(lengths.max(initial=0)) + 2
        row_of *= size
        row_of += np.arange(size)[:, None]
        row_of *= mask
        positions = np.flatnonzero(mask)  # (R,)
        rows = row_of.ravel().take(positions)  # (R,)
        token_of = np.full(num_steps * size, len(rows))  # (S * B,)
        token_of[rows] = np.arange(len(rows))
        return cls(num_steps, lengths, positions, rows, row_of.ravel(), token_of)

    @property
    def size(self) -> int:
        """B, the sentences of the batch."""
        return len(self.lengths)

    def spread(self, table: NDArray[Any]) -> NDArray[Any]:
        """Values (S * B, ...) of every row from those of the tokens and, last, of the boundary (R + 1, ...)."""
        return table.take(self.token_of, axis=0)

    def sum_by_sentence(self, values: FloatArray) -> FloatArray:
        """Sums (B,) of one value per token (R,)."""
        return np.bincount(self.rows % self.size, values, self.size) if len(values) else np.zeros(self.size)


@dataclass(frozen=True, slots=True)
class ScoredChain:
    """All that a CRF says of a batch.

    Attributes:
        chain: the tokens' places.
        transitions: (N, N) float64 score of each tag after each tag, -inf where it is illegal; tag K is the boundary.
        tokens: (R, K) emission scores of the real tokens.
    """

    chain: Chain
    transitions: FloatArray
    tokens: FloatArray

    @property
    def num_tags(self) -> int:
        """K."""
        return self.tokens.shape[1]

    def emission_table(self, dtype: type[np.floating[Any]] = np.float64) -> FloatArray:
        """Emission scores (R + 1, N) of the tokens, which are never the boundary, and of the boundary, which is nothing else."""
        count, num_tags = self.tokens.shape
        table = np.empty((count + 1, num_tags + 1), dtype)
        table[:count, :num_tags] = self.tokens
        table[:count, num_tags] = -np.inf
        table[count] = -np.inf
        table[count, num_tags] = 0
        return table

    def path_scores(self, tags: IntArray) -> FloatArray:
        """Scores (B,) of the paths that give the real tokens these tags (R,); -inf for an illegal one."""
        emitted = self.tokens.ravel().take(np.arange(len(tags)) * self.num_tags + tags)  # (R,)
        moved = self.transitions.ravel().take(self.moves(tags)).reshape(-1, self.chain.size)  # (S - 1, B)
        return self.chain.sum_by_sentence(emitted) + moved.sum(axis=0)

    def moves(self, tags: IntArray) -> IntArray:
        """Each step's place ((S - 1) * B,) in the flattened transitions when the real tokens have these tags (R,)."""
        path = self.chain.spread(np.append(tags, self.num_tags))  # (S * B,)
        return path[: -self.chain.size] * (self.num_tags + 1) + path[self.chain.size :]


def score_chain(
    emissions: Tensor, mask: Tensor, transitions: FloatArray, temperature: float = 1.0
) -> ScoredChain:
    """The scored chain of emissions (B, T, K); what they hold at masked positions is never read.

    Args:
        emissions: of any floating type, on any device; half precision is widened to float32.
        mask: (B, T) bool, True = a real token.
        transitions: (N, N) from :func:`boundary_transitions`.
        temperature: all scores are divided by it.

    Raises:
        SeqnlpError: a temperature that is not positive.
    """
    if not temperature > 0:
        raise SeqnlpError(f"expected a temperature above 0, found {temperature}")
    chain = Chain.from_mask(as_array(mask))
    tokens = as_array(emissions).reshape(-1, emissions.size(2)).take(chain.positions, axis=0)  # (R, K)
    if temperature != 1.0:
        return ScoredChain(chain, transitions / temperature, tokens / temperature)
    return ScoredChain(chain, transitions, tokens)


def boundary_transitions(start: Tensor, end: Tensor, transitions: Tensor, forbidden: FloatArray) -> FloatArray:
    """All transition scores (N, N) in float64: ``forbidden`` (0 or -inf) plus those of the three parameters."""
    scores = forbidden.copy()  # (N, N)
    scores[:-1, :-1] += as_array(transitions)
    scores[-1, :-1] += as_array(start)
    scores[:-1, -1] += as_array(end)
    return scores


def as_array(tensor: Tensor) -> NDArray[Any]:
    """The values of a tensor, without a copy if it is on the CPU and of a type that numpy has."""
    tensor = tensor.detach()
    if tensor.is_floating_point() and tensor.element_size() < 4:
        tensor = tensor.float()
    return tensor.cpu().numpy()
