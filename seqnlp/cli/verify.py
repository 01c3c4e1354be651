"""``seqnlp verify``: whether a model folder is as it was saved."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "check that a model folder is whole and as it was saved"
EXAMPLES = """\
examples:
  seqnlp verify RUN
  seqnlp verify my_model       # a model folder that was copied or downloaded
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("model", type=Path, metavar="RUN", help="a run directory or a saved model folder")


def run(arguments: argparse.Namespace) -> int:
    """Check each file, then load the model; the status is 2 if anything is wrong.

    The card is for people, who may edit it.
    """
    from seqnlp.api import load
    from seqnlp.bundle_files import CARD, CHANGED, MISSING, check_files, find_model
    from seqnlp.errors import RunError

    folder, states = find_model(arguments.model), check_files(arguments.model)
    width = max(map(len, states))
    for name, state in states.items():
        print(f"{name:<{width}}  {'edited since it was saved' if (name, state) == (CARD, CHANGED) else state}")
    wrong = [name for name, state in states.items() if state in (CHANGED, MISSING) and name != CARD]
    if wrong:
        raise RunError(f"{folder}: {', '.join(wrong)} not as saved; copy the model again")

    load(arguments.model)
    print(f"{folder} is whole and loads")
    return 0
