"""The output layer and its label-smoothed cross-entropy in one go, without ever holding all logits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.data.on_device import OnDevice

CHUNK = 256
"""Tokens whose logits exist at the same time; small enough to stay in a CPU's cache."""

BLOCK = 32
"""Chunks have a multiple of this many rows."""


@dataclass(frozen=True)
class SoftTargets(OnDevice):
    """What teachers think likely in the place of N targets.

    Attributes:
        ids: (N, K) items of the vocabulary, different ones in each row.
        probabilities: (N, K) of these; each row's sum is 1.
        weight: the teachers' share of the target.
    """

    ids: Tensor
    probabilities: Tensor
    weight: float


def smoothed_loss(
    features: Tensor,
    table: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float,
    soft: SoftTargets | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of ``softmax(features @ table.T + bias)`` with label smoothing (Szegedy et al. 2016), summed.

    The target has probability ``1 - smoothing``, and every item of the vocabulary ``smoothing / V`` more. Equal to
    ``cross_entropy(..., label_smoothing=smoothing, reduction="sum")``; the gradient is made chunk by chunk while the
    logits are at hand, which saves most passes over them. Products follow autocast, sums are in fp32.

    With ``soft`` that is the rest of the target, and the teachers' probabilities have their share of it (word-level
    knowledge distillation, Kim & Rush 2016, section 3.1).

    Args:
        features: (N, D).
        table: (V, D) output embedding.
        bias: (V,).
        targets: (N,) ids.
        soft: what teachers say in their place.
        weights: (N,) what the loss of each counts; None: 1.

    Returns:
        The loss, a scalar in fp32.
    """
    return _smoothed_loss(features, table, bias, targets, smoothing, soft, weights)


class _SmoothedLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        table: Tensor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
        soft: SoftTargets | None,
        each: Tensor | None,
    ) -> Tensor:
        """The loss and, beside it, the gradients.

        For one row with logits x, target q and count c, both follow from ``p = softmax(x)``, as q sums to 1::

            loss = c (log sum exp(x) - q . x)        d loss / d x = c (p - q)
            q = (1 - w) ((1 - smoothing) one_hot(target) + smoothing / V) + w soft        w: the teachers' share, or 0
        """
        kind = features.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else features.dtype
        inputs, weights = features.to(dtype), table.to(dtype)  # (N, D), (V, D)
        total = torch.zeros((), dtype=bias.dtype, device=features.device)
        feature_gradient = torch.empty_like(inputs)  # (N, D)
        table_gradient, bias_gradient = torch.zeros_like(table), torch.zeros_like(bias)  # (V, D), (V,)
        own = 1.0 if soft is None else 1 - soft.weight
        share = own * smoothing / len(table)
        with torch.autocast(kind, enabled=False):
            for start in range(0, len(inputs), CHUNK):
                rows, gold_ids = inputs[start : start + CHUNK], targets[start : start + CHUNK, None]  # (C, D), (C, 1)
                count = len(rows)
                rows = _whole_blocks(rows)  # (C + padding, D)
                logits = (rows @ weights.T)[:count].to(bias.dtype).add_(bias)  # (C, V)
                counts = 1.0 if each is None else each[start : start + CHUNK, None].to(bias.dtype)  # (C, 1)
                gold = (counts * logits.gather(1, gold_ids)).sum()
                spread = (counts * logits.sum(dim=1, keepdim=True)).sum() if share else 0.0
                if soft is not None:
                    likely = soft.ids[start : start + CHUNK].long()  # (C, K)
                    taught = soft.weight * soft.probabilities[start : start + CHUNK].to(bias.dtype)  # (C, K)
                    total -= (counts * taught * logits.gather(1, likely)).sum()
                logits -= logits.amax(dim=1, keepdim=True)  # keeps exp finite
                shifted_gold = (counts * logits.gather(1, gold_ids)).sum()
                probabilities = logits.exp_()  # (C, V)
                mass = probabilities.sum(dim=1, keepdim=True)  # (C, 1)
                log_mass = (counts * mass.log()).sum() + gold - shifted_gold  # sum of the rows' log-sum-exp
                total += log_mass - own * (1 - smoothing) * gold - share * spread
                gradient = probabilities.div_(mass)  # (C, V)
                if share:
                    gradient -= share
                gradient.scatter_add_(1, gold_ids, gradient.new_full(gold_ids.shape, own * (smoothing - 1)))
                if soft is not None:
                    gradient.scatter_add_(1, likely, -taught)
                if each is not None:
                    gradient *= counts
                bias_gradient += gradient.sum(dim=0)
                rounded = _whole_blocks(gradient.to(dtype))  # (C + padding, V)
                feature_gradient[start : start + count] = (rounded @ weights)[:count]
                table_gradient += rounded.T @ rows
        ctx.save_for_backward(feature_gradient.to(features.dtype), table_gradient, bias_gradient)
        return total

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """Scale what the forward pass left."""
        feature_gradient, table_gradient, bias_gradient = ctx.saved_tensors
        return feature_gradient * upstream, table_gradient * upstream, bias_gradient * upstream, None, None, None, None


_smoothed_loss: Callable[..., Tensor] = _SmoothedLoss.apply


def _whole_blocks(rows: Tensor) -> Tensor:
    """Rows (C, ...) and zeros up to a multiple of 32: oneDNN compiles and keeps kernels for every number it meets."""
    missing = -len(rows) % BLOCK
    return functional.pad(rows, (0, 0, 0, missing)) if missing else rows  # `pad` copies even if there is none to add
