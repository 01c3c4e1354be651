"""torch's random state and threads, kept as they are for a program that trains from Python."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

import torch
from torch.random import fork_rng


class _Turn:
    """Whose turn it is to train: torch has one random state for all threads, so two would draw each other's numbers."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        """A forked process has none of its parent's threads, of which one may train."""
        self.lock = threading.RLock()


_TURN = _Turn()


@contextlib.contextmanager
def torch_state_kept() -> Iterator[None]:
    """Within the block training may seed torch and set its threads; afterwards both are as before.

    Other threads that come to such a block wait until it is over. The same thread need not, as in a callback.
    """
    with _TURN.lock:
        threads = torch.get_num_threads()
        devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
        try:
            with fork_rng(devices=list(devices)):
                yield
        finally:
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
