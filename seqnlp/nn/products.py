"""Products of a few rows with a weight matrix, over and over: as they are when searching."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Product = Callable[[Tensor], Tensor]
"""Rows (N, I) to ``W x + b`` (N, O)."""

_PACKING = ("_reorder_linear_weight", "_linear_pointwise")


def product(weight: Tensor, bias: Tensor | None = None) -> Product:
    """The product with ``weight`` (O, I), with autograd."""
    return lambda rows: functional.linear(rows, weight, bias)


def packed_product(weight: Tensor, bias: Tensor | None = None) -> Product:
    """The same without autograd, the weight stored once more in the order in which the CPU's kernels read it.

    ``linear`` brings the weight into that order at every call, which for a few rows is most of the work. The functions
    are those that torch's compiler uses; where this torch lacks them, or the weight is elsewhere, this is
    :func:`product`. Hand in numbers of rows from :func:`padded_rows`.
    """
    can_pack = torch._C._has_mkldnn and all(hasattr(torch.ops.mkldnn, name) for name in _PACKING)
    if not can_pack or weight.device.type != "cpu" or weight.dtype not in (torch.float32, torch.bfloat16):
        return product(weight.detach(), None if bias is None else bias.detach())
    with torch.inference_mode():
        packed = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous(), None)
    shift = None if bias is None else bias.detach()

    def multiply(rows: Tensor) -> Tensor:
        result: Tensor = torch.ops.mkldnn._linear_pointwise(rows, packed, shift, "none", [], "")
        return result

    return multiply


def padded_rows(count: int) -> int:
    """``count`` rounded up to one of few numbers of rows: to multiples of 8 above 8, and of 32 above 32.

    oneDNN compiles a kernel of half a megabyte for every number of rows it meets, and keeps it. Never 1: for a single
    row it sums in another order, and in bf16 a row must not depend on how many there are.
    """
    if count <= 8:
        return max(count, 2)
    step = 8 if count <= 32 else 32
    return -(-count // step) * step
