"""Everything a run needs to go on as if it had never stopped."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from seqnlp.errors import RunError
from seqnlp.storage import write_atomically

FILE_NAME = "checkpoint.pt"

Digests = Mapping[str, str]
"""Of each thing that a run reads, by what messages call it."""

TRAIN, DEV = "the training data", "the development data"


@dataclass
class Progress:
    """Where training is. Together with the weights and the optimizer's state it decides all that follows.

    There is no random state to keep: the order of the sentences is a function of seed and epoch, and the dropout of a
    step is a function of seed and step (see fit.py).

    Attributes:
        epoch: epochs completed.
        position: batches done in the epoch under way.
        step: optimizer steps done.
        learning_rate: of the last of them.
        loss_sum, loss_count: loss and number of items of the epoch under way.
        best_score, best_epoch: the best dev score so far and its epoch (from 1; 0: none yet).
        plateau_factor: product of the reductions of the learning rate (schedule `plateau`).
        plateau_epochs: epochs since the last better score or reduction.
        seconds: time spent training, over all sessions.
        finished: training is over.
        processes: that trained together when this was written; they draw dropout each for its part of a batch.
    """

    epoch: int = 0
    position: int = 0
    step: int = 0
    learning_rate: float = 0.0
    loss_sum: float = 0.0
    loss_count: int = 0
    best_score: float = float("-inf")
    best_epoch: int = 0
    plateau_factor: float = 1.0
    plateau_epochs: int = 0
    seconds: float = 0.0
    finished: bool = False
    processes: int = 1


def save_checkpoint(run: Path, progress: Progress, digests: Digests, states: dict[str, Any]) -> None:
    """Write ``RUN/checkpoint.pt`` through a temporary file, so that the old one stays whole if anything goes wrong."""
    buffer = io.BytesIO()
    torch.save({"progress": asdict(progress), "digests": dict(digests), **states}, buffer)
    write_atomically(run / FILE_NAME, buffer.getbuffer())


def has_checkpoint(run: Path) -> bool:
    """Whether a run can be resumed."""
    return (run / FILE_NAME).exists()


def processes_of(run: Path) -> int:
    """How many processes trained a run when its checkpoint was written; 1 without a checkpoint that can be read."""
    try:
        stored = torch.load(run / FILE_NAME, map_location="cpu", weights_only=True, mmap=True)  # no weights are read
        return int(stored["progress"].get("processes", 1))
    except Exception:  # `load_checkpoint` tells what is wrong
        return 1


def load_checkpoint(run: Path, digests: Digests) -> tuple[Progress, dict[str, Any]] | None:
    """What :func:`save_checkpoint` wrote, or None if the run has no checkpoint yet.

    Raises:
        RunError: the file is damaged, or something that the run reads is not what it began with.
    """
    if not has_checkpoint(run):
        return None
    path = run / FILE_NAME
    try:
        with zipfile.ZipFile(path) as archive:  # torch itself does not look at the checksums
            if damaged := archive.testzip():
                raise ValueError(f"the checksum of {damaged} is another")
        stored = torch.load(path, map_location="cpu", weights_only=True)
        progress = Progress(**stored.pop("progress"))
    except Exception as problem:  # torch.load raises whatever the broken bytes lead it to
        reason = str(problem).partition("\n")[0]
        raise RunError(f"{path} cannot be read ({reason}); the run cannot be resumed, start it again") from problem
    if changed := _changed(stored, digests) if "digests" in stored else _changed_since_older(stored, digests):
        raise RunError(f"{changed} changed since {run} began; restore it, or start a new run")
    return progress, stored


def _changed(stored: dict[str, Any], digests: Digests) -> str:
    """What the run reads that is not as it was; nothing if all is."""
    kept = stored.pop("digests")
    return next((name for name in {**kept, **digests} if kept.get(name, "") != digests.get(name, "")), "")


def _changed_since_older(stored: dict[str, Any], digests: Digests) -> str:
    """As above, for a checkpoint of an older version: it has one digest after the other, of some things none."""
    kept = stored.pop("data")
    for name, digest in digests.items():
        if name != DEV and not kept.startswith(digest[: len(kept)]):
            return name
        kept = kept if name == DEV else kept[len(digest) :]
    dev = digests.get(DEV, "")
    return DEV if stored.pop("dev", dev) != dev else ""
