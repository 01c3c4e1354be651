"""Column files such as CoNLL-2003's: one word a line, columns apart, an empty line after each sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seqnlp.errors import DataError
from seqnlp.text.files import read_lines
from seqnlp.text.sentence import TaggedSentence, sentences_of_words

_DOCUMENT = "-DOCSTART-"
_KEY_VALUE = re.compile(r"# ?[^\s=]+ =( |$)")
_GAP = re.compile(r"[ \t]+")
_CONLLU_WORD = re.compile(r"[0-9]+([-.][0-9]+)?\t")
_CONLLU_COLUMNS = 10


class _Shape(NamedTuple):
    """How a file writes its columns."""

    tabs: bool
    columns: int


class _Comments(NamedTuple):
    """Which lines are comments.

    Attributes:
        mark: what they begin with; ``auto`` or ``none``.
        numbered: the first column is neither word nor tag, so that no ``#`` there is a word.
    """

    mark: str
    numbered: bool

    @classmethod
    def of(cls, mark: str, *columns: int) -> _Comments:
        return cls(mark, 0 not in columns)


def read_conll(
    path: str | os.PathLike[str], token_column: int = 0, tag_column: int = -1, comment: str = "auto"
) -> Iterator[TaggedSentence]:
    """The sentences of a column file.

    A line that has a tab is cut at its tabs (words may then hold spaces), any other at runs of spaces. Blank lines and
    ``-DOCSTART-`` lines end a sentence. A line that begins with ``#`` is a comment if it reads ``# key = value``, if it
    is not cut the same way into the same number of columns as the file's first line without ``#``, or if the first
    column is neither word nor tag; so ``#nlp<TAB>O`` is a word of a file with two columns, and ``# newdoc`` or
    ``#begin document (x); part 0`` is not.

    Args:
        token_column, tag_column: from 0; negative ones count from the end, and then every line must have as many
            columns as the file's first.
        comment: what comments begin with, where the rule above (``auto``) is not right; a space at its end stands for a
            tab or the end of the line too; ``none``: no line is a comment.

    Raises:
        DataError: a missing column, another number of columns, an empty word or tag; with file and line.
    """
    comments = _Comments.of(comment, token_column, tag_column)
    shape = _shape((line for _, line in read_lines(path)), comments)
    _refuse_joined(path, comments, shape)

    def words() -> Iterator[tuple[str, str, int] | None]:
        for number, line in read_lines(path):
            if _is_break(line):
                yield None
            elif not _is_comment(line, shape, comments):
                yield (*_token_and_tag(_columns(line), token_column, tag_column, shape, path, number), number)

    return sentences_of_words(words())


def _refuse_joined(path: str | os.PathLike[str], comments: _Comments, shape: _Shape) -> None:
    """Stop at a file of a sentence a line whose words and tags are joined, as in ``The/DT dog/NN``.

    Raises:
        DataError: it is one.
    """
    lines = ((number, line) for number, line in read_lines(path) if not _is_break(line))
    first = next((one for one in lines if not _is_comment(one[1], shape, comments)), None)
    if first is None or "\t" in first[1]:
        return
    number, line = first
    fields = _columns(line)
    for mark, fewest in (("|", 2), ("/", 3), ("_", 3)):
        if len(fields) >= fewest and all(mark in field.strip(mark) or field == mark * 3 for field in fields):
            found = f"found a sentence a line, words and tags joined by '{mark}'"
            raise DataError(f"expected a word and its tag a line, {found}: write a line for each word", path, number)


def document_starts(path: str | os.PathLike[str]) -> list[int]:
    """The lines at which a column file or CoNLL-U file says that a document begins."""
    marks = (_DOCUMENT, "# newdoc", "#begin document")
    return [number for number, line in read_lines(path) if line.startswith(marks)]


def read_conll_words(
    lines: Iterable[str], token_column: int = 0, source: object = "", tag_column: int = -1, comment: str = "auto"
) -> Iterator[list[str]]:
    """The words of each block of lines, cut and skipped as :func:`read_conll` does; tags need not be there.

    Every blank line ends a block, so that blocks out pair with blocks in; a final one may lack its blank line.

    Args:
        lines: without their ends; a line is needed only when its block ends.
        source: name of the stream in messages.
        tag_column, comment: as of :func:`read_conll`, to know comments.

    Raises:
        DataError: a missing column, an empty word, or CoNLL-U; with the line.
    """
    comments = _Comments.of(comment, token_column, tag_column)
    shape = _Shape(tabs=True, columns=0)
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line and not line.isspace():
            block.append((number, line))
            continue
        shape = shape if shape.columns else _shape((line for _, line in block), comments)
        yield _words(block, token_column, shape, comments, source)
        block = []
    if block:
        shape = shape if shape.columns else _shape((line for _, line in block), comments)
        yield _words(block, token_column, shape, comments, source)


def split_words(line: str) -> list[str]:
    """The words of a line that has them between spaces or tabs; other spaces, such as U+00A0, belong to words."""
    return [word for word in _GAP.split(line) if word]


def _words(
    block: list[tuple[int, str]], token_column: int, shape: _Shape, comments: _Comments, source: object
) -> list[str]:
    """The words of a block of numbered lines."""
    words = []
    for number, line in block:
        if _is_break(line) or _is_comment(line, shape, comments):
            continue
        columns = _columns(line)
        if _CONLLU_WORD.match(line) and len(columns) == _CONLLU_COLUMNS and token_column == 0:
            raise DataError(
                "this line is CoNLL-U, whose words are in the second column; use --input conllu", source, number
            )
        at = token_column + len(columns) if token_column < 0 else token_column
        if not 0 <= at < len(columns):
            problem = f"found {_counted(len(columns))}, expected the token in column {token_column} (from 0)"
            raise DataError(f"{problem}, as in the training data", source, number)
        if not columns[at]:
            raise DataError(f"the token in column {token_column} (from 0) is empty", source, number)
        words.append(columns[at])
    return words


def _shape(lines: Iterable[str], comments: _Comments) -> _Shape:
    """The shape of the first line that is a word for certain; failing that, of the first line with a tab."""
    fallback = _Shape(tabs=True, columns=0)
    for line in lines:
        if _is_break(line) or (comments.mark != "auto" and _is_comment(line, fallback, comments)):
            continue
        shape = _Shape("\t" in line, len(_columns(line)))
        if comments.mark != "auto" or not line.startswith("#"):
            return shape
        if shape.tabs and not fallback.columns and not _KEY_VALUE.match(line):
            fallback = shape
    return fallback


def _is_break(line: str) -> bool:
    return not line or line.isspace() or line.startswith(_DOCUMENT)


def _is_comment(line: str, shape: _Shape, comments: _Comments) -> bool:
    if comments.mark != "auto":
        mark = comments.mark
        return mark != "none" and f"{line} ".replace("\t", " ").startswith(mark)
    if not line.startswith("#"):
        return False
    return comments.numbered or bool(_KEY_VALUE.match(line)) or ("\t" in line, len(_columns(line))) != shape


def _columns(line: str) -> list[str]:
    if "\t" in line:
        return [column.strip(" ") for column in line.split("\t")]
    return [column for column in line.split(" ") if column]


def _token_and_tag(
    columns: list[str], token_column: int, tag_column: int, shape: _Shape, path: str | os.PathLike[str], number: int
) -> tuple[str, str]:
    count = len(columns)
    if min(token_column, tag_column) < 0 and count != shape.columns:
        raise DataError(f"expected {_counted(shape.columns)} as in the file's first line, found {count}", path, number)
    token_at, tag_at = (column + count if column < 0 else column for column in (token_column, tag_column))
    for name, asked, at in (("token", token_column, token_at), ("tag", tag_column, tag_at)):
        if not 0 <= at < count:
            raise DataError(f"found {_counted(count)}, expected the {name} in column {asked} (from 0)", path, number)
        if not columns[at]:
            raise DataError(f"the {name} in column {asked} (from 0) is empty", path, number)
    if token_at == tag_at:
        mark = next((mark for mark in ",;|" if mark in columns[0][1:-1]), "")
        hint = f"; columns have tabs or spaces between them, not '{mark}'" if mark else ""
        raise DataError(f"found {_counted(count)}; column {token_at} cannot be both token and tag{hint}", path, number)
    words, tags = (len(columns[at].split()) for at in (token_at, tag_at))
    if words == tags > 1:
        expected = "for a sentence a line, name the columns in the first line (text<TAB>labels) and set data.format=csv"
        raise DataError(f"expected a word and its tag, found {words} words with {tags} tags; {expected}", path, number)
    return columns[token_at], columns[tag_at]


def _counted(count: int) -> str:
    return f"{count} column{'s' if count != 1 else ''}"
