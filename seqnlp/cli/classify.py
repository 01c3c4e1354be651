"""``seqnlp classify``: text on standard input, the label of each line on standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.output import emit
from seqnlp.cli.table_input import TEXT_COLUMN, check_text_column
from seqnlp.cli.worker_options import add_errors_argument, add_workers_argument, choose_workers, pieces

if TYPE_CHECKING:
    from seqnlp.api import Classification, Classifier
    from seqnlp.cli.table_input import Row
    from seqnlp.tasks.classification.api import Explaining

HELP = "label lines from standard input, each with its probability"
EXAMPLES = """\
examples:
  echo "A lovely film." | seqnlp classify RUN
  seqnlp classify RUN --output tsv < lines.txt             # label, then the probability of each label
  seqnlp classify RUN --input csv --text-column review < reviews.csv > labelled.csv
  seqnlp classify RUN --output jsonl --explain < lines.txt # what each word adds to the log-odds of the label
  seqnlp classify RUN --coverage 0.95 < lines.txt          # the labels of which one is right, 95 times in a hundred
  seqnlp classify RUN --explain attention < lines.txt      # models with model.pooling=attention
"""

_BYTES_A_WORKER = 200_000
"""Of text: a second's work or so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument(
        "--input",
        choices=("text", "csv", "jsonl"),
        default="text",
        help="text: a text a line; csv, jsonl: rows, whose other fields --output csv and jsonl keep (default text)",
    )
    parser.add_argument(
        "--text-column", default=TEXT_COLUMN, metavar="NAME", help="csv, jsonl: the field to label (default text)"
    )
    parser.add_argument(
        "--output",
        choices=("text", "tsv", "jsonl", "csv"),
        help="text: label and its probability; tsv: label and the probability of each label, names in the first line; "
        "jsonl: one object a line; csv: the rows of --input csv with label and probability (default: as the input)",
    )
    parser.add_argument(
        "--explain",
        nargs="?",
        const="gradients",
        choices=("gradients", "attention"),
        help="also what each word contributes: by integrated gradients, or the weights of the attention",
    )
    parser.add_argument(
        "--coverage",
        type=float,
        metavar="P",
        help="also the set of labels that holds the right one with at least this probability (0.95), as dev has it",
    )
    add_engine_arguments(parser, precision=True)
    add_workers_argument(parser)
    add_errors_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stream the answers."""
    from seqnlp.cli.classify_output import csv_heading, tsv_heading
    from seqnlp.cli.other_input import no_text_to_classify, said_of_first
    from seqnlp.cli.streams import WINDOW, read_text_lines, standard_input
    from seqnlp.cli.table_input import read_rows
    from seqnlp.errors import SeqnlpError
    from seqnlp.workers import mapped

    check_text_column(arguments.input, arguments.text_column, "add --input csv or --input jsonl")
    workers, engine = choose_workers(arguments.workers, engine_options(arguments), [None], _BYTES_A_WORKER)
    output = arguments.output or arguments.input
    if arguments.explain and output in ("tsv", "csv"):
        remedy = "leave --output tsv out" if output == "tsv" else "add --output jsonl"
        raise SeqnlpError(f"--explain is written by --output text and jsonl; {remedy}")
    if output == "csv" and arguments.input != "csv":
        raise SeqnlpError("--output csv adds to the rows of --input csv; expected --output text, tsv or jsonl")
    from seqnlp.api import Classifier

    classifier = Classifier(arguments.run, **engine)
    lines = read_text_lines(standard_input("classify"), arguments.errors, of_csv=arguments.input == "csv")
    if arguments.input == "text":
        lines = said_of_first(lines, lambda line: no_text_to_classify(line, classifier.labels))
    columns, rows = read_rows(lines, arguments.input, arguments.text_column, "standard input")
    sets = arguments.coverage is not None
    classifier.classify_texts([], coverage=arguments.coverage)  # refuses a wrong one before any text is read
    if output == "tsv":
        emit([tsv_heading(classifier.labels, sets)])
    if output == "csv" and columns:
        emit([csv_heading(columns, sets)])
    long = LongTexts()
    answer = _Answering(classifier, output, arguments.explain or "", arguments.coverage)
    size = WINDOW if workers == 1 else WINDOW // 2  # small pieces, so that all workers end at about one time
    for written, counted in mapped(answer, pieces(rows, size, workers), workers):
        emit(written)
        long += counted
    long.report(classifier)
    return 0


@dataclass(frozen=True)
class _Answering:
    """What is written of each text of a piece, and how many were long."""

    classifier: Classifier
    output: str
    explain: Explaining
    coverage: float | None

    def __call__(self, rows: list[Row]) -> tuple[list[str], LongTexts]:
        from seqnlp.cli.classify_output import write_csv, write_jsonl, write_text, write_tsv

        texts = [row.text for row in rows]
        answers = self.classifier.classify_texts(texts, explain=self.explain, coverage=self.coverage)
        pairs = zip(answers, rows, strict=True)
        if self.output == "csv":
            written = [write_csv(answer, row.fields, self.classifier.multi_label) for answer, row in pairs]
        elif self.output == "tsv":
            written = [write_tsv(answer, self.classifier.multi_label) for answer in answers]
        elif self.output == "jsonl":
            written = [write_jsonl(answer, row.others) for answer, row in pairs]
        else:
            written = [write_text(answer) for answer in answers]
        return written, LongTexts.among(answers, self.classifier.longest)


@dataclass
class LongTexts:
    """How many texts were longer than what the model reads at once, and how many of their words were not read."""

    lines: int = 0
    unread: int = 0

    @classmethod
    def among(cls, answers: Sequence[Classification], longest: int) -> LongTexts:
        """Those of some answers."""
        return cls(
            sum(answer.words > longest for answer in answers), sum(answer.words - answer.read for answer in answers)
        )

    def __iadd__(self, other: LongTexts) -> LongTexts:
        self.lines += other.lines
        self.unread += other.unread
        return self

    def report(self, classifier: Classifier) -> None:
        """Tell it on standard error, if there were any."""
        if not self.lines:
            return
        lines = "1 line has" if self.lines == 1 else f"{self.lines:,} lines have"
        done = f"{self.unread:,} words beyond were not read" if self.unread else "read in windows, nothing left out"
        print(f"{lines} more than {classifier.longest:,} words (model.long={classifier.long}): {done}", file=sys.stderr)
