"""How many processes and threads this machine can use, and whether processes share memory."""

from __future__ import annotations

import os
import sys

from seqnlp.errors import WrongTypeError, WrongValueError

MAX_A_CPU = 16
"""Processes or threads that may share a CPU; more of them only wait for each other."""


def shares_memory() -> bool:
    """Whether workers share what is loaded before they start."""
    return sys.platform == "linux"


def usable_cpus() -> int:
    """What ``OMP_NUM_THREADS`` says, else the CPUs that this process may use."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdecimal() and int(threads):
        return int(threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_parallel(count: int, name: str, least: int = 1) -> int:
    """The number of processes or threads that ``name`` asks for, if this machine can do something with it.

    Raises:
        WrongTypeError: it is no whole number.
        WrongValueError: it is less than ``least``, or far more than there are CPUs.
    """
    if isinstance(count, bool) or not hasattr(count, "__index__"):
        raise WrongTypeError(f"{name}: expected a whole number, found {type(count).__name__} {str(count)[:40]!r}")
    most = MAX_A_CPU * (os.cpu_count() or 1)
    if count < least:
        raise WrongValueError(f"{name}: expected {least} or more, found {count}")
    if count > most:
        raise WrongValueError(f"{name}: expected at most {most} ({MAX_A_CPU} for each CPU), found {count:,}")
    return count
