"""What commands write: answers to standard output, remarks to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def emit(pieces: Iterable[str]) -> None:
    """Write answers at once, so that who reads them need not wait."""
    sys.stdout.write("".join(pieces))
    sys.stdout.flush()


def say(text: str) -> None:
    """A remark for the person who typed the command."""
    print(text, file=sys.stderr, flush=True)
