"""``seqnlp tag``: text on standard input, one answer per line (or block) on standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.table_input import TEXT_COLUMN, check_text_column
from seqnlp.cli.worker_options import add_errors_argument, add_workers_argument, choose_workers, pieces

if TYPE_CHECKING:
    from seqnlp.api import Tagger
    from seqnlp.cli.table_input import Row

HELP = "tag text from standard input, one answer per line"
EXAMPLES = """\
examples:
  echo "Angela lives in Oslo." | seqnlp tag RUN
  seqnlp tag RUN --output inline < lines.txt
  seqnlp tag RUN --input conll --output conll < words.conll > tagged.conll
  seqnlp tag RUN --min-probability 0.9 --threads 1 < lines.txt > answers.jsonl
  seqnlp tag RUN --input csv --text-column body < mails.csv > answers.jsonl
  seqnlp tag RUN --output label-studio < lines.txt > tasks.json
  seqnlp tag RUN --nbest 3 --output jsonl < lines.txt
  seqnlp tag RUN --review 0.95 --output jsonl < lines.txt  # marks what to look at to see 95 % of the mistakes
  zcat lines.txt.gz | seqnlp tag RUN --workers 4 > answers.jsonl
"""

_ANSWERS_AT_ONCE = 8192
"""Of --nbest, to the lines that are read ahead."""
_BYTES_A_WORKER = 200_000
"""Of text: a second's work or so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument(
        "--input",
        choices=("text", "tokens", "conll", "conllu", "csv", "jsonl"),
        default="text",
        help="text: raw lines; tokens: lines of words split by spaces; conll: one word a line, read as "
        "the training data were, a blank line after each sentence; conllu: CoNLL-U; csv, jsonl: rows, whose other "
        "fields are kept by --output jsonl, doccano and label-studio (default text)",
    )
    parser.add_argument(
        "--text-column", default=TEXT_COLUMN, metavar="NAME", help="csv, jsonl: the field to tag (default text)"
    )
    parser.add_argument(
        "--output",
        choices=("jsonl", "conll", "inline", "pretty", "doccano", "label-studio"),
        help="default: pretty on a terminal, conll for conll input, else jsonl; doccano, label-studio: to import as "
        "pre-annotations (tags named label and text), with scores",
    )
    parser.add_argument("--nbest", type=int, default=0, metavar="K", help="jsonl: also the K most probable answers")
    parser.add_argument(
        "--min-probability", type=float, default=0.0, metavar="P", help="leave out entities less probable than P"
    )
    parser.add_argument(
        "--review",
        type=float,
        metavar="P",
        help="jsonl: mark entities, and texts, that a person must look at to see at least this share (0.95) of the "
        "wrong ones, and of texts with any mistake, as dev has it",
    )
    add_engine_arguments(parser, precision=True)
    add_workers_argument(parser)
    add_errors_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stream the answers."""
    from seqnlp.cli.other_input import no_text_to_tag, said_of_first
    from seqnlp.cli.streams import WINDOW, read_text_lines, standard_input
    from seqnlp.cli.tag_output import FRAMES, choose_output
    from seqnlp.errors import SeqnlpError
    from seqnlp.workers import mapped

    output = choose_output(arguments.output, arguments.input, sys.stdout.isatty())
    _check(arguments, output)
    workers, engine = choose_workers(arguments.workers, engine_options(arguments), [None], _BYTES_A_WORKER)
    from seqnlp.api import Tagger

    tagger = Tagger(arguments.run, **engine)
    if arguments.min_probability and tagger.plain_tags:
        raise SeqnlpError("--min-probability leaves out entities; this model gives every word a tag")
    options = {"nbest": arguments.nbest, "min_probability": arguments.min_probability, "review": arguments.review}
    tagger.tag_texts([], **options)  # refuses wrong ones before any text is read
    written = _Written(*FRAMES.get(output, ("", "", "")))
    size = min(WINDOW, max(1, _ANSWERS_AT_ONCE // max(1, arguments.nbest)))
    lines = read_text_lines(standard_input(), arguments.errors, of_csv=arguments.input == "csv")
    if arguments.input == "text":
        lines = said_of_first(lines, lambda line: no_text_to_tag(line, tagger.labels))
    reads, items = _items(lines, arguments, output, tagger.columns)
    answer = _Answering(tagger, reads, output, options)
    for answers in mapped(answer, pieces(items, size, workers), workers):
        written.add(answers)
    written.end()
    return 0


def _check(arguments: argparse.Namespace, output: str) -> None:
    """What can be refused before the model is loaded."""
    from seqnlp.errors import SeqnlpError

    check_text_column(arguments.input, arguments.text_column, "add --input csv or --input jsonl")
    if arguments.nbest < 0:
        raise SeqnlpError(f"--nbest: expected 0 or more, found {arguments.nbest}")
    if arguments.nbest and output != "jsonl":
        raise SeqnlpError("--nbest is written by --output jsonl only; add --output jsonl")
    if not 0 <= arguments.min_probability <= 1:
        raise SeqnlpError(f"--min-probability: expected a number from 0 to 1, found {arguments.min_probability}")
    if arguments.review is not None and output != "jsonl":
        raise SeqnlpError("--review is written by --output jsonl only; add --output jsonl")


def _items(
    lines: Iterator[str], arguments: argparse.Namespace, output: str, columns: Mapping[str, Any]
) -> tuple[str, Iterator[Any]]:
    """What the lines of the input hold (``texts``, ``words``, ``rows`` or ``kept rows``), one after the other."""
    from seqnlp.cli.table_input import FORMS, read_rows
    from seqnlp.cli.tag_output import KEEPING
    from seqnlp.text.conll import split_words
    from seqnlp.text.formats.token_csv import has_a_word_a_row

    if arguments.input in ("conll", "conllu"):
        return "words", _blocks(lines, arguments.input, columns)
    if arguments.input == "tokens":
        return "words", map(split_words, lines)
    if arguments.input in FORMS:
        of_words = "; `seqnlp batch` reads such lists"
        names, rows = read_rows(lines, arguments.input, arguments.text_column, "standard input", of_words)
        if has_a_word_a_row(names, arguments.text_column):
            problem = f"each '{arguments.text_column}' is tagged as a text of its own, not with its sentence"
            remedy = "write a word a line and a blank line after each sentence, and add --input conll"
            print(f"note: {problem}; {remedy}", file=sys.stderr)
        return "kept rows" if output in KEEPING else "rows", _texts_of(rows) if arguments.input == "csv" else rows
    return "texts", lines


def _texts_of(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, none of which may hold a list of words where the text should be."""
    from seqnlp.errors import DataError
    from seqnlp.text.jsonl import shown
    from seqnlp.text.written_lists import written_words

    for number, row in enumerate(rows, 1):
        if written_words(row.text):
            found = f"found a list of words in row {number}, {shown(row.text)}"
            raise DataError(
                f"expected text in '{row.column}', {found}; `seqnlp batch` reads such lists", "standard input"
            )
        yield row


