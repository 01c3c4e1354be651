"""What a few tokens teach an output layer, without a gradient as large as its table.

Of a table (S, H) the gradient is ``scores.T @ features``, of the gradients (n, S) of few scores: a step along it is
added to the table in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.nn.output import Output
from seqnlp.nn.products import padded_rows


@dataclass(frozen=True)
class TableGradient:
    """Of some rows of a table: ``scores.T @ features``.

    Attributes:
        rows: which.
        scores: (n, S).
        features: (n, H).
    """

    rows: slice
    scores: Tensor
    features: Tensor


@dataclass(frozen=True)
class OutputGradient:
    """What targets (N,) cost, and the gradients of their mean loss.

    Attributes:
        losses: (N,).
        features: (N, H).
        table: of the rows that are not 0 throughout.
        parameters: in the order of the output layer's own.
    """

    losses: Tensor
    features: Tensor
    table: Sequence[TableGradient]
    parameters: Sequence[Tensor]


@torch.no_grad()
def output_gradient(output: Output, features: Tensor, table: Tensor, targets: Tensor) -> OutputGradient:
    """Losses of few targets (N,) given features (N, H), and their gradients; ``table`` is (V, H)."""
    (head, *tails), (bias, *tail_biases) = output.parts(table)
    share, end = 1 / len(targets), output.sizes[0]
    losses, of_features, whole = _cross_entropy(features, head, bias, output.in_head(targets), share)
    of_table = [replace(whole, rows=slice(0, end), scores=whole.scores[:, :end])]
    clusters = whole.scores[:, end:]  # (N', C)
    for tail, tail_bias, size in zip(tails, tail_biases, output.sizes[1:], strict=True):
        rows = ((targets >= end) & (targets < end + size)).nonzero()[:, 0]  # (n,)
        if len(rows):
            more, of_rows, part = _cross_entropy(features[rows], tail, tail_bias, targets[rows] - end, share)
            losses[rows] += more
            of_features[rows] += of_rows
            of_table.append(replace(part, rows=slice(end, end + size)))
        end += size
    of_bias = torch.zeros_like(output.bias)  # (V,)
    for part in of_table:
        of_bias[part.rows] = part.scores.sum(dim=0)
    of_clusters = [clusters.T @ whole.features, clusters.sum(dim=0)] if output.num_clusters else []
    return OutputGradient(losses, of_features, of_table, [of_bias, *of_clusters])


def _cross_entropy(
    features: Tensor, table: Tensor, bias: Tensor, targets: Tensor, share: float
) -> tuple[Tensor, Tensor, TableGradient]:
    """Losses (n,) of targets (n,), and of ``share`` times their sum the gradients: of features (n, H) and of the table.

    Rows of zeros are added to few features: see :func:`~seqnlp.nn.products.padded_rows`.
    """
    count = len(targets)
    padded = functional.pad(features, (0, 0, 0, padded_rows(count) - count))  # (n', H)
    scores = functional.linear(padded, table, bias)  # (n', S)
    losses = functional.cross_entropy(scores[:count], targets, reduction="none")  # (n,)
    gradient = scores.softmax(dim=1)
    gradient[torch.arange(count, device=targets.device), targets] -= 1
    gradient[count:] = 0
    gradient *= share
    return losses, (gradient @ table)[:count], TableGradient(slice(0, len(table)), gradient, padded)
