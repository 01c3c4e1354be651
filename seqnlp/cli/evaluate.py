"""``seqnlp evaluate``: how good a trained model is, and where it errs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HELP = "score a run's model on a split: intervals, types, errors, calibration"
EXAMPLES = """\
examples:
  seqnlp evaluate RUN --split test
  seqnlp evaluate RUN --split test --report report.html
  seqnlp evaluate RUN --split dev --json > scores.json
  seqnlp evaluate RUN --split test --data-dir /another/place
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", type=Path, help="the run directory")
    parser.add_argument("--split", choices=("train", "dev", "test"), default="test", help="default test")
    parser.add_argument("--report", type=Path, metavar="FILE.html", help="also write a self-contained HTML report")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON instead of tables")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data is now, if it moved since training")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print, and write what was asked for."""
    from seqnlp.launch import read_run_config
    from seqnlp.metrics.html import report_html
    from seqnlp.metrics.terminal import format_report
    from seqnlp.storage import write_atomically
    from seqnlp.tasks.tagging_evaluation import evaluate

    config = read_run_config(arguments.run)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    if arguments.threads > 0:
        import torch

        torch.set_num_threads(arguments.threads)
    report = evaluate(arguments.run, config, arguments.split, lambda text: print(text, file=sys.stderr))
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) if arguments.json else format_report(report))
    if arguments.report:
        write_atomically(arguments.report, report_html(report).encode())
        print(f"report written to {arguments.report}", file=sys.stderr)
    return 0
