from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.data.linear_forecast import LinearForecast
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.nn.cells import CELLS

EVERYTHING: dict[str, Any] = {"input": "differences", "lags": 3, "num_layers": 2, "linear": "trained"}
FITTED: dict[str, Any] = {"input": "differences", "lags": 3, "linear": "fitted"}


def make(**settings: Any) -> RecurrentForecaster:
    """A forecaster of 2 columns from 5 inputs, 4 rows ahead, with weights that are not zero."""
    torch.manual_seed(0)
    model = RecurrentForecaster(ForecasterConfig(horizon=4, hidden_dim=6, **settings), 5, 2)
    linear = [model.linear.weight, model.linear.bias] if model.fitted else []
    highway = [model.highway.weight] if settings.get("lags") and not model.fitted else []
    for parameter in (model.output.weight, *linear, *highway):
        torch.nn.init.normal_(parameter)
    return model.eval()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("settings", [{}, EVERYTHING, FITTED])
@torch.no_grad()
def test_a_series_read_row_by_row_is_forecast_as_one_read_at_once(cell: str, settings: dict[str, Any]) -> None:
    model = make(cell=cell, **settings)
    inputs = torch.randn(3, 9, 5)  # (B, T, D)
    whole, last = model(inputs, model.start(3))
    state, rows = model.start(3), []
    for row in inputs.split(1, dim=1):
        forecast, state = model(row, state)
        rows.append(forecast)
    torch.testing.assert_close(torch.cat(rows, dim=1), whole, atol=1e-5, rtol=1e-5)
    for part, expected in zip(state, last, strict=True):
        torch.testing.assert_close(part, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("settings", [{}, EVERYTHING, FITTED])
@torch.no_grad()
def test_no_later_row_changes_a_forecast(settings: dict[str, Any]) -> None:
    model, inputs = make(**settings), torch.randn(1, 9, 5)
    changed = inputs.clone()
    changed[:, 6:] += 100
    before, after = (model(rows, model.start())[0] for rows in (inputs, changed))
    assert torch.equal(before[:, :6], after[:, :6])
    assert not torch.equal(before[:, 6:], after[:, 6:])


@torch.no_grad()
def test_a_series_alone_is_forecast_as_in_a_batch() -> None:
    model, inputs = make(**EVERYTHING), torch.randn(4, 7, 5)
    together = model(inputs, model.start(4))[0]
    for place in range(4):
        alone = model(inputs[place : place + 1], model.start())[0]
        torch.testing.assert_close(alone[0], together[place], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_an_untrained_forecaster_says_the_reference() -> None:
    inputs = torch.randn(2, 5, 5)
    for reference, expected in (("last", inputs[..., None, :2].expand(2, 5, 4, 2)), ("mean", torch.zeros(2, 5, 4, 2))):
        model = RecurrentForecaster(
            ForecasterConfig(horizon=4, lags=2, reference=reference, linear="trained"), 5, 2
        ).eval()
        assert torch.equal(model(inputs, model.start(2))[0], expected)


@torch.no_grad()
def test_the_highway_is_linear_in_the_last_rows() -> None:
    model = make(lags=3, reference="mean", linear="trained")
    torch.nn.init.zeros_(model.output.weight)
    inputs = torch.randn(1, 6, 5)
    actual = model(inputs, model.start())[0][0]  # (T, H, C)
    for row in range(6):
        last = [inputs[0, place, :2] if place >= 0 else torch.zeros(2) for place in range(row - 2, row + 1)]
        expected = (model.highway.weight @ torch.cat(last)).view(4, 2)
        torch.testing.assert_close(actual[row], expected)


@torch.no_grad()
def test_a_fitted_linear_part_forecasts_as_it_was_fitted_and_a_share_of_the_network_is_added() -> None:
    draw = np.random.default_rng(0)
    lags, waves, bias = draw.normal(size=(3, 2, 4, 2)), draw.normal(size=(3, 4, 2)), draw.normal(size=(4, 2))
    model, inputs = make(lags=3, linear="fitted"), torch.randn(1, 6, 5)
    model.linear.set(lags, waves, bias)
    model.linear.share.copy_(torch.tensor([0.0, 0.5]))
    model.linear.unit.copy_(torch.tensor([9.0, 2.0]))
    rows = inputs[0].double().numpy()
    expected = LinearForecast(bias, waves, lags, ()).after(rows[:, :2], rows[:, 2:], np.arange(6))  # (T, H, C)
    said = model.network(inputs, model.layers.start(1))[0][0]
    actual = model(inputs, model.start())[0][0]
    torch.testing.assert_close(actual[..., 0], torch.from_numpy(expected[..., 0]).float(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(
        actual[..., 1] - said[..., 1], torch.from_numpy(expected[..., 1]).float(), atol=1e-4, rtol=1e-4
    )


@torch.no_grad()
def test_a_model_that_reads_changes_does_not_know_the_level() -> None:
    model, inputs = make(input="differences", lags=2, linear="trained"), torch.randn(1, 6, 5)
    raised = inputs.clone()
    raised[..., :2] += 50
    low, high = (model(rows, model.start())[0] for rows in (inputs, raised))
    torch.testing.assert_close(high - low, torch.full_like(low, 50.0), atol=1e-3, rtol=0)


@pytest.mark.parametrize(("loss", "expected"), [("squared", 1 + 9), ("absolute", 1 + 3)])
def test_the_loss_is_a_sum_over_what_is_known(loss: str, expected: float) -> None:
    model = RecurrentForecaster(ForecasterConfig(horizon=4, reference="mean", loss=loss), 5, 2).eval()
    targets, mask = torch.zeros(1, 3, 4, 2), torch.zeros(1, 3, 4, 2, dtype=torch.bool)
    targets[0, 1, 2, 1], targets[0, 2, 0, 0], targets[0, 0, 0, 0] = 1, 3, 7
    mask[0, 1, 2, 1] = mask[0, 2, 0, 0] = True
    assert model.loss(torch.randn(1, 3, 5), targets, mask).item() == pytest.approx(expected)


def test_every_parameter_gets_a_gradient() -> None:
    model = make(**EVERYTHING).train()
    targets = torch.randn(2, 8, 4, 2)
    model.loss(torch.randn(2, 8, 5), targets, torch.ones_like(targets, dtype=torch.bool)).backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in model.parameters())
