"""``seqnlp vectors``: word vectors for ``model.vectors``: made, put side by side, looked at."""

from __future__ import annotations

import argparse
from pathlib import Path

from seqnlp.cli.action_options import refuse_unread

HELP = "word vectors: distil them from an encoder, train them on text, fit pieces, join files, look at one"
EXAMPLES = """\
examples:
  seqnlp vectors train corpus.txt -o own.txt.gz                        # skip-gram on running text
  seqnlp vectors distil all-MiniLM-L6-v2/ --words glove.txt.gz -o minilm.txt.gz
  seqnlp vectors distil all-MiniLM-L6-v2/ --text train.tsv corpus.txt -o minilm.txt.gz
  seqnlp vectors distil all-MiniLM-L6-v2/ --words glove.txt.gz --text train.tsv -o minilm.txt.gz   # words of both
  seqnlp vectors join glove.txt.gz minilm.txt.gz -o both.txt.gz        # side by side; then model.vectors=both.txt.gz
  seqnlp vectors pieces minilm.txt.gz --pieces all-MiniLM-L6-v2/ -o pieces.txt.gz     # then model.piece_vectors
  seqnlp vectors show both.txt.gz --near berlin --near soup            # size and neighbours
  seqnlp vectors show both.txt.gz --coverage tagging/wnut17            # of a recipe, run or file
  seqnlp vectors show both.txt.gz --pieces pieces.txt.gz --coverage tagging/wnut17    # also of composed words
  seqnlp vectors show glove.txt.gz minilm.txt.gz --near berlin         # side by side, as model.vectors="A + B"

distil: each word is read alone by the encoder, a folder with tokenizer.json and model.safetensors (BERT, RoBERTa and
their kin) or model.onnx; the mean of the last layer over its pieces becomes its vector, in --width principal components
and scaled. A word of these vectors then costs a look-up; the encoder is not needed any more.

pieces: vectors of word pieces, such that the mean over a word's pieces is the word's vector as nearly as it can be
(ridge least squares). A word that no list has then gets a vector as well; how good it is, is told of words held out.
"""
ACTIONS = ("distil", "join", "pieces", "show", "train")
_READERS = {
    "words": ("distil",),
    "text": ("distil",),
    "width": ("distil", "train"),
    "scale": ("distil",),
    "most": ("distil",),
    "min_count": ("distil", "train"),
    "splitter": ("distil", "train", "show"),
    "keep_case": ("distil", "train"),
    "window": ("train",),
    "epochs": ("train",),
    "seed": ("train",),
    "threads": ("train",),
    "pieces": ("pieces", "show"),
    "columns": ("pieces",),
    "keep": ("join",),
    "near": ("show",),
    "coverage": ("show",),
    "data_dir": ("show",),
    "config_dir": ("show",),
    "json": ("show",),
    "output": ("distil", "join", "pieces", "train"),
}
"""The actions that read an option."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("action", metavar="|".join(ACTIONS), help="what to do")
    parser.add_argument(
        "names", nargs="+", metavar="NAME", help="the encoder's folder, vector files, or train's text files"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the vectors go (.gz: packed)")
    words = parser.add_argument_group("distil, train")
    words.add_argument("--words", type=Path, metavar="FILE", help="distil: the words, one a line; or those of vectors")
    words.add_argument(
        "--text", nargs="+", type=Path, metavar="FILE", help="distil: the words of texts, after those of --words"
    )
    words.add_argument("--width", type=int, default=100, metavar="N", help="dimensions of a vector (default 100)")
    words.add_argument(
        "--scale", type=float, default=0.4, metavar="X", help="distil: standard deviation of the numbers (default 0.4)"
    )
    words.add_argument(
        "--most",
        type=int,
        default=300_000,
        metavar="N",
        help="distil: most words of a list, and of texts (default 300,000)",
    )
    words.add_argument("--min-count", type=int, metavar="N", help="occurrences a word needs (default 1; train: 5)")
    words.add_argument(
        "--splitter", default="words", metavar="KIND", help="also show --coverage: how texts are cut (default words)"
    )
    words.add_argument("--keep-case", action="store_true", help="do not lower-case the words of texts")
    words.add_argument("--window", type=int, default=5, metavar="N", help="train: words to each side (default 5)")
    words.add_argument("--epochs", type=int, default=5, metavar="N", help="train: passes over the text (default 5)")
    words.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="train: seed of what is drawn (default 1)",
    )
    words.add_argument(
        "--threads",
        type=int,
        default=0,
        metavar="N",
        help="train: default 1; more is not repeatable",
    )
    pieces = parser.add_argument_group("pieces, show")
    pieces.add_argument(
        "--pieces",
        type=Path,
        metavar="NAME",
        help="pieces: an encoder's folder (tokenizer.json, vocab.txt), or a file of a piece a line, those that go on "
        "with ##; show: vectors of pieces, for the words without one",
    )
    pieces.add_argument(
        "--columns",
        metavar="A-B",
        help="pieces: which numbers of the vectors, from 1 (default all): 51-150 of a joined file",
    )
    parser.add_argument(
        "--keep",
        choices=("first", "shared", "all"),
        default="first",
        help="join: the words of the first file, those of every file, or those of any (default first)",
    )
    show = parser.add_argument_group("show")
    show.add_argument("--near", action="append", default=[], metavar="WORD", help="its ten nearest words")
    show.add_argument("--coverage", metavar="NAME", help="how many words of a recipe, run or file have a vector")
    show.add_argument("--data-dir", metavar="DIR", help="where its data are, if not where the recipe or run says")
    show.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ of your own")
    show.add_argument("--json", action="store_true", help="print JSON instead of tables")


def run(arguments: argparse.Namespace) -> int:
    """Hand over to the action."""
    from seqnlp.errors import SeqnlpError, did_you_mean

    if arguments.action not in ACTIONS:
        close = did_you_mean(arguments.action, ACTIONS)
        raise SeqnlpError(f"expected `seqnlp vectors {'|'.join(ACTIONS)} ...`, found '{arguments.action}'{close}")
    refuse_unread(arguments, "vectors", arguments.action, _READERS, add_arguments)
    if arguments.action == "show":
        from seqnlp.cli.vectors_show import show_vectors

        return show_vectors(arguments)
    from seqnlp.cli.vectors_make import make_vectors

    return make_vectors(arguments)
