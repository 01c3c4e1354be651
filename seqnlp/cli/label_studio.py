"""``seqnlp label-studio``: a model that annotates in Label Studio what a person then corrects."""

from __future__ import annotations

import argparse
from typing import Any

from seqnlp.cli.serve import add_server_arguments, listen_and_serve, require_extra

HELP = "pre-annotate in Label Studio: a machine learning backend for taggers and classifiers"
EXAMPLES = """\
examples:
  seqnlp label-studio RUN                                  then, in the project's settings, connect http://127.0.0.1:9090
  seqnlp label-studio RUN --port 9091 --max-lines 200
  seqnlp label-studio RUN --host 0.0.0.0 --token-file token.txt       with the token as the password of the connection

Labels are matched by name, in any case; where texts are is read from the labelling configuration. Nothing is learnt:
export annotations and train.
"""

_BODY_BYTES = 20_000_000
"""Label Studio sends whole tasks, with all their annotations."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run or a saved model folder")
    add_server_arguments(parser, 9090, _BODY_BYTES)


def run(arguments: argparse.Namespace) -> int:
    """Load the model and serve."""
    require_extra("seqnlp label-studio")
    from seqnlp.serve.label_studio import make_backend

    def application(models: Any, options: Any) -> Any:
        (served,) = models.served.values()
        return make_backend(served, options)

    return listen_and_serve(arguments, [arguments.run], application)
