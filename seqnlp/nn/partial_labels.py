"""The likelihood of labels that are known in part: the probability of all sequences that they allow, together.

For a CRF, ``log Z(allowed) - log Z``, where the first sum runs over the allowed sequences only (Tsuboi et al. 2008,
"Training conditional random fields using incomplete annotations"): a tag that is not allowed at a token emits minus
infinity there. Both gradients are exact. Where every tag is known, this is the ordinary log likelihood.
"""

from __future__ import annotations

from torch import Tensor

from seqnlp.nn.crf import CRF


def crf_log_likelihood(crf: CRF, emissions: Tensor, allowed: Tensor, mask: Tensor) -> Tensor:
    """Log probabilities (B,) of what is allowed; minus infinity where no legal sequence is.

    Args:
        emissions: (B, T, K).
        allowed: (B, T, K) bool; anything where masked.
        mask: (B, T) bool, True = a real token.
    """
    some = crf.log_partition(emissions.masked_fill(~allowed, float("-inf")), mask)  # (B,)
    return some - crf.log_partition(emissions, mask)


def softmax_log_likelihood(crf: CRF, emissions: Tensor, allowed: Tensor, mask: Tensor) -> Tensor:
    """The same (B,) for tags that are drawn independently of each other, of the legal sequences among what is allowed.

    Args:
        crf: whose parameters are 0; it knows which sequences are legal.
    """
    logs = emissions.log_softmax(dim=-1).masked_fill(~allowed, float("-inf"))  # (B, T, K)
    return crf.log_partition(logs, mask)
