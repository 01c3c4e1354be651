"""``seqnlp teach``: a large pretrained encoder as the teacher of a small classifier or tagger."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from seqnlp.cli.output import say
from seqnlp.cli.output_file import check_output_file
from seqnlp.cli.threads import add_threads, use_threads
from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from seqnlp.config.classification import ClassificationConfig
    from seqnlp.config.tagging import TaggingConfig

HELP = "fine-tune a pretrained encoder on a classifier's texts or a tagger's sentences, and write what it says of them"
EXAMPLES = """\
examples:
  seqnlp teach all-MiniLM-L6-v2/ recipe=classification/sst2 --epochs 1 -o answers.jsonl
  seqnlp train recipe=classification/sst2 teacher.answers=answers.jsonl
  seqnlp teach all-MiniLM-L6-v2/ recipe=classification/sentence_polarity --parts 4 -o answers.jsonl
  seqnlp teach all-MiniLM-L6-v2/ recipe=tagging/wnut17_pieces --epochs 5 --texts web.txt -o answers.jsonl.gz
  seqnlp teach all-MiniLM-L6-v2/ task=classification data.train=reviews.tsv data.dev=10% --texts more.txt -o all.jsonl

The encoder is a folder with tokenizer.json, config.json and model.safetensors (BERT, RoBERTa and their kin). It learns
the labelled texts or tagged sentences of a recipe or of settings, as for `seqnlp train`, and is scored on dev. Written
are its probabilities for each text or word of train, for each line of --texts, which needs no labels, and for --parts
of texts: what a small model learns beside its labels (`teacher.answers`). The encoder's folder stays as it is, and the
small model does not need it.
"""
MOST_PARTS = 100
MAX_VALUES = {"epochs": 1000, "batch": 4096, "longest": 65536}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("encoder", type=Path, metavar="ENCODER", help="the folder of a pretrained encoder")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="recipe=NAME or settings, as for train")
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ (and groups) of your own")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the answers go (.jsonl, .jsonl.gz)")
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="FILE",
        help="texts (tagging: sentences) without labels, one a line, to be answered",
    )
    parser.add_argument(
        "--parts",
        type=int,
        default=0,
        metavar="N",
        help="classification: N runs of words out of each text, to be answered as well",
    )
    how = parser.add_argument_group("fine-tuning")
    how.add_argument("--epochs", type=int, default=3, metavar="N", help="passes over the examples (default 3)")
    how.add_argument(
        "--examples",
        type=int,
        default=0,
        metavar="N",
        help="at most N training texts or sentences, drawn at random (default: all)",
    )
    how.add_argument("--learning-rate", type=float, default=5e-5, metavar="X", help="the highest (default 5e-5)")
    how.add_argument("--batch", type=int, default=32, metavar="N", help="texts or sentences a step (default 32)")
    how.add_argument(
        "--longest",
        type=int,
        default=128,
        metavar="N",
        help="word pieces that are read at once (default 128): the beginning of a text, parts of a sentence",
    )
    add_threads(how)


def run(arguments: argparse.Namespace) -> int:
    """Fine-tune, score, answer and write."""
    _check(arguments)
    from seqnlp.compose import compose_config, task_of
    from seqnlp.tasks.classification import teaching as of_classifiers
    from seqnlp.tasks.fine_tuning import FineTuning
    from seqnlp.tasks.tagging import teaching as of_taggers
    from seqnlp.tasks.teachers import lines_with_text

    task = task_of(arguments.overrides, arguments.config_dir)
    if task not in ("classification", "tagging"):
        raise SeqnlpError(f"expected a recipe or settings of task=classification or task=tagging, found task={task}")
    if task == "tagging" and arguments.parts:
        raise SeqnlpError("--parts: only for classifiers; a tagger's words are all answered")
    config = compose_config(arguments.overrides, arguments.config_dir)
    use_threads(arguments.threads)
    lines = lines_with_text(arguments.texts, "--texts") if arguments.texts else []
    how = FineTuning(arguments.epochs, arguments.examples, arguments.learning_rate, arguments.batch, arguments.longest)
    if task == "tagging":
        config = cast("TaggingConfig", config)
        count, rows = of_taggers.taught_rows(config, arguments.encoder, how, lines, say)
    else:
        config = cast("ClassificationConfig", config)
        count, rows = of_classifiers.taught_rows(config, arguments.encoder, how, lines, say, arguments.parts)
    _write(arguments.output, rows)
    say(f"{count:,} answers: {arguments.output}")
    say(f"next: {shlex.join(['seqnlp', 'train', *arguments.overrides, f'teacher.answers={arguments.output}'])}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.encoder.is_dir():
        raise SeqnlpError(f"expected the folder of a pretrained encoder, then settings; found '{arguments.encoder}'")
    if not arguments.overrides:
        raise SeqnlpError("expected what is to be learnt: recipe=NAME, or task=classification data.train=...")
    for name, most in MAX_VALUES.items():
        if not 1 <= getattr(arguments, name) <= most:
            raise SeqnlpError(f"--{name}: expected 1 to {most:,}, found {getattr(arguments, name)}")
    if arguments.examples < 0:
        raise SeqnlpError(f"--examples: expected 0 (all) or more, found {arguments.examples}")
    if not 0 <= arguments.parts <= MOST_PARTS:
        raise SeqnlpError(f"--parts: expected 0 to {MOST_PARTS}, found {arguments.parts}")
    if not 0 < arguments.learning_rate < 1:
        raise SeqnlpError(f"--learning-rate: expected a number between 0 and 1, found {arguments.learning_rate}")
    if arguments.output is None:
        raise SeqnlpError("expected -o FILE, where the answers go")
    check_output_file(arguments.output)


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Lines as ``teacher.answers`` reads them."""
    from seqnlp.json_text import json_line
    from seqnlp.storage import write_atomically

    write_atomically(path, "".join(map(json_line, rows)).encode())
