"""``seqnlp suggest``: which texts to annotate next."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.table_input import TEXT_COLUMN, check_text_column

if TYPE_CHECKING:
    from seqnlp.api import Classifier, Tagger
    from seqnlp.cli.table_input import Row

HELP = "pick the texts that a tagger or classifier learns most from, to annotate them next"
EXAMPLES = """\
examples:
  seqnlp suggest RUN texts.txt --number 50 > next.jsonl
  seqnlp suggest RUN texts.jsonl --by margin --output doccano > next.jsonl
  seqnlp suggest RUN mails.csv --text-column body --output label-studio > tasks.json
  seqnlp suggest RUN texts.txt --by random --number 50      # what to compare with

--by entropy: of all answers to the whole text; margin: how far the best answer is ahead of the second;
mean-probability: of the likeliest tag, over the words. Short, middle and long texts are chosen alike, and texts that
share most of their words only if nothing else is left. The answers of the model stand beside the texts.
"""
_FORMS = {"jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "tsv": "csv"}
"""Endings of files of rows, and how these are read."""

MEASURES = ("entropy", "margin", "mean-probability")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run of a tagger or classifier, or its saved model folder")
    rows = "one text a line; .jsonl, .csv, .tsv: rows with a text field"
    parser.add_argument("file", type=Path, metavar="FILE", help=rows)
    parser.add_argument("--by", choices=(*MEASURES, "random"), default="entropy", help="default entropy")
    parser.add_argument("--number", type=int, default=50, metavar="N", help="how many to pick (default 50)")
    parser.add_argument("--output", choices=("jsonl", "doccano", "label-studio"), default="jsonl", help="default jsonl")
    parser.add_argument("--text-column", default=TEXT_COLUMN, metavar="NAME", help="of rows: the text (default text)")
    parser.add_argument("--seed", type=int, metavar="N", help="of --by random (default 1)")


def run(arguments: argparse.Namespace) -> int:
    """Read all texts, choose, and write the chosen ones with the model's answers."""
    from seqnlp import load
    from seqnlp.api import Classifier, Tagger
    from seqnlp.cli.other_input import said_of_first
    from seqnlp.cli.streams import read_file_lines
    from seqnlp.cli.table_input import read_rows
    from seqnlp.errors import SeqnlpError
    from seqnlp.studies.suggestion import suggest

    if arguments.number < 1:
        raise SeqnlpError(f"--number: expected 1 or more, found {arguments.number}")
    if arguments.seed is not None and arguments.by != "random":
        raise SeqnlpError("--seed means something only with --by random; add --by random")
    model = load(arguments.run)
    if not isinstance(model, Tagger | Classifier):
        raise SeqnlpError(f"{arguments.run}: expected a tagger or classifier, found a {type(model).__name__.lower()}")
    if arguments.output != "jsonl" and not isinstance(model, Tagger):
        raise SeqnlpError(f"--output {arguments.output} is for taggers; a classifier's texts are written as jsonl")
    form, lines = _form(arguments.file), read_file_lines(arguments.file, "strict")
    check_text_column(form, arguments.text_column, f"name a .csv or .jsonl file instead of {arguments.file}")
    if not form:
        lines = said_of_first(lines, _no_text)
    rows = list(read_rows(lines, form, arguments.text_column, arguments.file)[1])
    texts = [row.text for row in rows]
    if arguments.by == "random":
        import numpy as np

        unsure = np.random.default_rng(1 if arguments.seed is None else arguments.seed).random(len(texts))
        order = [int(place) for place in np.argsort(-unsure)]
        chosen = [place for place in order if texts[place] and not texts[place].isspace()][: arguments.number]
    else:
        unsure = model.uncertainty(texts, arguments.by)
        chosen = suggest(texts, unsure, arguments.number)
    picked = [rows[place] for place in chosen]
    known = {} if arguments.by == "random" else {"uncertainty": [round(float(unsure[place]), 4) for place in chosen]}
    extra = [{name: values[number] for name, values in known.items()} for number in range(len(chosen))]
    sys.stdout.write(_written(model, picked, extra, arguments.output))
    print(f"{len(chosen):,} of {len(texts):,} texts chosen by {arguments.by}", file=sys.stderr)
    return 0


def _form(path: Path) -> str:
    """The form of the rows that a name tells; empty: a text a line.

    Raises:
        DataError: it tells one that is not read.
    """
    from seqnlp.errors import DataError

    ending = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if ending == "json":
        raise DataError("expected a row a line: write it as .jsonl, for example with `jq -c '.[]'`", path)
    return _FORMS.get(ending, "")


def _no_text(line: str) -> str:
    """What the first line of a file of texts is, and what to do; empty: it may well be a text."""
    from seqnlp.cli.other_input import kind_of_row

    found = kind_of_row(line)
    return "{}: let the name of the file end in .{}, and set --text-column".format(*found) if found else ""


def _written(model: Tagger | Classifier, rows: list[Row], extra: list[dict[str, Any]], output: str) -> str:
    """The chosen rows with the model's answers, in a format."""
    from seqnlp.api import Tagger
    from seqnlp.cli.classify_output import write_jsonl
    from seqnlp.cli.tag_output import FRAMES, KEEPING
    from seqnlp.row_fields import beside

    texts = [row.text for row in rows]
    others = [beside(row.others, more) for row, more in zip(rows, extra, strict=True)]
    if isinstance(model, Tagger):
        before, between, after = FRAMES.get(output, ("", "", ""))
        answers = model.tag_texts(texts)
        pieces = [KEEPING[output](answer, model, other) for answer, other in zip(answers, others, strict=True)]
        return before + between.join(pieces) + after
    pairs = zip(model.classify_texts(texts), others, strict=True)
    return "".join(write_jsonl(answer, other) for answer, other in pairs)
