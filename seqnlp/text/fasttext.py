"""Labelled text as fastText writes it: ``__label__X`` before the text of its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from seqnlp.errors import DataError
from seqnlp.text.document_labels import distinct
from seqnlp.text.documents import Document
from seqnlp.text.files import read_lines

PREFIX = "__label__"
_LABEL = re.compile(rf"(?<!\S){PREFIX}(\S*)[ \t]*")


def read_fasttext_documents(path: str | os.PathLike[str], several: bool) -> Iterator[Document]:
    """The documents of a file, one a line; blank lines are skipped.

    Every word that begins with ``__label__`` is a label, wherever it stands, as fastText reads it; the rest is the
    text, without any change.

    Args:
        several: a document has any number of labels; otherwise exactly one.

    Raises:
        DataError: no label, several where there must be one, or one without a name; with file and line.
    """
    for number, line in read_lines(path):
        if line.strip():
            written = _LABEL.findall(line)
            labels = distinct(written)
            if "" in written:
                raise DataError(f"expected a name after {PREFIX}, found none", path, number)
            if not several and len(labels) != 1:
                raise DataError(_not_one(labels, line), path, number)
            yield Document(_LABEL.sub("", line).strip(), labels, number)


def _not_one(labels: tuple[str, ...], line: str) -> str:
    if labels:
        return f"expected one label, found {', '.join(labels)}; for several labels set data.multi_label=true"
    return f"expected {PREFIX}NAME and a text, found '{line.strip()[:30]}'"
