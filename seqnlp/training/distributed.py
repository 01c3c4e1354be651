"""Several processes that train one model: each takes its share of every batch, the gradients are summed.

On a CPU they are forked from one that has read the data (forked.py), else started by torch's own ``torchrun``, which
tells each process its rank through the environment. Gradients are summed here in one flat message rather than through
``DistributedDataParallel``, because the loss is a sum divided by a count that every process knows: the sum of the
shares is then exactly the gradient of one process with the whole batch, embedding tables stay row-sparse (also over
nccl, which cannot reduce sparse tensors), and a process whose share is empty needs no special case.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class Processes:
    """This process among all that train together."""

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process evaluates, saves and speaks."""
        return self.rank == 0

    def sum_gradients(self, dense: Sequence[nn.Parameter], sparse: Sequence[Tensor], extra: Tensor) -> Tensor:
        """Add up the gradients of all processes in place; ``extra`` (n,) numbers ride along, their sums come back."""
        if self.count == 1:
            return extra
        for parameter in dense:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [p.grad for p in dense if p.grad is not None]
        extra = extra.to(gradients[0]) if gradients else extra
        flat = torch.cat([*(g.flatten() for g in gradients), extra])  # (all dense weights + n,)
        dist.all_reduce(flat)
        sizes = [g.numel() for g in gradients]
        *parts, extra_sum = torch.split(flat, [*sizes, extra.numel()])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        for table in sparse:
            table.grad = self._sum_sparse(table)
        return extra_sum

    def sum(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The sums of tensors of equal shapes over all processes, in every process."""
        sums = [tensor.detach().clone() for tensor in tensors]
        if self.count > 1:
            for tensor in sums:
                dist.all_reduce(tensor)
        return sums

    def _sum_sparse(self, parameter: Tensor) -> Tensor:
        """Gather every process's rows and let coalescing add them up, in the order of the ranks."""
        width = parameter.size(1)
        gradient = parameter.grad
        if gradient is None:
            rows = torch.zeros(0, dtype=torch.int64, device=parameter.device)  # (0,)
            values = torch.zeros(0, width, device=parameter.device)  # (0, W)
        else:
            gradient = gradient.coalesce()
            rows, values = gradient.indices()[0], gradient.values()  # (U,), (U, W)
        counts = [torch.zeros(1, dtype=torch.int64, device=rows.device) for _ in range(self.count)]
        dist.all_gather(counts, torch.tensor([len(rows)], device=rows.device))
        most = int(max(int(count) for count in counts))
        padded_rows = torch.zeros(most, dtype=torch.int64, device=rows.device)  # (most,)
        padded_rows[: len(rows)] = rows
        padded_values = torch.zeros(most, width, device=rows.device)  # (most, W)
        padded_values[: len(rows)] = values
        all_rows = [torch.empty_like(padded_rows) for _ in range(self.count)]
        all_values = [torch.empty_like(padded_values) for _ in range(self.count)]
        dist.all_gather(all_rows, padded_rows)
        dist.all_gather(all_values, padded_values)
        kept_rows = torch.cat([part[: int(n)] for part, n in zip(all_rows, counts, strict=True)])  # (sum of U,)
        kept_values = torch.cat([part[: int(n)] for part, n in zip(all_values, counts, strict=True)])  # (sum of U, W)
        return torch.sparse_coo_tensor(kept_rows[None], kept_values, parameter.shape, check_invariants=False).coalesce()

    def from_first(self, numbers: Sequence[float], device: torch.device) -> list[float]:
        """The first process's numbers, in every process."""
        if self.count == 1:
            return list(numbers)
        message = torch.tensor(numbers, dtype=torch.float64, device=device)  # (n,)
        dist.broadcast(message, src=0)
        return [float(number) for number in message.tolist()]

    def shared(self, size: int, answers: Callable[[Sequence[int]], list[Any]]) -> list[Any]:
        """The answers to ``size`` questions, in order, in every process; each process answers its share."""
        if self.count == 1:
            return answers(range(size))
        parts: list[Any] = [None] * self.count
        dist.all_gather_object(parts, answers(range(self.rank, size, self.count)))
        whole: list[Any] = [None] * size
        for rank, part in enumerate(parts):
            whole[rank :: self.count] = part
        return whole

    def wait(self) -> None:
        """Go on when every process is here."""
        if self.count > 1:
            dist.barrier()


def join(device: torch.device) -> Processes:
    """Join the group that ``torchrun`` described in the environment; alone if there is none."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Processes()
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Processes(dist.get_rank(), count)


def join_by_file(store: Path, rank: int, count: int) -> Processes:
    """Join a group on the CPU that meets at a new file."""
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=count)
    return Processes(rank, count)


def leave() -> None:
    """Leave the group, if there is one."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
