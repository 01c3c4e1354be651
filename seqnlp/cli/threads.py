"""``--threads`` of the commands that compute with torch."""

from __future__ import annotations

import argparse


def add_threads(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Declare it."""
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")


def checked_threads(count: int) -> int:
    """A number of threads; 0: as many as torch chooses.

    Raises:
        SeqnlpError: a negative number, or far more than there are CPUs.
    """
    from seqnlp.cpus import check_parallel

    return check_parallel(count, "--threads", least=0)


def use_threads(count: int) -> None:
    """Compute with so many threads; 0: as many as torch chooses.

    Raises:
        SeqnlpError: a negative number, or far more than there are CPUs.
    """
    if checked_threads(count):
        import torch

        torch.set_num_threads(count)
