"""Input that is read as lines of text and looks like something else, such as rows of JSON, is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

_AS_ROWS = "{0}: add --input {1}, and --text-column"
_AS_TEXT = "note: each line is read as text as it is, and the first one looks like"
_CONLLU_LINE = re.compile(r"1(-2)?\t([^\t]*\t){8}[^\t]*|# (sent_id|newdoc|newpar|text) ?=?.*")


def said_of_first(lines: Iterable[str], look: Callable[[str], str]) -> Iterator[str]:
    """The same lines; what ``look`` makes of the first is printed on standard error, if anything."""
    looked_at = False
    for line in lines:
        if not looked_at and (found := look(line)):
            print(f"{_AS_TEXT} {found}", file=sys.stderr)
        looked_at = True
        yield line


def said_of_files(paths: Iterable[Path], noun: str) -> None:
    """Print on standard error what files look like of which not every line is what is read; pipes are not looked at.

    Args:
        noun: what each line is read as.

    Raises:
        DataError: a file cannot be read.
    """
    from seqnlp.text.other_files import other_kind

    for path in paths:
        if path.is_file() and (kind := other_kind(path)):
            print(
                f"note: each line of {path} is read as {noun} as it is, and the file looks like {kind}", file=sys.stderr
            )


def no_text_to_translate(line: str) -> str:
    """What a line is that a translator would read as a text, and what to do; empty: it may well be a text."""
    from seqnlp.errors import DataError
    from seqnlp.text.csv_rows import csv_rows
    from seqnlp.text.formats.token_csv import delimiter_of_heading
    from seqnlp.text.headings import names_columns
    from seqnlp.text.other_files import kind_of_lines

    remedy = "`seqnlp batch RUN IN OUT --text-column NAME` translates a column"
    if kind := kind_of_lines([line]):
        return f"{kind}: {remedy}" if kind.startswith("JSON") else kind
    if "\t" in line:
        return "columns with tabs between them: `cut -f1` leaves the first one"
    delimiter = delimiter_of_heading(line)  # a comma or a semicolon
    if delimiter not in line or f"{delimiter} " in line:
        return ""
    try:
        [(_, names)] = csv_rows([line], "", delimiter)
    except (DataError, ValueError):
        return ""
    return f"the names of columns: {remedy}" if names_columns(names) else ""


def no_text_to_classify(line: str, labels: Collection[str]) -> str:
    """What a line is that a classifier would read as a text, and what to do; empty: it may well be a text.

    Args:
        labels: of the classifier.
    """
    if found := kind_of_row(line):
        return _AS_ROWS.format(*found)
    label, tab, _ = line.partition("\t")
    if tab and label in labels:
        remedy = "`cut -f2-` leaves labels out, `seqnlp evaluate RUN --data FILE` scores them"
        return f"the label '{label}' before its text: {remedy}"
    return ""


def no_text_to_tag(line: str, labels: Collection[str]) -> str:
    """What a line is that a tagger would read as a text, and what to do; empty: it may well be a text.

    Args:
        labels: of the tagger: types of entities, or plain tags.
    """
    if found := kind_of_row(line):
        return _AS_ROWS.format(*found)
    if _CONLLU_LINE.fullmatch(line):
        return "CoNLL-U: add --input conllu"
    columns = line.split("\t") if "\t" in line else line.split(" ")
    tag = columns[-1]
    is_tag = (tag[1:2] == "-" and tag[2:] in labels) or ("\t" in line and (tag == "O" or tag in labels))
    if line.startswith("-DOCSTART-") or (len(columns) > 1 and " " not in columns[0] and is_tag):
        return "a word and its tag: add --input conll"
    return ""


def kind_of_row(line: str) -> tuple[str, str] | None:
    """What a row of JSON or the heading of a table is called, and the form of its file; None: it is neither."""
    from seqnlp.errors import DataError
    from seqnlp.text.csv_rows import csv_rows
    from seqnlp.text.formats.token_csv import delimiter_of_heading
    from seqnlp.text.headings import known_columns
    from seqnlp.text.jsonl import parsed_row

    try:
        if line.startswith("{") and parsed_row(line):
            return "JSON", "jsonl"
        rows = list(csv_rows([line], "", delimiter_of_heading(line)))
    except DataError:
        return None
    return ("the names of columns", "csv") if rows and all(known_columns(rows[0][1])) else None
