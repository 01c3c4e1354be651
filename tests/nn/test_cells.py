"""The cells' steps against torch's own, and packed products against plain ones."""

from __future__ import annotations

import pytest
import torch

from seqnlp.nn.cells import fast_tanh, gru_step, lstm_step
from seqnlp.nn.products import packed_product, padded_rows, product

N, D, H = 5, 3, 4


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def test_fast_tanh_is_tanh() -> None:
    values = torch.linspace(-30, 30, 10_001)
    torch.testing.assert_close(fast_tanh(values), torch.tanh(values), rtol=0, atol=3e-7)


def test_an_lstm_step_is_that_of_torch() -> None:
    torch.manual_seed(1)
    cell = torch.nn.LSTMCell(D, H).double()
    inputs, hidden, before = draw(N, D), draw(N, H), draw(N, H)
    gates = inputs @ cell.weight_ih.T + hidden @ cell.weight_hh.T + cell.bias_ih + cell.bias_hh  # (N, 4H)
    torch.testing.assert_close(lstm_step(gates, before), cell(inputs, (hidden, before)))


def test_a_gru_step_is_that_of_torch() -> None:
    torch.manual_seed(2)
    cell = torch.nn.GRUCell(D, H).double()
    inputs, hidden = draw(N, D), draw(N, H)
    sums = inputs @ cell.weight_ih.T + cell.bias_ih, hidden @ cell.weight_hh.T + cell.bias_hh  # 2 x (N, 3H)
    torch.testing.assert_close(gru_step(*sums, hidden), cell(inputs, hidden))


def test_the_gradients_of_the_steps_are_those_of_finite_differences() -> None:
    assert torch.autograd.gradcheck(lstm_step, (draw(2, 4 * H), draw(2, H)))
    assert torch.autograd.gradcheck(gru_step, (draw(2, 3 * H), draw(2, 3 * H), draw(2, H)))


def test_a_step_in_bf16_keeps_its_cell_in_fp32() -> None:
    gates, cell = torch.randn(N, 4 * H), torch.randn(N, H)
    hidden, after = lstm_step(gates.bfloat16(), cell)
    assert (hidden.dtype, after.dtype) == (torch.bfloat16, torch.float32)
    torch.testing.assert_close(after, lstm_step(gates.bfloat16().float(), cell)[1])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("shifted", [True, False])
def test_a_packed_product_is_the_plain_one(dtype: torch.dtype, shifted: bool) -> None:
    torch.manual_seed(3)
    weight, bias = torch.randn(70, 33).to(dtype), torch.randn(70).to(dtype) if shifted else None
    packed, plain = packed_product(weight, bias), product(weight, bias)
    for count in (1, 2, 5, 8, 16, 96):
        rows = torch.randn(count, 33).to(dtype)
        tolerance = 0.05 if dtype == torch.bfloat16 else 1e-4
        torch.testing.assert_close(packed(rows), plain(rows), rtol=tolerance, atol=tolerance)


def test_a_row_of_a_packed_product_in_bf16_does_not_depend_on_the_others() -> None:
    torch.manual_seed(4)
    multiply, rows = packed_product(torch.randn(2048, 1280).bfloat16()), torch.randn(64, 1280).bfloat16()
    together = multiply(rows)
    for count in (2, 3, 8, 32):
        alone = [multiply(rows[first : first + count].contiguous()) for first in range(0, 64 - count + 1, count)]
        assert torch.equal(torch.cat(alone), together[: len(alone) * count])


def test_numbers_of_rows_are_rounded_up_to_few() -> None:
    sizes = [padded_rows(count) for count in range(1, 321)]
    assert all(size >= count for count, size in enumerate(sizes, start=1))
    assert all(size - count < max(8, count) for count, size in enumerate(sizes, start=1))
    assert len(set(sizes)) == 19
    assert sizes[:8] == [2, *range(2, 9)]
