"""Work cut into pieces and done by several processes at once, each with one thread; results come in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from typing import TypeVar

from seqnlp.cpus import check_parallel

Item = TypeVar("Item")
Result = TypeVar("Result")
Piece = TypeVar("Piece", bound=Sized)

_SMALLEST = 8
"""Part of a whole piece that the last ones have at least."""


def cut(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Pieces of ``size`` items, the last one shorter; an error of the items is raised after the items before it."""
    piece: list[Item] = []
    try:
        for item in items:
            piece.append(item)
            if len(piece) == size:
                yield piece
                piece = []
    except Exception:
        if piece:
            yield piece
        raise
    if piece:
        yield piece


def cut_for(items: Iterable[Item], size: int, workers: int) -> Iterator[list[Item]]:
    """Pieces of ``size`` items, and towards the end smaller ones, so that all workers end at about one time.

    What follows is read ahead: two pieces for each worker. An error of the items is raised after the items before it.
    """
    waiting: deque[Item] = deque()
    source, least = iter(items), max(1, size // _SMALLEST)
    problem: Exception | None = None
    while True:
        while problem is None and len(waiting) < 2 * workers * size:
            try:
                waiting.append(next(source))
            except StopIteration:
                break
            except Exception as raised:
                problem = raised
        if not waiting:
            break
        count = min(len(waiting), max(least, len(waiting) // (2 * workers)))
        yield [waiting.popleft() for _ in range(count)]
    if problem is not None:
        raise problem


def spread(
    function: Callable[[list[Item]], Sequence[Result]],
    items: Sequence[Item],
    workers: int,
    size: int = 512,
    kind: str = "texts",
) -> list[Result]:
    """What ``function`` gives for all items, computed in pieces of at most ``size`` by several processes.

    Raises:
        SeqnlpError: see :func:`mapped`.
    """
    workers = min(workers, len(items)) or 1
    return [answer for answers in mapped(function, cut_for(items, size, workers), workers, kind) for answer in answers]


def mapped(
    function: Callable[[Piece], Result], pieces: Iterable[Piece], workers: int, kind: str = "lines"
) -> Generator[Result, None, None]:
    """``function`` of each piece, in order; with one worker in this process, as ``map`` does.

    Pieces are taken as workers become free, and each result comes as soon as those before it are out. An error of the
    pieces or of ``function`` is raised here, after all results before it. Closed early, it ends its processes.

    Args:
        kind: what the items of a piece are, in messages.

    Raises:
        SeqnlpError: far more workers than CPUs; or a worker ended before its piece was done: says which items it had.
    """
    if workers <= 1:
        yield from map(function, pieces)
        return
    from seqnlp.worker_pool import Pool  # its imports would delay a start with one process

    pool = Pool(function, pieces, check_parallel(workers, "workers"), kind)
    try:
        yield from pool.results()
    finally:
        pool.close()
