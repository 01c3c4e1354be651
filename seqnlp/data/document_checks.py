"""Signs, in the documents of a whole split, that the wrong column or a line that is no document was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from seqnlp.errors import DataError
from seqnlp.text.documents import Document
from seqnlp.text.headings import TEXTS, cell

_MIN_DOCUMENTS = 12
"""Documents from which on repetition says something."""

_REPEATED = 4
"""Times that a text occurs on average from which on texts look like labels."""

_NAME = re.compile(r"[^\W\d][\w.-]*")
"""What a column may be called."""

_SUMMARIES = frozenset(
    (
        *("total", "totals", "grand total", "subtotal", "sum", "count", "average", "mean", "summe", "gesamt"),
        *("insgesamt", "anzahl", "somme", "moyenne", "totale", "suma", "soma", "media", "totaal", "итого", "всего"),
        *("合计", "总计", "合計"),
    )
)
"""What spreadsheets call rows below the data."""

_NUMBER = re.compile(r"[-+]?\d[\d.,\s%]*|")
"""What stands in such a row; or nothing."""

_WHOLE_NUMBER = re.compile(r"-?\d+(\.0)?")


def refuse_labels_as_texts(documents: Sequence[Document], column: str, source: str, say: Callable[[str], None]) -> None:
    """Stop where the texts are few short values that repeat: a column of labels.

    Args:
        column: of the texts; where it is called so (``text``, ``review``), the values are only mentioned.

    Raises:
        DataError: they are.
    """
    texts = Counter(document.text for document in documents if document.text)
    if len(documents) < _MIN_DOCUMENTS or not texts or len(texts) * _REPEATED > texts.total():
        return
    if all(len(text) <= 40 and len(text.split()) <= 2 for text in texts):
        most = ", ".join(f"'{text}' {count:,}x" for text, count in texts.most_common(3))
        actual = f"{len(texts)} short values that repeat in {len(documents):,} documents, as labels do ({most})"
        if cell(column) in TEXTS:
            say(f"warning: {source}: the texts are {actual}")
            return
        remedy = "set data.text_column to the column of the texts (if these are the texts, keep each once)"
        raise DataError(f"expected texts, found {actual}; {remedy}", source)


def refuse_or_say_heading(documents: Sequence[Document], source: str, say: Callable[[str], None]) -> None:
    """Stop at a first line that looks like names of columns, and mention one that may be.

    Such a line has a label that occurs nowhere else, where every other label occurs again.

    Raises:
        DataError: label and text are single words, too.
    """
    first = documents[0]
    counts = Counter(label for document in documents for label in document.labels)
    others = [count for label, count in counts.items() if label not in first.labels]
    if len(first.labels) != 1 or len(others) < 2 or counts[first.labels[0]] > 1 or min(others) < 2:
        return
    named = f"('{first.labels[0]}', '{first.text[:30]}')"
    if _NAME.fullmatch(first.labels[0]) and _NAME.fullmatch(first.text):
        expected = (
            f"expected a labelled text, found what looks like names of columns {named}: no other line has this label"
        )
        raise DataError(f"{expected}; remove the line (if it is a document, move it down)", source, first.line)
    say(f"warning: the label '{first.labels[0]}' occurs once, on line {first.line}; remove the line if it is a heading")


def refuse_or_say_summary(documents: Sequence[Document], source: str, say: Callable[[str], None]) -> None:
    """Stop at a last row that is a total below a table, such as ``Total,24``, and mention one that may be a note.

    Such a row has a label that occurs nowhere else, where every other label occurs again.

    Raises:
        DataError: it is called as totals are, with a number or nothing beside it.
    """
    last = documents[-1]
    counts = Counter(label for document in documents for label in document.labels)
    others = [count for label, count in counts.items() if label not in last.labels]
    if len(last.labels) != 1 or len(others) < 2 or counts[last.labels[0]] > 1 or min(others) < 2:
        return
    label, text = last.labels[0], last.text
    named = f"('{label}', '{text[:30]}')"
    for name, value in ((label, text), (text, label)):
        if name.rstrip(" :").casefold() in _SUMMARIES and _NUMBER.fullmatch(value):
            problem = f"expected a labelled text, found what looks like a total below the table {named}"
            raise DataError(f"{problem}: no other row has this label; remove the row", source, last.line)
    where = f"on line {last.line}, the last"
    say(f"warning: the label '{label}' occurs once, {where}; remove the row if it is a note or a total")


def say_named_labels(
    documents: Sequence[Document], label: str, names: Callable[[], Sequence[str]], say: Callable[[str], None]
) -> None:
    """Point to the column with the names of labels that are numbers, as `label_text` beside `label`.

    Args:
        label: the column that is read.
        names: reads those of all columns; called where the labels are numbers only.
    """
    if not all(_WHOLE_NUMBER.fullmatch(one) for document in documents for one in document.labels):
        return
    known = names()
    if named := next((name for name in (f"{label}_text", f"{label}_name", f"{label}_str") if name in known), ""):
        say(f"train: the labels are numbers, and the column '{named}' seems to name them: data.label_column={named}")
