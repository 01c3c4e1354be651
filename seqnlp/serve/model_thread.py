"""One thread computes; what waits for the same model with the same options is answered together."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

Answers = list[dict[str, Any]]
Answer = Callable[[Sequence[Any]], Answers]
"""Items to an answer each. What it gives for an item does not depend on the others."""

BATCH_LINES = 256
"""Of several requests that are computed at once, so that others get their turn."""

Observe = Callable[[Hashable, int, float], None]


class BusyError(Exception):
    """More waits than may."""


@dataclass(frozen=True, eq=False)
class _Job:
    key: Hashable
    answer: Answer
    items: Sequence[Any]
    future: asyncio.Future[Answers]


class ModelThread:
    """The thread; all but its work happens in the event loop that made it.

    Args:
        most_waiting: items that wait or are computed, of all jobs; a job is always taken if nothing waits.
        observe: told of each batch: key, items and seconds.
    """

    def __init__(self, most_waiting: int, observe: Observe = lambda key, items, seconds: None) -> None:
        self._most_waiting, self._observe = most_waiting, observe
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="models", daemon=True)
        self.waiting = 0
        self._thread.start()

    async def ask(self, key: Hashable, answer: Answer, items: Sequence[Any]) -> Answers:
        """Answers of some items. Jobs with an equal key may be computed together, by the first one's ``answer``.

        Raises:
            BusyError: too many wait already.
        """
        if self.waiting and self.waiting + len(items) > self._most_waiting:
            raise BusyError
        future: asyncio.Future[Answers] = self._loop.create_future()
        self.waiting += len(items)
        self._queue.put(_Job(key, answer, items, future))
        return await future

    async def stop(self) -> None:
        """End the thread after what waits."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        waiting: list[_Job] = []
        open_ = True
        while open_ or waiting:
            if not waiting:
                waiting, open_ = self._taken([], wait=True)
            if open_:
                waiting, open_ = self._taken(waiting, wait=False)
            batch, waiting = _first_batch(waiting)
            if batch:
                done = self._computed(batch)
                self._loop.call_soon_threadsafe(self._tell, done)

    def _taken(self, waiting: list[_Job], wait: bool) -> tuple[list[_Job], bool]:
        """All jobs that are there, and whether more may come."""
        while True:
            try:
                job = self._queue.get(block=wait)
            except queue.Empty:
                return waiting, True
            if job is None:
                return waiting, False
            waiting.append(job)
            wait = False

    def _computed(self, batch: list[_Job]) -> list[tuple[_Job, Answers | Exception]]:
        """The answers of each job; where a batch fails, each job is computed alone, so that one fails for itself."""
        begun = time.perf_counter()
        items = [item for job in batch for item in job.items]
        try:
            answers = batch[0].answer(items)
        except Exception as problem:
            return [(batch[0], problem)] if len(batch) == 1 else [self._computed([job])[0] for job in batch]
        self._observe(batch[0].key, len(items), time.perf_counter() - begun)
        done: list[tuple[_Job, Answers | Exception]] = []
        start = 0
        for job in batch:
            done.append((job, answers[start : start + len(job.items)]))
            start += len(job.items)
        return done

    def _tell(self, done: list[tuple[_Job, Answers | Exception]]) -> None:
        for job, answer in done:
            self.waiting -= len(job.items)
            if job.future.done():  # nobody waits for it any more
                continue
            if isinstance(answer, Exception):
                job.future.set_exception(answer)
            else:
                job.future.set_result(answer)


def _first_batch(waiting: list[_Job]) -> tuple[list[_Job], list[_Job]]:
    """The first job with those that can be computed with it, and the rest, in their order."""
    batch: list[_Job] = []
    rest: list[_Job] = []
    lines = 0
    for job in waiting:
        if not batch or (job.key == batch[0].key and lines + len(job.items) <= BATCH_LINES):
            batch.append(job)
            lines += len(job.items)
        else:
            rest.append(job)
    return batch, rest
