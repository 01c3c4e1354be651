"""What the library says while it works, through the logger ``seqnlp``: warnings as such, the rest for who listens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOGGER = logging.getLogger("seqnlp")
WARNING = "warning: "
"""What a text begins with that is of level WARNING, which Python prints where nobody set logging up."""

Say = Callable[[str], None]
"""Who is told, a text at a time."""

_reworded: ContextVar[Callable[[str], str]] = ContextVar("_reworded", default=str)


def say(text: str) -> None:
    """Tell whoever listens to the logger."""
    LOGGER.log(logging.WARNING if text.startswith(WARNING) else logging.INFO, "%s", in_other_words(text))


def told_to(listener: Say | None) -> Say:
    """What tells a listener or, if there is none, the logger."""
    return say if listener is None else lambda text: listener(in_other_words(text))


def in_other_words(text: str) -> str:
    """A text as it is said here: see :func:`reworded`."""
    return _reworded.get()(text)


@contextmanager
def reworded(change: Callable[[str], str]) -> Iterator[None]:
    """Within the block what is said is changed first."""
    former = _reworded.set(change)
    try:
        yield
    finally:
        _reworded.reset(former)
