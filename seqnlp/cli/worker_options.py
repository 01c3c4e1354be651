"""``--workers`` and ``--errors`` of the verbs that answer line by line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")


def add_workers_argument(parser: argparse._ActionsContainer, of: str = "") -> None:
    """Declare it; ``of`` says when there may be several, if not always."""
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help=f"{of}processes that answer side by side, one thread each; the answers are the same (default: one a CPU "
        "for a large file, 1 for a pipe and what is typed)",
    )


def add_errors_argument(parser: argparse.ArgumentParser) -> None:
    """Declare what becomes of text that is none; see :func:`~seqnlp.cli.streams.read_text_lines`."""
    parser.add_argument(
        "--errors",
        choices=("strict", "replace"),
        default="strict",
        help="what is not UTF-8, or a stray carriage return: stop with the line number, or replace it (default strict)",
    )


def choose_workers(
    asked: int | None, options: dict[str, Any], sources: Iterable[Path | None], bytes_a_worker: int
) -> tuple[int, dict[str, Any]]:
    """How many processes answer, and the options of the model that each of them uses.

    Args:
        asked: ``--workers``.
        options: ``threads`` of the model, and perhaps ``device``.
        sources: where the text comes from; None is standard input.
        bytes_a_worker: so much text is worth the start of another process.

    Raises:
        SeqnlpError: a number below 1 or far above that of CPUs, or several processes that would have several threads
            each, or share a GPU.
    """
    from seqnlp.cpus import check_parallel, shares_memory, usable_cpus
    from seqnlp.errors import SeqnlpError

    device = options.get("device", "cpu")
    alone = options["threads"] > 1 or device != "cpu"
    workers = asked
    if workers is None:
        sizes = [_size(source) for source in sources]
        most = usable_cpus() if shares_memory() and not alone else 1
        workers = max(1, min(most, sum(sizes) // bytes_a_worker)) if sizes and all(sizes) else 1
    check_parallel(workers, "--workers")
    if workers > 1 and alone:
        other = f"--threads {options['threads']}" if options["threads"] > 1 else f"--device {device}"
        raise SeqnlpError(f"--workers {workers}: each computes with one thread on the CPU; leave {other} out")
    return workers, {**options, "threads": 1} if workers > 1 else options


def pieces(
    items: Iterable[Item], size: int, workers: int, source: Path | None = None, *, full: bool = False
) -> Iterator[list[Item]]:
    """What is answered together: of a file for several workers full pieces, else what has come meanwhile.

    Args:
        source: where the items come from; None is standard input.
        full: wait until a piece is full also with one worker.
    """
    from seqnlp.cli.progress import is_file
    from seqnlp.cli.streams import windows
    from seqnlp.workers import cut_for

    return cut_for(items, size, workers) if workers > 1 and is_file(source) else windows(items, size, full=full)


def _size(source: Path | None) -> int:
    """Bytes that wait in a file, about; 0 if that cannot be told."""
    from seqnlp.cli.progress import bytes_to_read, is_file

    if not is_file(source):
        return 0
    packed = 3 * os.stat(source).st_size if source else 0
    return bytes_to_read(source) or packed
