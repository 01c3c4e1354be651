"""Ray: models on an actor pool of Ray Data, and pieces of a table on actors.

    import ray, seqnlp.integrations.ray as integration
    mails = ray.data.read_parquet("mails/")
    integration.with_answers(mails, "runs/tagger", "body", actors=8).write_parquet("tagged/")

The engine starts an actor anew that was killed, and asks it again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.errors import SeqnlpError, listed
from seqnlp.integrations.packed import SentAnswers, SentModel
from seqnlp.tables.answering import arrow_answers

Result = TypeVar("Result")

_RESTARTS = 3
_CPUS_AN_ACTOR = 0.5
_BLOCK_ROWS = 4096


class Answers:
    """For ``Dataset.map_batches(Answers, fn_constructor_args=(model,), batch_format="pyarrow", ...)``.

    Args:
        model: a run or model folder that all machines have under this name, or a :class:`SentModel`.
        column, prefix: as of :func:`seqnlp.batch`.
    """

    def __init__(self, model: str | Path | SentModel, column: str = "", prefix: str = "") -> None:
        sent = model if isinstance(model, SentModel) else SentModel(model)
        self._answers = SentAnswers(sent, column, prefix)

    def __call__(self, table: Any) -> Any:
        """The table of arrow with the answers as columns; a row without an answer says why in ``error``."""
        import pyarrow

        column = self._answers.column_of(table.column_names)
        if column not in table.column_names:
            names = listed(table.column_names)
            raise SeqnlpError(f"expected a column '{column}', found {names}; name it with column=...")
        answer = arrow_answers(self._answers, column, table.schema)
        return pyarrow.Table.from_batches([answer(piece).content for piece in table.to_batches()], answer.schema)


def with_answers(
    dataset: Any,
    model: str | Path,
    column: str = "",
    prefix: str = "",
    *,
    actors: int = 2,
    batch_size: int = 512,
    with_files: bool = False,
) -> Any:
    """A ``ray.data.Dataset`` with a model's answers as further columns.

    Args:
        actors: processes that answer with one thread each. They count as half a CPU, so that as many as there are CPUs
            leave some to what reads and writes, which would wait for them for ever.
        with_files: send the model's files to the actors, which then need not see its folder.

    Raises:
        RunError: there is no model.
    """
    from ray.data import ActorPoolStrategy

    blocks = dataset.repartition(target_num_rows_per_block=_BLOCK_ROWS)  # a file is one, which one actor would answer
    return blocks.map_batches(
        Answers,
        fn_constructor_args=(SentModel(model, with_files), column, prefix),
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=ActorPoolStrategy(size=actors),
        num_cpus=_CPUS_AN_ACTOR,
    )


def spread(
    function: Callable[[Any], Result], pieces: Iterable[Any], workers: int = 0, address: str = ""
) -> Iterator[Result]:
    """``function`` of each piece in order, on actors of a cluster; see :func:`seqnlp.workers.mapped`.

    Args:
        workers: actors; 0: one a CPU of the cluster.
        address: of the cluster; empty: one that lives on this machine as long as this needs it.

    Raises:
        SeqnlpError: ray is not installed, there is no such cluster, or this machine has fewer CPUs, so that some actors
            would wait for ever.
    """
    ray = _started(address)
    try:
        cpus = int(ray.cluster_resources().get("CPU", 1))
        if workers > cpus and not address:
            raise SeqnlpError(f"workers: expected at most {cpus}, one for each CPU here, found {workers:,}")
        workers = workers or cpus
        actor = ray.remote(num_cpus=1, max_restarts=_RESTARTS, max_task_retries=_RESTARTS)(_Actor)
        actors = [actor.remote(function) for _ in range(workers)]
        waiting: deque[Any] = deque()
        for number, piece in enumerate(pieces):
            waiting.append(actors[number % workers].answer.remote(piece))
            if len(waiting) == 3 * workers:
                yield ray.get(waiting.popleft())
        while waiting:
            yield ray.get(waiting.popleft())
    except ray.exceptions.RayError as problem:
        raise SeqnlpError(f"ray: {str(problem).strip().splitlines()[-1]}") from problem
    finally:
        if not address:
            ray.shutdown()


class _Actor:
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def answer(self, piece: Any) -> Any:
        return self._function(piece)


def _started(address: str) -> Any:
    try:
        import ray
    except ImportError:
        raise SeqnlpError("--engine ray needs ray; `pip install 'seqnlp[ray]'`") from None
    if not ray.is_initialized():
        try:
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.WARNING)
        except (ConnectionError, ValueError) as problem:
            raise SeqnlpError(f"--address {address}: {str(problem).strip().splitlines()[0]}") from None
    return ray
