"""A pool of processes that compute pieces of work, and what each of them does; imported only where there are several.

On Linux the processes are forked and share what is loaded, as the weights of a model, with the one they come from;
elsewhere each loads its own from what is pickled: the names of folders.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from seqnlp.cpus import shares_memory
from seqnlp.errors import SeqnlpError

Result = TypeVar("Result")
Piece = TypeVar("Piece", bound=Sized)

_AHEAD = 4
"""Pieces that a worker may be ahead of the slowest: what bounds memory."""
_END = object()


@dataclass(frozen=True, slots=True)
class _Failure:
    problem: BaseException


class Pool(Generic[Piece, Result]):
    """Worker processes, each with a thread of this process that sends it pieces and receives the results."""

    def __init__(self, function: Callable[[Piece], Result], pieces: Iterable[Piece], workers: int, kind: str) -> None:
        self._pieces, self._kind = iter(pieces), kind
        self._taking = threading.Lock()
        self._taken, self._items, self._ended = 0, 0, False
        self._ahead = threading.Semaphore(_AHEAD * workers)
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._workers = _start(function, workers)
        for process, connection in self._workers:
            threading.Thread(target=self._serve, args=(process, connection), daemon=True).start()

    def results(self) -> Iterator[Result]:
        """In the order of the pieces."""
        early: dict[int, Any] = {}
        number = 0
        while True:
            while number not in early:
                done, outcome = self._done.get()
                early[done] = outcome
            outcome = early.pop(number)
            if outcome is _END:
                return
            if isinstance(outcome, _Failure):
                raise outcome.problem
            number += 1
            self._ahead.release()
            yield outcome

    def close(self) -> None:
        """End the workers, whatever they are at."""
        self._ended = True
        for process, _ in self._workers:
            process.terminate()
        for process, _ in self._workers:
            process.join()
            self._ahead.release()

    def _serve(self, process: BaseProcess, connection: Connection) -> None:
        """Give pieces to one worker until there are no more."""
        while True:
            self._ahead.acquire()
            with self._taking:
                if self._ended:
                    return
                number, outcome, piece = self._taken, _END, None
                try:
                    piece = next(self._pieces, None)
                except BaseException as problem:
                    outcome = _Failure(problem)
                self._taken += 1
                self._ended = piece is None
                first = self._items + 1
                self._items += len(piece or ())
            if piece is not None:
                outcome = self._computed(process, connection, piece, first)
            self._done.put((number, outcome))
            if piece is None or not process.is_alive():
                return

    def _computed(self, process: BaseProcess, connection: Connection, piece: Piece, first: int) -> Any:
        """The result of a piece from its worker, or why there is none."""
        try:
            connection.send(piece)
            return connection.recv()
        except (EOFError, OSError):
            process.join(5)
            last = first + len(piece) - 1
            items = f"{self._kind} {first:,} to {last:,}" if last > first else f"{self._kind} {first:,}"
            return _Failure(
                SeqnlpError(
                    f"a worker {_how_it_ended(process.exitcode)} while it had {items}; what comes before them is "
                    "answered. If memory was short, use fewer workers; else look at these"
                )
            )
        except Exception as problem:  # what cannot be pickled
            return _Failure(problem)


def _start(function: Callable[[Piece], Result], workers: int) -> list[tuple[BaseProcess, Connection]]:
    """Worker processes that wait for pieces, each with this end of its pipe.

    Ctrl-C reaches all processes of a terminal: it waits until a new one ignores it, so that only this one answers.
    """
    context: Any = multiprocessing.get_context("fork" if shares_memory() else "spawn")
    started: list[tuple[BaseProcess, Connection]] = []
    can_wait = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_wait else set()
    gc.collect()
    gc.freeze()  # a collection in a worker would write to, and so copy, what is shared
    try:
        for number in range(workers):
            ours, theirs = context.Pipe()
            others = [ours, *(connection for _, connection in started)] if shares_memory() else []
            process = context.Process(
                target=_work, args=(function, theirs, others), name=f"seqnlp-worker-{number + 1}", daemon=True
            )
            process.start()
            theirs.close()
            started.append((process, ours))
    finally:
        gc.unfreeze()
        if can_wait:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return started


def _work(function: Callable[[Piece], Result], connection: Connection, others: Sequence[Connection]) -> None:
    """What a worker does: compute pieces until the pipe is closed.

    Args:
        others: inherited ends of pipes: while they are open, a worker would not notice that its parent is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for other in others:
        other.close()
    while True:
        try:
            piece = connection.recv()
        except (EOFError, OSError):
            return
        outcome: Any
        try:
            outcome = function(piece)
        except Exception as problem:
            outcome = _Failure(_sendable(problem))
        try:
            _send(connection, outcome)
        except BrokenPipeError:
            return


def _send(connection: Connection, outcome: Any) -> None:
    try:
        connection.send(outcome)
    except BrokenPipeError:
        raise
    except Exception as problem:  # it cannot be pickled
        connection.send(_Failure(_sendable(problem)))


def _sendable(problem: Exception) -> Exception:
    """An error that can be pickled: this one if it can, else one with its text."""
    try:
        if str(pickle.loads(pickle.dumps(problem))) == str(problem):
            problem.add_note("in a worker:\n" + traceback.format_exc())
            return problem
    except Exception:  # whatever the error's own code does
        pass
    if isinstance(problem, SeqnlpError):
        return SeqnlpError(str(problem))
    return RuntimeError(traceback.format_exc())


def _how_it_ended(status: int | None) -> str:
    if status is None:
        return "stopped answering"
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
