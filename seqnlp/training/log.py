"""What a person sees of training, and what stays in files: a progress bar, a line per epoch, CSV, TensorBoard."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from seqnlp import messages
from seqnlp.errors import RunError
from seqnlp.storage import write_atomically
from seqnlp.training.bars import make_bar

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class Log:
    """Speaks through logger `seqnlp` and writes ``RUN/log.csv`` (one row an epoch); not where ``active`` is false.

    Rows of epochs that a resumed run will repeat are removed, so that the file reads like one of a run never stopped.
    """

    def __init__(
        self,
        run: Path,
        epochs: int,
        *,
        active: bool,
        progress: bool,
        tensorboard: bool,
        epoch: int,
        embedded: bool = False,
    ) -> None:
        self.active = active
        self.epochs = epochs
        self.path = run / "log.csv"
        self.rows = _rows_until(self.path, epoch) if active else []
        self._bar = make_bar(epochs, epoch, embedded=embedded) if active and progress else None
        self._board: SummaryWriter | None = _board(run, epoch) if active and tensorboard else None

    def __enter__(self) -> Log:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop(finished=kind is None)
        if self._board:
            self._board.close()

    def say(self, text: str) -> None:
        """A line for the person who watches."""
        if self.active:
            messages.say(text)

    def at(self, progress: float, loss: float, score: float) -> None:
        """Move the bar: epochs done as a real number, mean loss of this epoch, best score so far."""
        if self._bar:
            scored = any(key.startswith("dev_") for row in self.rows for key in row)
            best = f"  best {score:.2f}" if scored else ""
            self._bar.at(progress, f"loss {loss:.4f}{best}")

    def epoch(self, numbers: Mapping[str, float]) -> None:
        """Record one epoch; ``numbers`` must hold ``epoch`` and ``step``."""
        if not self.active:
            return
        self.rows.append({key: f"{value:.6g}" for key, value in numbers.items()})
        text = io.StringIO()
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomically(self.path, text.getvalue().encode())
        if self._board:
            for key, value in numbers.items():
                self._board.add_scalar(key, value, int(numbers["step"]))


def _rows_until(path: Path, epoch: int) -> list[dict[str, str]]:
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [row for row in csv.DictReader(file, strict=True) if int(row["epoch"]) <= epoch]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as problem:
        raise RunError(
            f"{path} is damaged ({type(problem).__name__}: {problem}); remove it to go on without the epochs in it"
        ) from problem


def _board(run: Path, epoch: int) -> SummaryWriter:
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(run / "tensorboard"), purge_step=epoch)