@dataclass(frozen=True)
class _Answering:
    """What is written of each item of a piece."""

    tagger: Tagger
    reads: str
    output: str
    options: Mapping[str, Any]

    def __call__(self, items: list[Any]) -> list[str]:
        from seqnlp.cli.tag_output import KEEPING, WRITERS

        tagger = self.tagger
        if self.reads == "words":
            answers = tagger.tag_words(items, **self.options)
        elif self.reads == "texts":
            answers = tagger.tag_texts(items, **self.options)
        else:
            answers = tagger.tag_texts([row.text for row in items], **self.options)
            if self.reads == "kept rows":
                keep = KEEPING[self.output]
                return [keep(answer, tagger, row.others) for answer, row in zip(answers, items, strict=True)]
        return [WRITERS[self.output](answer, tagger) for answer in answers]


def _blocks(lines: Iterable[str], form: str, columns: Mapping[str, Any]) -> Iterator[list[str]]:
    """The words of each block, read as training reads the run's own files."""
    from seqnlp.text.conll import read_conll_words
    from seqnlp.text.conllu import read_conllu_words

    if form == "conllu" or columns.get("format") == "conllu":
        return read_conllu_words(lines, "standard input")
    token, tag, comment = columns.get("token", 0), columns.get("tag", -1), columns.get("comment", "auto")
    return read_conll_words(lines, int(token), "standard input", int(tag), str(comment))


class _Written:
    """Standard output: pieces with what stands before the first, between them and after the last."""

    def __init__(self, before: str, between: str, after: str) -> None:
        self._next, self._between, self._after = before, between, after

    def add(self, pieces: Iterable[str]) -> None:
        """Write some pieces at once."""
        for piece in pieces:
            sys.stdout.write(self._next + piece)
            self._next = self._between
        sys.stdout.flush()

    def end(self) -> None:
        """Write what closes the whole, or all of it if there were no pieces."""
        sys.stdout.write((self._next if self._next != self._between else "") + self._after)
        sys.stdout.flush()
