"""``seqnlp plot``: pictures of what a model does with a text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

HELP = "draw what a model does with a text, as HTML or PNG"
EXAMPLES = """\
examples:
  seqnlp plot attention RUN --text "Ein Hund läuft." -o attention.html
  seqnlp plot attention RUN --text "Ein Hund läuft." -o attention.png

kinds:
  attention   which source words each word of a translation looked at (subwords merged to words)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("kind", metavar="KIND", help=f"what to draw: {', '.join(KINDS)}")
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument("--text", required=True, help="the text to show it on")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="an .html or .png file")


def run(arguments: argparse.Namespace) -> int:
    """Draw, and say where the picture is."""
    from seqnlp.errors import SeqnlpError, did_you_mean

    if arguments.kind not in KINDS:
        close = did_you_mean(arguments.kind, KINDS)
        raise SeqnlpError(f"expected a kind of plot ({', '.join(KINDS)}), found '{arguments.kind}'{close}")
    if arguments.output.suffix not in (".html", ".png"):
        raise SeqnlpError(f"-o: expected a name that ends in .html or .png, found '{arguments.output}'")
    if not arguments.text.strip():
        raise SeqnlpError("--text: expected some words, found none")
    KINDS[arguments.kind](arguments.run, arguments.text, arguments.output)
    print(f"plot written to {arguments.output}", file=sys.stderr)
    return 0


def attention(run: str, text: str, output: Path) -> None:
    """The attention of the best translation, words against words."""
    from seqnlp.api import Translator
    from seqnlp.cli.translate_output import word_attention
    from seqnlp.errors import SeqnlpError
    from seqnlp.plots.attention import attention_html, attention_png
    from seqnlp.storage import write_atomically
    from seqnlp.text.split_sentences import is_unspaced

    translator = Translator(run)
    (answer,) = translator.translate_lines([text], attention=True)
    best = answer.hypotheses[0]
    if best.attention is None or not best.pieces:
        why = f"it was cut into {answer.parts} parts" if answer.parts > 1 else "the translation is empty"
        raise SeqnlpError(f"--text: there is no attention to draw, {why}; try one sentence")
    by_piece = is_unspaced(translator.source_language), is_unspaced(translator.target_language)
    source_words, target_words, weights = word_attention(answer, best, by_piece)
    if output.suffix == ".html":
        write_atomically(output, attention_html(best.text, source_words, target_words, weights).encode())
    else:
        attention_png(output, best.text, source_words, target_words, weights)


KINDS: dict[str, Callable[[str, str, Path], None]] = {"attention": attention}
"""Each kind of plot: the function that draws it from a run, a text and the name of the file."""
