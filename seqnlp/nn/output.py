"""The output layer of a language model: one softmax over all tokens, or an adaptive one (Grave et al. 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.config.language_model import cluster_sizes
from seqnlp.nn.products import padded_rows
from seqnlp.nn.smoothed_loss import smoothed_loss

CHUNK = 256
"""Rows whose scores of all tokens exist at the same time."""


class Output(nn.Module):
    """Scores of V tokens against an output embedding that is handed in, so that it can be the input embedding as well.

    The adaptive softmax scores the ``head`` most frequent tokens and two clusters of rarer ones; those of a cluster are
    scored only where the target is among them. Tokens are numbered by falling frequency. The clusters keep the full
    width of the table: it can then be tied (Merity et al. 2018), which is worth more than narrower tails.

    Args:
        num_tokens: V.
        dim: H, width of the features.
        head: tokens that are always scored; 0: all.
    """

    def __init__(self, num_tokens: int, dim: int, head: int = 0) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(num_tokens))  # (V,)
        self.sizes = cluster_sizes(num_tokens, head)
        self.num_clusters = len(self.sizes) - 1
        if self.num_clusters:
            self.clusters = nn.Parameter(torch.zeros(self.num_clusters, dim))  # (C, H)
            self.cluster_bias = nn.Parameter(torch.zeros(self.num_clusters))  # (C,)

    @torch.no_grad()
    def start_from(self, counts: Tensor) -> None:
        """Let the biases say how frequent each token (V,) is: training need not learn that first."""
        shares = (counts + 1.0) / (counts + 1.0).sum()  # (V,)
        self.bias.copy_(shares.log())
        if self.num_clusters:
            tails = torch.split(shares, self.sizes)[1:]
            self.cluster_bias.copy_(torch.stack([tail.sum() for tail in tails]).log())

    def loss(self, features: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of targets (N,) given features (N, H), summed; ``table`` is (V, H)."""
        if not self.num_clusters:
            return smoothed_loss(features, table, self.bias, targets, 0.0)
        (head, *tails), (bias, *tail_biases) = self.parts(table)
        total = smoothed_loss(features, head, bias, self.in_head(targets), 0.0)
        first = self.sizes[0]
        for tail, tail_bias, size in zip(tails, tail_biases, self.sizes[1:], strict=True):
            rows = ((targets >= first) & (targets < first + size)).nonzero()[:, 0]  # (n,)
            if len(rows):
                total = total + smoothed_loss(features[rows], tail, tail_bias, targets[rows] - first, 0.0)
            first += size
        return total

    def log_probs(self, features: Tensor, table: Tensor, top: int = 0) -> Tensor:
        """Log probabilities (N, V) of all tokens after features (N, H).

        Args:
            top: where above 0, clusters that cannot hold one of the ``top`` best tokens of any row are not scored, and
                read as minus infinity.
        """
        (head, *tails), (bias, *tail_biases) = self.parts(table)
        scores = functional.linear(features, head, bias).log_softmax(dim=-1)  # (N, head + C)
        parts = [scores[:, : self.sizes[0]]]
        least = parts[0].topk(top).values[:, -1:] if 0 < top <= self.sizes[0] else None  # (N, 1)
        for number, (tail, tail_bias) in enumerate(zip(tails, tail_biases, strict=True)):
            cluster = scores[:, self.sizes[0] + number, None]  # (N, 1)
            if least is not None and bool((cluster < least).all()):
                parts.append(torch.full_like(cluster, -torch.inf).expand(-1, len(tail)))
                continue
            within = functional.linear(features, tail, tail_bias).log_softmax(dim=-1)  # (N, size)
            parts.append(within + cluster)
        return torch.cat(parts, dim=-1)

    def losses(self, features: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        """Negative log probability (N,) of each target; for evaluation, where no gradient is asked for."""
        chunks = zip(torch.split(features, CHUNK), torch.split(targets, CHUNK), strict=True)
        return torch.cat([self._chunk_losses(rows, table, wanted) for rows, wanted in chunks])

    def _chunk_losses(self, features: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        (head, *tails), (bias, *tail_biases) = self.parts(table)
        scores = functional.linear(features, head, bias)  # (N, head + C)
        losses = functional.cross_entropy(scores, self.in_head(targets), reduction="none")  # (N,)
        first = self.sizes[0]
        for tail, tail_bias, size in zip(tails, tail_biases, self.sizes[1:], strict=True):
            rows = ((targets >= first) & (targets < first + size)).nonzero()[:, 0]  # (n,)
            whole = functional.pad(features[rows], (0, 0, 0, padded_rows(len(rows)) - len(rows)))  # (n', H)
            within = functional.linear(whole, tail, tail_bias)[: len(rows)]  # (n, size)
            losses[rows] += functional.cross_entropy(within, targets[rows] - first, reduction="none")
            first += size
        return losses

    def parts(self, table: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Tables and biases of the head, clusters last in it, and of the tails."""
        if not self.num_clusters:
            return [table], [self.bias]
        head, *tails = torch.split(table, self.sizes)
        bias, *tail_biases = torch.split(self.bias, self.sizes)
        return [torch.cat([head, self.clusters]), *tails], [torch.cat([bias, self.cluster_bias]), *tail_biases]

    def in_head(self, targets: Tensor) -> Tensor:
        """Targets (N,) as the head sees them: rare ones are their cluster."""
        if not self.num_clusters:
            return targets
        edges = torch.tensor(self.sizes, device=targets.device).cumsum(0)  # (C + 1,)
        cluster = torch.bucketize(targets.contiguous(), edges, right=True)  # (N,), 0: in the head
        return torch.where(cluster == 0, targets, self.sizes[0] + cluster - 1)
