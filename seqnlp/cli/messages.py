"""What the library says through ``logging`` (logger ``seqnlp``), printed for the person at the command line."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from seqnlp.messages import LOGGER


class _Printer(logging.Handler):
    """Prints to what standard error is at that time: a progress bar may have put itself before it."""

    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr, flush=True)


@contextlib.contextmanager
def printed_messages() -> Iterator[None]:
    """Within the block messages are printed to standard error, and go nowhere else."""
    LOGGER.disabled = False  # Hydra switches off loggers that it does not know
    if any(isinstance(handler, _Printer) for handler in LOGGER.handlers):
        yield
        return
    printer, level, propagate = _Printer(), LOGGER.level, LOGGER.propagate
    LOGGER.addHandler(printer)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    try:
        yield
    finally:
        LOGGER.removeHandler(printer)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
