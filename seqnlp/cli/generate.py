"""``seqnlp generate``: text drawn from a language model, shown as it is drawn."""

from __future__ import annotations

import argparse
import sys

from seqnlp.cli.engine_options import add_engine_arguments, engine_options

HELP = "let a language model go on with a text"
EXAMPLES = """\
examples:
  seqnlp generate RUN --prompt "The ship" --length 100
  seqnlp generate RUN --prompt "The ship" --temperature 0.8 --top-k 40 --top-p 0.95 --seed 1
  seqnlp generate RUN --prompt "The ship" --repetition-penalty 1.2 --stop "." --stop "!"

The same seed gives the same text. Lengths are in the model's tokens: words, subwords or characters; the end of a line
is one. Unknown words are never written.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    from seqnlp.cli.sampling_options import add_sampling_flags

    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument("--prompt", default="", metavar="TEXT", help="what the text begins with (default: a new line)")
    parser.add_argument("--length", type=int, default=100, metavar="N", help="most tokens to draw (default 100)")
    add_sampling_flags(parser)
    parser.add_argument(
        "--repetition-penalty", type=float, default=1.0, metavar="P", help="above 1: repeat less (default 1: off)"
    )
    parser.add_argument("--stop", action="append", default=[], metavar="TEXT", help="end before this text; repeatable")
    add_engine_arguments(parser, threads=1, precision=True)


def run(arguments: argparse.Namespace) -> int:
    """Write the prompt and what follows, piece by piece."""
    from seqnlp.cli.sampling_options import given_sampling
    from seqnlp.errors import SeqnlpError

    sampling = given_sampling(arguments)
    if arguments.length < 0:
        raise SeqnlpError(f"--length: expected 0 or more, found {arguments.length}")
    if arguments.repetition_penalty <= 0:
        raise SeqnlpError(f"--repetition-penalty: expected more than 0, found {arguments.repetition_penalty:g}")
    engine = engine_options(arguments)
    from seqnlp.api import LanguageModel
    from seqnlp.cli.complete import say_unknown
    from seqnlp.decode.sampling import SamplingOptions

    model = LanguageModel(arguments.run, **engine)
    say_unknown(model, arguments.prompt)
    pieces = model.generate(
        arguments.prompt,
        arguments.length,
        SamplingOptions(**sampling),
        repetition_penalty=arguments.repetition_penalty,
        stop=arguments.stop,
    )
    sys.stdout.write(arguments.prompt)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")
    return 0
