"""``seqnlp push``: a model to the Hugging Face Hub."""

from __future__ import annotations

import argparse

from seqnlp.cli.output import say

HELP = "put a model on the Hugging Face Hub, with a card that says what was measured"
EXAMPLES = """\
examples:
  seqnlp push RUN ada/tagger --license mit --language en --dataset conll2003
  seqnlp push RUN ada/tagger@better --private
  seqnlp tag ada/tagger < lines.txt              every command takes OWNER/NAME[@REVISION] for RUN

`hf auth login` or the variable HF_TOKEN says who you are; HF_ENDPOINT names another hub.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument("name", metavar="OWNER/NAME", help="of the Hub; OWNER/NAME@BRANCH for a branch")
    parser.add_argument("--license", default="", metavar="ID", help="of the model: mit, cc-by-4.0, ... (default: none)")
    parser.add_argument("--dataset", action="append", default=[], metavar="NAME", help="of the Hub; may be repeated")
    parser.add_argument("--language", action="append", default=[], metavar="CODE", help="as en; may be repeated")
    parser.add_argument("--private", action="store_true", help="if the model is new there: only you can read it")
    parser.add_argument("--message", default="", metavar="TEXT", help="of the revision")
    parser.add_argument("--card", action="store_true", help="print the card; push nothing")


def run(arguments: argparse.Namespace) -> int:
    """Push, or print what would be the card."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.tasks.hub_card import Given, hub_card

    if arguments.card and (arguments.private or arguments.message):
        raise SeqnlpError("--private and --message are for what is pushed, and --card pushes nothing; leave them out")
    given = Given(arguments.license, tuple(arguments.dataset), tuple(arguments.language))
    if arguments.card:
        from seqnlp.bundle import load_bundle
        from seqnlp.tasks.push import place_of

        repository, _ = place_of(arguments.name)
        print(hub_card(load_bundle(arguments.run), repository, given), end="")
        return 0
    if not arguments.license:
        say("the card states no license, so nobody may use the model; --license mit, for example, does")
    from seqnlp.tasks.push import push_model

    print(push_model(arguments.run, arguments.name, given, private=arguments.private, message=arguments.message))
    return 0
