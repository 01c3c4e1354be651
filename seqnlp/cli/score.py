"""``seqnlp score``: how probable a model finds given translations."""

from __future__ import annotations

import argparse
import math
import sys
from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output import emit
from seqnlp.cli.threads import add_threads, checked_threads
from seqnlp.cli.worker_options import add_workers_argument, choose_workers, pieces
from seqnlp.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.api import Hypothesis, Translator
    from seqnlp.text.parallel import SentencePair

HELP = "log probability of given translations, per line and per subword"
EXAMPLES = """\
examples:
  seqnlp score RUN source.de target.en > scores.tsv
  seqnlp score RUN1 RUN2 source.de.gz target.en.gz --output jsonl        an ensemble
  seqnlp score RUN <(head -5 source.de) <(head -5 target.en)             pipes, read once

tsv: log probability of the line, its number of subwords (the end counts), the subwords, the log probability of each.
Logarithms are natural. The perplexity of all lines comes last, on standard error.
"""

WINDOW = 4096
"""Pairs that are sorted by length and scored together."""
_PIECE = 512
"""They, of several workers."""
_BYTES_A_WORKER = 100_000
"""Of text: a second's work or so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run, or a saved model folder; several: an ensemble")
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="text in the model's source language, plain or gzip"
    )
    parser.add_argument("target", type=Path, metavar="TARGET", help="its translation, line by line")
    parser.add_argument("--output", choices=("tsv", "jsonl"), default="tsv", help="default tsv")
    add_threads(parser)
    add_workers_argument(parser)
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16", "int8"), default="fp32", help="default fp32")


def run(arguments: argparse.Namespace) -> int:
    """Stream the scores."""
    from seqnlp.cli.other_input import said_of_files
    from seqnlp.data.turned_pairs import LOOKED_AT, are_turned
    from seqnlp.text.parallel import read_aligned
    from seqnlp.workers import mapped

    files = arguments.source, arguments.target
    said_of_files(files, "a text")
    first: list[SentencePair] = []
    if all(file.is_file() for file in files):  # what does not fit together is refused before the work begins
        pairs = read_aligned(*files)
        first = list(islice(pairs, LOOKED_AT))
        deque(pairs, maxlen=0)
    threads = {"threads": checked_threads(arguments.threads)}
    workers, engine = choose_workers(arguments.workers, threads, [arguments.source], _BYTES_A_WORKER)
    from seqnlp.api import Translator

    translator = Translator(*arguments.runs, precision=arguments.precision, **engine)
    languages = translator.source_language, translator.target_language
    if are_turned(first, languages):
        said = f"note: {files[0]} looks like {languages[1]}, and {files[1]} like {languages[0]}"
        print(f"{said}: this model translates {languages[0]} to {languages[1]}", file=sys.stderr)
    total = Total()
    size = WINDOW if workers == 1 else _PIECE
    answer = _Answering(translator, arguments.output)
    for written, counted in mapped(
        answer, pieces(read_aligned(*files), size, workers, arguments.source, full=True), workers
    ):
        emit(written)
        for line in counted:
            total.add(*line)
    print(total, file=sys.stderr)
    return 0


@dataclass(frozen=True)
class _Answering:
    """What is written of each pair of a piece; its log probability, its subwords and its bytes."""

    translator: Translator
    output: str

    def __call__(self, pairs: list[SentencePair]) -> tuple[list[str], list[tuple[float, int, int]]]:
        targets = [pair.target for pair in pairs]
        answers = self.translator.score_lines([pair.source for pair in pairs], targets)
        write = write_jsonl if self.output == "jsonl" else write_tsv
        counted = [
            (answer.log_probability, len(answer.token_log_probabilities), len(target.encode("utf-8", "replace")) + 1)
            for answer, target in zip(answers, targets, strict=True)
        ]
        return [write(answer) for answer in answers], counted


def write_tsv(answer: Hypothesis) -> str:
    """One line of four columns."""
    tokens = answer.token_log_probabilities
    each = " ".join(f"{value:.4f}" for value in tokens)
    return f"{answer.log_probability:.4f}\t{len(tokens)}\t{' '.join(answer.pieces)}\t{each}\n"


def write_jsonl(answer: Hypothesis) -> str:
    """One object a line."""
    return json_line(answer.to_dict())


class Total:
    """Sums over all lines, and the two measures made from them."""

    def __init__(self) -> None:
        self.log_probability = 0.0
        self.lines = self.subwords = self.size = 0

    def add(self, log_probability: float, subwords: int, size: int) -> None:
        """Count one line; its end counts as one subword and one byte."""
        self.log_probability += log_probability
        self.lines += 1
        self.subwords += subwords
        self.size += size

    def __str__(self) -> str:
        perplexity = math.exp(min(-self.log_probability / self.subwords, 700))
        bits = -self.log_probability / self.size / math.log(2)
        lines = "1 line" if self.lines == 1 else f"{self.lines:,} lines"
        return (
            f"{lines}, {self.subwords:,} subwords: perplexity {perplexity:.2f} a subword "
            f"(compare it only between models with the same subwords), {bits:.3f} bits a byte"
        )
