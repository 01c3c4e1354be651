"""Packed products against plain ones, and for how many rows they are made."""

from __future__ import annotations

import pytest
import torch
from hardware import NEEDS_BF16

from seqnlp.nn.products import packed_product, padded_rows, product


@pytest.mark.parametrize("dtype", [torch.float32, pytest.param(torch.bfloat16, marks=NEEDS_BF16), torch.float64])
@pytest.mark.parametrize("shifted", [True, False])
def test_a_packed_product_is_the_plain_one(dtype: torch.dtype, shifted: bool) -> None:
    torch.manual_seed(3)
    weight, bias = torch.randn(70, 33).to(dtype), torch.randn(70).to(dtype) if shifted else None
    packed, plain = packed_product(weight, bias), product(weight, bias)
    for count in (1, 2, 5, 8, 16, 96):
        rows = torch.randn(count, 33).to(dtype)
        tolerance = 0.05 if dtype == torch.bfloat16 else 1e-4
        torch.testing.assert_close(packed(rows), plain(rows), rtol=tolerance, atol=tolerance)


@NEEDS_BF16
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
