"""One thread computes; what waits for the same model with the same options is answered together."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

Answers = list[dict[str, Any]]
Answer = Callable[[Sequence[Any]], Answers]
"""Items to an answer each. What it gives for an item does not depend on the others."""

BATCH_LINES = 256
"""That are computed at once, of several requests or as a part of a long one; between its parts others have turns."""

Observe = Callable[[Hashable, int, float], None]


class BusyError(Exception):
    """More waits than may."""


@dataclass(eq=False)
class _Job:
    """What was asked, with the answers so far, which are those of the first ``done`` items."""

    key: Hashable
    answer: Answer
    items: Sequence[Any]
    future: asyncio.Future[Answers]
    answers: Answers = field(default_factory=list)
    done: int = 0

    @property
    def rest(self) -> int:
        """How many items have no answer yet."""
        return len(self.items) - self.done


_Part = tuple[_Job, Sequence[Any]]
"""A job, and its next items."""


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

        Who is cancelled while it waits is not answered: what of it was not begun is not computed.

        Raises:
            BusyError: too many wait already.
        """
        if self.waiting and self.waiting + len(items) > self._most_waiting:
            raise BusyError
        future: asyncio.Future[Answers] = self._loop.create_future()
        self.waiting += len(items)
        self._queue.put(_Job(key, answer, items, future))
        try:
            return await future
        finally:
            self.waiting -= len(items)

    async def stop(self) -> None:
        """End the thread after what waits."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        waiting: list[_Job] = []
        open_, is_turn_of_short = True, False
        while open_ or waiting:
            if not waiting:
                waiting, open_ = self._taken([], wait=True)
            if open_:
                waiting, open_ = self._taken(waiting, wait=False)
            waiting = [job for job in waiting if not job.future.done()]
            batch = _next_batch(waiting, is_turn_of_short)
            if batch:
                self._loop.call_soon_threadsafe(_tell, self._computed(batch))
            is_turn_of_short = any(job.rest for job, _ in batch)
            waiting = [job for job in waiting if job.rest]

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

    def _computed(self, batch: list[_Part]) -> list[tuple[_Job, Answers | Exception]]:
        """The answers of each job that has all of them; where a batch fails, each job is computed alone.

        So one fails for itself, and for all of its items, which its message may number.
        """
        started = time.perf_counter()
        items = [item for _, some in batch for item in some]
        try:
            answers = batch[0][0].answer(items)
        except Exception as problem:
            if len(batch) > 1:
                return [done for part in batch for done in self._computed([part])]
            job, some = batch[0]
            if len(some) < len(job.items):
                job.answers, job.done = [], 0
                return self._computed([(job, job.items)])
            job.done = len(job.items)
            return [(job, problem)]
        self._observe(batch[0][0].key, len(items), time.perf_counter() - started)
        done: list[tuple[_Job, Answers | Exception]] = []
        start = 0
        for job, some in batch:
            job.answers += answers[start : start + len(some)]
            job.done += len(some)
            start += len(some)
            if not job.rest:
                done.append((job, job.answers))
        return done


def _tell(done: list[tuple[_Job, Answers | Exception]]) -> None:
    for job, answer in done:
        if job.future.done():  # nobody waits for it any more
            continue
        if isinstance(answer, Exception):
            job.future.set_exception(answer)
        else:
            job.future.set_result(answer)


def _next_batch(waiting: list[_Job], is_turn_of_short: bool) -> list[_Part]:
    """The next items of the first job, with those of others that can be computed with them.

    Args:
        is_turn_of_short: take the first job that needs no second batch, if there is one.
    """
    if not waiting:
        return []
    short = (job for job in waiting if is_turn_of_short and job.rest <= BATCH_LINES)
    lead = next(short, waiting[0])
    batch = [(lead, lead.items[lead.done : lead.done + BATCH_LINES])]
    room = BATCH_LINES - len(batch[0][1])
    for job in waiting:
        if job is not lead and job.key == lead.key and job.rest <= room:
            batch.append((job, job.items[job.done :]))
            room -= job.rest
    return batch
