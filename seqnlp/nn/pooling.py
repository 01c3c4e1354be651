"""From the outputs of all steps to one vector a sequence; padding takes no part."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqnlp.nn.recurrent import Recurrent


class Pooling(nn.Module):
    """``last``: what each direction held at its end; ``mean``; ``max`` of each feature; ``attention``: a weighted mean.

    The weights of the attention are the softmax of ``v . tanh(W output + b)`` (Yang et al. 2016). A sequence without
    steps has the vector zero.

    Args:
        kind: ``last``, ``mean``, ``max`` or ``attention``.
        dim: H, width of the outputs.
    """

    def __init__(self, kind: str, dim: int) -> None:
        super().__init__()
        self.kind = kind
        if kind == "attention":
            self.key = nn.Linear(dim, dim)
            self.energy = nn.Parameter(torch.empty(dim).uniform_(-1, 1).div_(dim**0.5))  # (H,)

    def forward(self, recurrent: Recurrent, outputs: Tensor, lengths: Tensor) -> Tensor:
        """One vector a sequence.

        Args:
            recurrent: what made the outputs.
            outputs: (B, T, H).
            lengths: (B,) real steps of each row; 0 is allowed.

        Returns:
            (B, H).
        """
        if self.kind == "last":
            pooled = recurrent.final(outputs, lengths.clamp(min=1))  # (B, H)
        elif self.kind == "max":
            beyond = ~_mask(outputs, lengths)  # (B, T)
            pooled = outputs.masked_fill(beyond[..., None], -torch.inf).amax(dim=1)  # (B, H)
        else:
            # Padding is set to zero first: its outputs are undefined, and 0 times infinity is no number.
            real = outputs.masked_fill(~_mask(outputs, lengths)[..., None], 0)  # (B, T, H)
            weights = self.weights(outputs, lengths).to(outputs.dtype)  # (B, T)
            pooled = (weights[:, None, :] @ real)[:, 0]  # (B, H)
        return pooled.masked_fill(lengths[:, None] == 0, 0)

    def weights(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """The part of each step in the mean (``mean``, ``attention``), (B, T); 0 at padding, sums to 1 or is all 0."""
        mask = _mask(outputs, lengths)  # (B, T)
        if self.kind == "mean":
            return mask / lengths.clamp(min=1)[:, None]
        energies = torch.tanh(self.key(outputs)) @ self.energy  # (B, T)
        energies = energies.to(torch.promote_types(energies.dtype, torch.float32))
        weights = energies.masked_fill(~mask, -torch.inf).softmax(dim=1)  # (B, T), not a number where there is no step
        return weights.masked_fill(~mask, 0)


def _mask(outputs: Tensor, lengths: Tensor) -> Tensor:
    """(B, T) bool, True = a real step."""
    return torch.arange(outputs.size(1), device=outputs.device) < lengths[:, None]
