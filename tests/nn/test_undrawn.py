"""Modules are built without a random number where their weights come from a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from seqnlp.nn.undrawn import NothingDrawn

MAKES: list[Callable[[], nn.Module]] = [
    lambda: nn.Linear(3, 4),
    lambda: nn.Embedding(5, 3, padding_idx=0, sparse=True),
    lambda: nn.LSTM(3, 4, bidirectional=True),
    lambda: nn.Conv1d(3, 4, 3),
]
DRAWS: list[Callable[[Tensor], Tensor]] = [
    *(nn.init.normal_, nn.init.uniform_, nn.init.orthogonal_, nn.init.trunc_normal_),
    *(nn.init.xavier_uniform_, nn.init.xavier_normal_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_),
    *(Tensor.normal_, Tensor.uniform_, Tensor.bernoulli_, Tensor.random_, Tensor.exponential_),
]


@pytest.mark.parametrize("make", [*MAKES, *(lambda draw=draw: draw(torch.ones(3, 4)) for draw in DRAWS)])
def test_nothing_is_drawn_and_weights_are_zeros(make: Callable[[], nn.Module | Tensor]) -> None:
    before = torch.random.get_rng_state()
    with NothingDrawn():
        made = make()
    assert torch.equal(torch.random.get_rng_state(), before)
    tensors = list(made.parameters()) if isinstance(made, nn.Module) else [made]
    assert all(not tensor.detach().any() for tensor in tensors)
    assert all(tensor.requires_grad for tensor in tensors if isinstance(made, nn.Module))
    make()
    assert not torch.equal(torch.random.get_rng_state(), before), "nothing is tested where nothing would be drawn"
