from __future__ import annotations

import pytest
import torch
from torch import Tensor

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.models.autoencoder import Autoencoder, mean_error

CELLS = ("lstm", "gru", "rnn", "peephole")


def make(cell: str = "lstm", **settings: int) -> Autoencoder:
    torch.manual_seed(1)
    return Autoencoder(AutoencoderConfig(cell=cell, window=7, hidden_dim=5, code_dim=3, **settings), 2, 4)


def draw(windows: int, seed: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(windows, 7, 2, generator=generator)
    known = torch.randn(windows, 7, 4, generator=generator)
    return values, known, torch.rand(windows, 7, 2, generator=generator) > 0.2


@pytest.mark.parametrize("cell", CELLS)
def test_every_parameter_of_every_cell_gets_a_gradient(cell: str) -> None:
    model = make(cell, num_layers=2)
    model.loss(*draw(5)).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("cell", CELLS)
def test_a_window_has_the_same_error_alone_and_among_others(cell: str) -> None:
    model, (values, known, measured) = make(cell).eval(), draw(9)
    together = model.errors(values, known, measured)
    alone = torch.cat([model.errors(values[n : n + 1], known[n : n + 1], measured[n : n + 1]) for n in range(9)])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-6, equal_nan=True)


def test_what_is_rebuilt_depends_on_the_values_through_the_code_alone() -> None:
    model, (values, known, _) = make(), draw(2)
    model.to_code.weight.data.zero_()  # now every window has the same code
    torch.testing.assert_close(model(values, known), model(values.flip(1) * 3, known))
    assert not torch.allclose(model(values, known), model(values, known.flip(1)))


def test_errors_are_those_of_the_last_rows_and_losses_those_of_all() -> None:
    model, (values, known, measured) = make(scored_rows=2).eval(), draw(3)
    squares = (model(values, known) - values) ** 2
    by_hand = [squares[n, -2:][measured[n, -2:]].mean() for n in range(3)]
    torch.testing.assert_close(model.errors(values, known, measured), torch.stack(by_hand))
    whole = torch.stack([squares[n][measured[n]].mean() for n in range(3)]).sum()
    torch.testing.assert_close(model.loss(values, known, measured), whole)


def test_what_is_missing_cannot_be_odd() -> None:
    values, known, _ = draw(1)
    measured = torch.zeros(1, 7, 2, dtype=torch.bool)
    model = make()
    assert model.errors(values, known, measured).isnan().all()
    assert model.loss(values, known, measured) == 0
    model.loss(values, known, measured).backward()
    assert all(not parameter.grad.any() for parameter in model.parameters() if parameter.grad is not None)
    assert mean_error(torch.ones(1, 2, 1), torch.tensor([[[3.0], [torch.inf]]]), torch.tensor([[[True], [False]]])) == 4
