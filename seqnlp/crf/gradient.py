"""The log likelihood of gold tags, and its gradient in closed form.

Lafferty, McCallum & Pereira (2001), "Conditional random fields": the gradient of the log likelihood is what was
observed less what the model expects. So no step of the recursions is recorded, and none is run backwards.
"""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import ScoredChain
from seqnlp.crf.lattice import build_lattice
from seqnlp.errors import SeqnlpError


class Evidence:
    """Gold tags (R,) of a batch beside all its paths; without gold tags nothing was observed.

    Raises:
        SeqnlpError: gold tags that are illegal.
    """

    def __init__(self, scored: ScoredChain, gold: IntArray | None) -> None:
        self.chain = scored.chain
        self.gold = gold
        self.lattice = build_lattice(scored)
        self.log_likelihoods = -self.lattice.log_partition  # (B,)
        if gold is not None:
            self.moves = scored.moves(gold)  # (S - 1, B)
            self.log_likelihoods += _refuse_illegal(scored.path_scores(gold, self.moves))

    def emission_gradient(self) -> FloatArray:
        """Expected minus observed tags (B * T, N) at each padded position; 0 where masked."""
        difference = self.lattice.marginals.take(self.chain.row_of, axis=0)  # (B * T, N)
        if self.gold is not None:
            difference.ravel()[self.chain.positions * difference.shape[1] + self.gold] -= 1.0
        return difference

    def transition_gradient(self, weights: FloatArray) -> FloatArray:
        """Expected minus observed transitions (N, N), sentences weighted by (B,)."""
        difference = self.lattice.transition_counts(weights)  # (N, N)
        if self.gold is not None:
            counted = (np.ones(self.moves.shape) * weights).ravel()  # ((S - 1) * B,)
            difference -= np.bincount(self.moves.ravel(), counted, difference.size).reshape(difference.shape)
        return difference


def _refuse_illegal(scores: FloatArray) -> FloatArray:
    if scores.min(initial=0.0) == -np.inf:
        raise SeqnlpError(
            f"gold tags break the tag scheme in sentence {int(scores.argmin())} of the batch (counted from 0); "
            "a CRF with constraints can only be trained on legal tags: check or repair the data"
        )
    return scores
