"""Attention over a memory: additive (Bahdanau et al. 2015), dot and general (Luong et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Where in the memory to look. It keeps no state: keys are projected once a sentence and handed in at each step.

    ``additive``: ``v . tanh(W query + U memory)``; ``dot``: ``query . memory``; ``general``: ``query . (U memory)``.
    With coverage (Tu et al. 2016) the additive energy also reads how much each position was attended so far:
    ``v . tanh(W query + U memory + w covered)``.

    The additive energy is computed as ``2v . sigmoid(2 (W query + U memory))``: since ``tanh(x) = 2 sigmoid(2x) - 1``
    it differs from the formula by the constant ``sum(v)``, which no softmax sees, and on a CPU torch's sigmoid takes a
    third (bf16) to a tenth (fp32) of the time of its tanh. The factors 2 are folded into the keys and both weights.

    Args:
        memory_dim: M, width of the memory.
        query_dim: Q, width of the query (``dot``: equal to M).
        attention_dim: A, width of the additive energy.
        kind: ``additive``, ``dot`` or ``general``.
        coverage: read the sum of past weights (additive only).
    """

    def __init__(
        self, memory_dim: int, query_dim: int, attention_dim: int, kind: str = "additive", coverage: bool = False
    ) -> None:
        super().__init__()
        self.kind = kind
        if kind == "additive":
            self.key = nn.Linear(memory_dim, attention_dim)
            self.query = nn.Linear(query_dim, attention_dim, bias=False)
            self.energy = nn.Parameter(torch.empty(attention_dim).uniform_(-1, 1).div_(attention_dim**0.5))  # (A,)
        elif kind == "general":
            self.key = nn.Linear(memory_dim, query_dim, bias=False)
        if coverage:
            self.coverage = nn.Parameter(torch.zeros(attention_dim))  # (A,)

    def keys(self, memory: Tensor) -> Tensor:
        """What queries are compared with, (B, S, A), (B, S, Q) or the memory itself, from the memory (B, S, M)."""
        if self.kind == "dot":
            return memory
        projected: Tensor = self.key(memory)  # (B, S, A) or (B, S, Q)
        return 2 * projected if self.kind == "additive" else projected

    @property
    def query_weight(self) -> Tensor | None:
        """(A, Q) what makes an additive query ready to be added to a key; None: queries are used as they are."""
        return 2 * self.query.get_parameter("weight") if self.kind == "additive" else None

    @property
    def energy_weight(self) -> Tensor:
        """(A,) what sums the sigmoids of query and key to an additive energy."""
        return 2 * self.energy

    def forward(
        self, query: Tensor, keys: Tensor, memory: Tensor, mask: Tensor, covered: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Look K times into each sentence's memory.

        Args:
            query: (B, K, Q): K time steps, or K hypotheses.
            keys: (B, S, A) from :meth:`keys`; not copied per query.
            memory: (B, S, M).
            mask: (B, S) bool, True = a real position.
            covered: (B, K, S) sum of the weights so far, if the attention has coverage.

        Returns:
            The context (B, K, M) and the weights (B, K, S), 0 where the mask is False.
        """
        weight = self.query_weight
        return self.look(query if weight is None else functional.linear(query, weight), keys, memory, mask, covered)

    def look(
        self, projected: Tensor, keys: Tensor, memory: Tensor, mask: Tensor, covered: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """:meth:`forward` from queries that were multiplied with :attr:`query_weight`: (B, K, A) if additive."""
        energies = self._energies(projected, keys, covered)  # (B, K, S)
        # A softmax over more padding sums in another order; in a model in bf16 that could change answers.
        exact = keys.dtype == torch.bfloat16 and not self.training
        weights = energies.to(
            torch.promote_types(energies.dtype, torch.float64 if exact else torch.float32)
        )  # (B, K, S)
        weights = weights.masked_fill(~mask[:, None, :], -torch.inf).softmax(dim=-1)
        return torch.bmm(weights.to(memory.dtype), memory), weights.float() if exact else weights

    def _energies(self, projected: Tensor, keys: Tensor, covered: Tensor | None) -> Tensor:
        if self.kind != "additive":
            return torch.bmm(projected.to(keys.dtype), keys.transpose(1, 2))  # (B, K, S)
        sums = projected[:, :, None, :] + keys[:, None, :, :]  # (B, K, S, A)
        if covered is not None:
            sums = sums + covered[..., None].to(sums.dtype) * (2 * self.coverage).to(sums.dtype)
        activated, energy = torch.sigmoid(sums), self.energy_weight.to(sums.dtype)  # (B, K, S, A), (A,)
        if activated.dtype == torch.bfloat16 and not self.training:
            # A product in bf16 would make oneDNN compile and keep a kernel for every B x K x S of a search.
            return activated.mul_(energy).sum(dim=-1, dtype=torch.float32)  # (B, K, S)
        return activated @ energy  # (B, K, S)
