"""A process that trains for a launcher ends when its launcher is gone, also when that was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>


def ending_with(parent: int) -> Callable[[], None]:
    """A function that ties the process it is called in to its parent, whose id is given: as that ends, SIGTERM comes.

    Fit for ``subprocess.Popen(preexec_fn=...)``: all that allocates is done here, before the fork. Does nothing where
    the system is no Linux.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return lambda: None

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended meanwhile
            os.kill(os.getpid(), signal.SIGTERM)

    return tie
