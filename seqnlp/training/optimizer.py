"""The update rule, with embedding tables updated only in the rows that a batch touched."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from seqnlp.config.loop import OptimizerConfig


class Optimizer:
    """Adam, AdamW or SGD over the dense parameters; their row-sparse counterparts over sparse embedding tables.

    Frozen parameters, those without ``requires_grad``, are left out.

    A dense update of a 20,000-word table costs more than the rest of a small tagger's step, so tables declared with
    ``nn.Embedding(sparse=True)`` are updated lazily: Adam's moments of a row move only when the row is used
    (``torch.optim.SparseAdam``). SGD with momentum needs dense gradients; the tables are then made dense.
    """

    def __init__(self, model: nn.Module, config: OptimizerConfig) -> None:
        tables = [module for module in model.modules() if isinstance(module, nn.Embedding) and module.sparse]
        if config.name in ("sgd", "asgd") and (config.momentum or config.weight_decay):
            for table in tables:
                table.sparse = False
            tables = []
        self.sparse_parameters = [table.weight for table in tables if table.weight.requires_grad]
        sparse_ids = {id(parameter) for parameter in self.sparse_parameters}
        self.dense_parameters = [p for p in model.parameters() if p.requires_grad and id(p) not in sparse_ids]
        self.rules = [_dense_rule(self.dense_parameters, config)] if self.dense_parameters else []
        if self.sparse_parameters:
            self.rules.append(_sparse_rule(self.sparse_parameters, config))

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for rule in self.rules:
            rule.zero_grad(set_to_none=True)

    def clip(self, largest: float) -> float:
        """Scale the gradients to a norm of at most ``largest`` (Pascanu et al. 2013); returns the norm before."""
        gradients = [p.grad for p in self.dense_parameters if p.grad is not None]
        for parameter in self.sparse_parameters:
            if parameter.grad is not None and parameter.grad.is_sparse:
                parameter.grad = parameter.grad.coalesce()
                gradients.append(parameter.grad.values())
        norm = math.sqrt(sum(float(part) ** 2 for part in torch._foreach_norm(gradients)))
        if largest and norm > largest:
            torch._foreach_mul_(gradients, largest / norm)
        return norm

    def step(self, learning_rate: float) -> None:
        """One update with the given learning rate."""
        for rule in self.rules:
            for group in rule.param_groups:
                group["lr"] = learning_rate
            rule.step()

    def state_dict(self) -> dict[str, Any]:
        """Everything that resuming needs."""
        return {"rules": [rule.state_dict() for rule in self.rules]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The inverse of :meth:`state_dict`."""
        for rule, stored in zip(self.rules, state["rules"], strict=True):
            rule.load_state_dict(stored)


def _dense_rule(parameters: list[nn.Parameter], config: OptimizerConfig) -> torch.optim.Optimizer:
    if config.name in ("sgd", "asgd"):
        return torch.optim.SGD(
            parameters, config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
        )
    rule = torch.optim.AdamW if config.name == "adamw" else torch.optim.Adam
    betas = (config.beta1, config.beta2)
    return rule(parameters, config.learning_rate, betas, weight_decay=config.weight_decay, fused=True)


def _sparse_rule(parameters: list[Tensor], config: OptimizerConfig) -> torch.optim.Optimizer:
    if config.name in ("sgd", "asgd"):
        return torch.optim.SGD(parameters, config.learning_rate)
    return torch.optim.SparseAdam(parameters, config.learning_rate, (config.beta1, config.beta2))
