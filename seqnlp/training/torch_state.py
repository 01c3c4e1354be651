"""torch's random state and threads, kept as they are for a program that trains from Python."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch.random import fork_rng


@contextlib.contextmanager
def torch_state_kept() -> Iterator[None]:
    """Within the block training may seed torch and set its threads; afterwards both are as before."""
    threads = torch.get_num_threads()
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    try:
        with fork_rng(devices=list(devices)):
            yield
    finally:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
