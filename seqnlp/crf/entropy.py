"""How unsure a CRF is of a whole sentence: the exact entropy of its distribution over tag sequences."""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.crf.chain import ScoredChain, refuse_impossible
from seqnlp.crf.log_space import LogLattice


def path_entropy(scored: ScoredChain) -> FloatArray:
    """Entropy (B,) in nats: log Z less the expected score of a path (Mann & McCallum 2007, equation 1).

    0 for an empty sentence, and where one sequence is certain.

    Raises:
        SeqnlpError: a sentence has no legal tags at all.
    """
    with np.errstate(all="ignore"):
        lattice, chain = LogLattice(scored), scored.chain
        refuse_impossible(chain, lattice.log_partition)
        probabilities = lattice.marginals.take(chain.rows, axis=0)[:, :-1]  # (R, K)
        expected = chain.sum_by_sentence((_finite(scored.tokens) * probabilities).sum(axis=1))  # (B,)
        for step in range(1, chain.num_steps):
            expected += np.tensordot(lattice.moves(step), _finite(scored.transitions), axes=2)
    return np.maximum(lattice.log_partition - expected, 0.0)


def _finite(scores: FloatArray) -> FloatArray:
    """Scores without those of what is forbidden, which has no probability."""
    return np.where(np.isneginf(scores), 0.0, scores)
