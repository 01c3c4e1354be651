"""Ask the C library to keep freed memory for the next step instead of giving it back to the system."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # the names of malloc.h
_LARGEST_MMAP_THRESHOLD = 32 * 1024 * 1024  # glibc refuses more
_TOP = 256 * 1024 * 1024


def keep_freed_memory() -> bool:
    """Reuse large blocks; returns whether this C library can (glibc).

    By default glibc maps every large tensor anew and unmaps it when freed, and the kernel clears each page at its first
    touch: in a training step on a CPU that costs up to a quarter of the time. The process keeps its peak memory.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:  # another C library, such as musl
        return False
    settings = {_MMAP_THRESHOLD: _LARGEST_MMAP_THRESHOLD, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: _TOP}
    accepted = [mallopt(name, value) for name, value in settings.items()]
    return all(accepted)
