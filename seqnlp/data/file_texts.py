"""The texts of a file of which only its name is known: what ``seqnlp data check`` compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from seqnlp.data.overlap import Text
from seqnlp.errors import DataError
from seqnlp.text.class_folders import class_files, read_class_folders
from seqnlp.text.conll import read_conll
from seqnlp.text.conllu import read_conllu
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.document_format import recognise_documents
from seqnlp.text.documents import Document
from seqnlp.text.fasttext import read_fasttext_documents
from seqnlp.text.files import read_lines
from seqnlp.text.formats.annotated import AnnotatedText
from seqnlp.text.formats.brat import annotated_texts
from seqnlp.text.formats.docbin import is_docbin
from seqnlp.text.formats.json_rows import read_json_rows
from seqnlp.text.formats.readers import ReaderOptions, read_examples
from seqnlp.text.formats.recognise import heads_sentences, named_format, recognise
from seqnlp.text.formats.token_csv import delimiter_of_heading, is_heading
from seqnlp.text.headings import cell, names_columns
from seqnlp.text.jsonl import parsed_row
from seqnlp.text.pair_format import recognise_pairs
from seqnlp.text.parallel import NESTED_FIELD, one_line
from seqnlp.text.tmx import read_tmx_texts
from seqnlp.text.trees import read_trees

_LOOKED_AT = 400
"""Lines of a file that decide what it is."""

_TEXT = "text"
"""The name of a column or field that holds texts for sure."""

_TOOLS = ("label_studio", "spacy", "brat")
"""Formats of labelled text of which a row alone does not show the text."""


def file_texts(path: Path, tell: Callable[[str], None]) -> list[Text]:
    """The texts of a file or folder, whatever task it is for.

    These are the sentences of column files, CoNLL-U and tables of words; the texts of JSON, of annotation tools, of
    fastText, of trees, of TMX (both sides), of a folder per class and of CSV and TSV (the column ``text``, else the
    longest one); else lines.

    Args:
        tell: told which texts are read of a file that has others, too, such as ``the longest column, 'title'``.

    Raises:
        DataError: the file cannot be read, or is a table without a text.
    """
    form = _format(path)
    if form in _TOOLS:
        return _tool_texts(path, form)
    if form == "table of words":
        return _tool_texts(path, "csv")
    if form == "tmx":
        tell("all languages")
        return [Text(one_line(text), line) for line, text in read_tmx_texts(path)]
    if form in _DOCUMENTS:
        return [Text(document.text, document.line) for document in _DOCUMENTS[form](path)]
    if form == "jsonl":
        return [Text(_text_of_row(parsed_row(line)), number) for number, line in read_lines(path) if line.strip()]
    if form == "json":
        return [Text(_text_of_row(row), line) for line, row in read_json_rows(path)]
    if form == "csv":
        lines = (line for _, line in read_lines(path))
        rows = list(csv_rows(lines, path, delimiter_of_heading(next(read_lines(path))[1])))
        return _column_of_texts(rows, path, tell)
    head = [line for _, line in islice(read_lines(path), _LOOKED_AT)]
    if _is_conllu(head):
        return [Text(" ".join(sentence.tokens), sentence.line) for sentence in read_conllu(path)]
    if form == "conll" or _is_column_file(head):
        return [Text(" ".join(sentence.tokens), sentence.line) for sentence in read_conll(path)]
    rows = [(number, line.split("\t")) for number, line in read_lines(path)]
    if len(rows[0][1]) > 1:
        return _column_of_texts(rows, path, tell)
    return [Text(max(row, key=len), number) for number, row in rows]


def is_folder_of_texts(folder: Path) -> bool:
    """Whether a folder is one of brat, or has a folder per class, and is no run."""
    if any((folder / name).exists() for name in ("config.yaml", "model")):
        return False
    return bool(annotated_texts(folder) or class_files(folder))


def _format(path: Path) -> str:
    """How the file is written, as far as more than its lines tell; empty: look at these."""
    if not path.is_dir():
        if is_docbin(path):
            return "spacy"
        if recognise_pairs(path) == "tmx":
            return "tmx"
    tagged = recognise(path) if path.is_file() or annotated_texts(path) else ""
    if tagged in _TOOLS:
        return tagged
    if tagged == "csv" and _is_table_of_words(path):
        return "table of words"
    form = recognise_documents(path)
    if form in _DOCUMENTS or form in ("json", "jsonl"):
        return form
    if tagged in ("csv", "json"):
        return tagged
    return "conll" if named_format(path) == "conll" else ""


_DOCUMENTS: dict[str, Callable[[Path], Iterator[Document]]] = {
    "folder": lambda path: read_class_folders(path, Counter()),
    "fasttext": lambda path: read_fasttext_documents(path, several=True),
    "trees": read_trees,
}


def _tool_texts(path: Path, form: str) -> list[Text]:
    examples = read_examples(path, form, ReaderOptions(), Counter())
    texts = ((one.text if isinstance(one, AnnotatedText) else " ".join(one.tokens), one.line) for one in examples)
    return [Text(text, line) for text, line in texts]


def _is_table_of_words(path: Path) -> bool:
    """Whether it is a table of one word a row, or of one sentence a row."""
    first, second = ([line for _, line in islice(read_lines(path), 2)] + [""])[:2]
    try:
        heading = is_heading(next(csv_rows([first], path, delimiter_of_heading(first)), (1, []))[1])
    except DataError:
        return False
    return heading or heads_sentences(first, second)


def _is_conllu(head: Sequence[str]) -> bool:
    words = [line.split("\t") for line in head if line.strip() and not line.startswith("#")]
    return bool(words) and all(len(columns) == 10 and columns[0][:1].isdigit() for columns in words)


def _is_column_file(head: Sequence[str]) -> bool:
    """Whether lines are words with tags, sentences between blank lines."""
    words = [line.split() for line in head if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    widths = {len(columns) for columns in words}
    return any(not line.strip() for line in head[:-1]) and len(widths) == 1 and widths.pop() > 1


def _column_of_texts(rows: Sequence[tuple[int, Sequence[str]]], path: Path, tell: Callable[[str], None]) -> list[Text]:
    """The column called ``text``, else the longest one over all rows; rows without it are given by their own longest.

    Raises:
        DataError: no column holds letters.
    """
    names = [cell(name) for name in rows[0][1]] if rows and names_columns(rows[0][1]) else []
    rows = rows[1:] if names else rows
    widest = max((len(row) for _, row in rows), default=0)
    totals = [sum(len(row[column]) for _, row in rows if column < len(row)) for column in range(widest)]
    chosen = totals.index(max(totals)) if totals else 0
    by_name = _TEXT in names[:widest]
    if by_name:
        chosen = names.index(_TEXT)
    texts = [Text(row[chosen] if chosen < len(row) else max(row, key=len), number) for number, row in rows]
    lettered = sum(any(map(str.isalpha, text.text)) for text in texts[1:])  # the first may name the columns
    if not by_name and 2 * lettered < len(texts[1:]):
        raise DataError("expected a table with texts, found numbers or dates in its longest column", path)
    if widest > 1:
        longest = f"the longest column, {repr(names[chosen]) if names else f'number {chosen + 1}'}"
        tell("the column 'text'" if by_name else longest)
    return texts


def _text_of_row(row: Any) -> str:
    """The text of an object: its words, or its longest string."""
    for name in ("tokens", "words"):
        if isinstance(row.get(name), list):
            return " ".join(map(str, row[name]))
    if isinstance(row.get(_TEXT), str):
        return str(row[_TEXT])
    nested = row.get(NESTED_FIELD)
    row = nested if isinstance(nested, dict) else row
    return max((value for value in row.values() if isinstance(value, str)), key=len, default="")
