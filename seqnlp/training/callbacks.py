"""Callbacks of a training that is called from Python: what they are told of steps and epochs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from seqnlp.errors import TrainingError, WrongTypeError


@dataclass(frozen=True, slots=True)
class Step:
    """An optimizer step that was done.

    Attributes:
        step: its number, from 1.
        epoch: epochs done, as a real number.
        loss: mean over the items of the epoch so far.
        learning_rate: that the step was taken with.
    """

    step: int
    epoch: float
    loss: float
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that was done, and is in the checkpoint.

    Attributes:
        epoch: its number, from 1.
        step: optimizer steps so far.
        loss: mean over the items of the epoch.
        scores: on dev, as they are printed: accuracy, F1 and the like in percent. ``score`` is the one by which the
            best epoch is chosen. Empty without a dev split. Read-only.
        best: whether this is the best epoch so far, whose model is kept.
        seconds: spent on training so far.
    """

    epoch: int
    step: int
    loss: float
    scores: Mapping[str, float]
    best: bool
    seconds: float


@dataclass(frozen=True)
class Callbacks:
    """What a program that trains from Python wants to be told.

    Attributes:
        after_step, after_epoch: called with what was done; what they return does not matter.

    Raises:
        WrongTypeError: they cannot be called.
    """

    after_step: Callable[[Step], object] | None = None
    after_epoch: Callable[[Epoch], object] | None = None

    def __post_init__(self) -> None:
        for name, called in vars(self).items():
            if called is not None and not callable(called):
                found = f"{type(called).__name__} {str(called)[:40]!r}"
                raise WrongTypeError(f"{name}: expected what can be called, found {found}")

    def step_done(self, step: Step) -> None:
        """Call ``after_step``, if there is one."""
        if self.after_step:
            with _calling("after_step", f"step {step.step}"):
                self.after_step(step)

    def epoch_done(self, epoch: Epoch) -> None:
        """Call ``after_epoch``, if there is one."""
        if self.after_epoch:
            with _calling("after_epoch", f"epoch {epoch.epoch}"):
                self.after_epoch(epoch)


def read_only(scores: Mapping[str, float]) -> Mapping[str, float]:
    """A copy that cannot be changed."""
    return MappingProxyType(dict(scores))


@contextlib.contextmanager
def _calling(name: str, when: str) -> Iterator[None]:
    try:
        yield
    except Exception as problem:
        raised = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
        raise TrainingError(
            f"the callback {name} raised {raised} after {when}; training stopped, the last checkpoint (if any) is kept"
        ) from problem
