"""SIGINT and SIGTERM while a model is trained: a process that trains notes them, one that waits passes them on."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Protocol


class Interrupted(KeyboardInterrupt):
    """Ctrl-C or SIGTERM stopped training, after a checkpoint; no error, so ``except Exception`` lets it pass."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number
        super().__init__(f"stopped by {signal.Signals(signal_number).name}")


@contextlib.contextmanager
def signals_collected(allowed: bool) -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list instead of dying at once; a second one ends the process as usual.

    Where that is not allowed, or not possible (only the main thread handles signals), the list stays empty.
    """
    if not allowed or threading.current_thread() is not threading.main_thread():
        yield []
        return
    received: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, before[number])

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, remember)
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Process(Protocol):
    def terminate(self) -> None: ...


@contextlib.contextmanager
def sigterm_passed_on(processes: Sequence[_Process]) -> Iterator[list[int]]:
    """Within the block SIGTERM goes to the processes, and into the list; Ctrl-C reaches them through the terminal."""
    received: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        received.append(number)
        for process in processes:
            process.terminate()

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield received
    finally:
        signal.signal(signal.SIGTERM, before)
