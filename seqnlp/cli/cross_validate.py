"""``seqnlp cross-validate``: how good a recipe is on data that was not trained on, when there is no test split."""

from __future__ import annotations

import argparse

from seqnlp.cli.study_options import add_study_options, own_numbers, study_settings
from seqnlp.errors import SeqnlpError

HELP = "train on all but one part of train, in turn, and score each model on the part left out"
EXAMPLES = """\
examples:
  seqnlp cross-validate recipe=tagging/demo folds=5
  seqnlp cross-validate task=classification data.train=reviews.tsv data.dev=10% folds=10 run=runs/reviews
  seqnlp data doubts runs/reviews          # gold labels that the models left out find least probable

Equal texts and documents stay in one fold, labels are spread evenly. The model of a fold is in RUN/fold-N; a study
that was stopped goes on when it is typed again with its run=RUN. A series has no folds: `seqnlp evaluate` is a
backtest from every row.
"""
MAX_FOLDS = 100
FOLDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_study_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, score and print."""
    overrides, written = own_numbers(arguments.overrides, "folds")
    if written and not (written.isdecimal() and 2 <= int(written) <= MAX_FOLDS):
        raise SeqnlpError(f"folds: expected 2 to {MAX_FOLDS}, found '{written}'")
    overrides, folder = study_settings(overrides, ("data.test",), "cross-validate")
    from dataclasses import asdict

    from seqnlp.compose import task_of
    from seqnlp.json_text import json_text
    from seqnlp.studies.cross_validation import cross_validate

    task = task_of(overrides, arguments.config_dir)
    if task in ("forecasting", "anomaly_detection"):
        raise SeqnlpError("a series has no folds: `seqnlp evaluate` forecasts or scores every row of its test part")
    result = cross_validate(overrides, arguments.config_dir, int(written or FOLDS), folder)
    print(json_text({**asdict(result), "mean": result.mean, "sd": result.deviation}, indent=1)
          if arguments.json else result.format())  # fmt: skip
    return 0
