"""``seqnlp complete``: the most probable next words of a text, once or while somebody types."""

from __future__ import annotations

import argparse
import re
import sys
import time
from typing import TYPE_CHECKING

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.visible import visible
from seqnlp.json_text import json_text

if TYPE_CHECKING:
    from seqnlp.api import Completion, LanguageModel

HELP = "predict the next word of a text, with probabilities"
EXAMPLES = """\
examples:
  seqnlp complete RUN "I grew up in Paris. I learned to speak fluent" --top 5
  seqnlp complete RUN "I learned to speak flu" --typing          # finish the word that is begun
  seqnlp complete RUN --interactive                              # after every key; Tab takes the first, Ctrl-D ends
  seqnlp complete RUN "I grew up" --output jsonl

Words are whole words, whatever the model reads: ways to spell one in subwords or characters are added up. A probability
is that of the word to follow the text; what is missing to 1 are other words and the end of the line. With --typing it
is that among the words that begin as typed.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument("text", metavar="TEXT", nargs="?", help="the text so far; empty: its first word is predicted")
    parser.add_argument("--top", type=int, default=5, metavar="N", help="how many words (default 5)")
    parser.add_argument("--typing", action="store_true", help="the last word is still being typed: complete it")
    parser.add_argument("--interactive", action="store_true", help="complete after every key that is typed")
    parser.add_argument("--output", choices=("text", "jsonl"), default="text", help="default text")
    add_engine_arguments(parser, threads=1, precision=True)


def run(arguments: argparse.Namespace) -> int:
    """Complete, or let somebody type."""
    from seqnlp.errors import SeqnlpError

    if arguments.top < 1:
        raise SeqnlpError(f"--top: expected 1 or more, found {arguments.top}")
    if (arguments.text is None) != arguments.interactive:
        raise SeqnlpError('expected a text, as in `seqnlp complete RUN "I grew up"`, or --interactive without one')
    engine = engine_options(arguments)
    from seqnlp.api import LanguageModel

    model = LanguageModel(arguments.run, **engine)
    if arguments.interactive:
        from seqnlp.cli.complete_typing import complete_while_typing

        complete_while_typing(model, arguments.top)
        return 0
    _complete(model, arguments)
    return 0


def _complete(model: LanguageModel, arguments: argparse.Namespace) -> None:
    from seqnlp.text.language_tokens import plain_line

    under_way = re.search(r"\S*$", arguments.text) if arguments.typing else None  # is no word yet
    say_unknown(model, arguments.text[: under_way.start()] if under_way else arguments.text)
    begun = time.perf_counter()
    typed = model.start(arguments.text)
    typed = typed if arguments.typing else typed.finish()
    read = time.perf_counter()
    words = typed.complete(arguments.top)
    done = time.perf_counter()
    if arguments.output == "jsonl":
        print(json_text({"text": arguments.text, "completions": [one.to_dict() for one in words]}))
    else:
        print(format_words(words))
    if not words:
        print("no word of the model begins like this", file=sys.stderr)
    elif not arguments.typing and model.unknown_words(plain_line(arguments.text).rpartition(" ")[2]):
        print("is the last word still being typed? --typing completes it", file=sys.stderr)
    print(f"{1000 * (done - read):.1f} ms; reading the text {1000 * (read - begun):.1f} ms", file=sys.stderr)


def say_unknown(model: LanguageModel, text: str) -> None:
    """Tell which words of a prompt the model cannot know."""
    unknown = model.unknown_words(text)
    if unknown:
        some = ", ".join(unknown[:10]) + (", ..." if len(unknown) > 10 else "")
        print(f"not in the model's vocabulary, so read without their meaning: {visible(some)}", file=sys.stderr)


def format_words(words: list[Completion]) -> str:
    """One word a line after its probability."""
    return "\n".join(f"{one.probability:7.4f}  {visible(one.word)}" for one in words)
