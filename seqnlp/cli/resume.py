"""``seqnlp resume``: go on with a run that was stopped."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "go on with a run that was stopped, exactly where it was"
EXAMPLES = """\
examples:
  seqnlp resume runs/tagging/wnut17/2026-01-31_12-00-00
  seqnlp resume RUN --nproc 2          # with two processes, though it began with another number
  seqnlp resume SWEEP                  # runs of a sweep (train -m) that were stopped or not begun, then the table
  seqnlp resume RUN --data-dir /another/place
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the run directory, or that of a sweep")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data is now, if it moved since the run began")
    parser.add_argument(
        "--nproc", type=int, metavar="N", help="processes that train together (default: as many as before)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Resume the run; one that is finished trains no more, and ends with the result that it had."""
    from seqnlp.cli.sweep import SWEEP_FILE, resume_sweep
    from seqnlp.cpus import check_parallel
    from seqnlp.launch import resume

    if arguments.nproc is not None:
        check_parallel(arguments.nproc, "--nproc")
    if (arguments.run / SWEEP_FILE).is_file():
        from seqnlp.cli.multirun_table import multirun_table
        from seqnlp.errors import SeqnlpError

        if arguments.data_dir:
            raise SeqnlpError("--data-dir is for one run: resume the runs of the sweep one by one")
        print(multirun_table(resume_sweep(arguments.run, arguments.nproc)))
        return 0
    resume(arguments.run, arguments.nproc, arguments.data_dir or "")
    return 0
