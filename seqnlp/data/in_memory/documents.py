"""Labelled documents in memory: (text, label), (text, labels), rows with such columns or one for each label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.config.schema import names_in
from seqnlp.data.in_memory.rows import WrittenSplit, answer_of, as_lines, columns_in, plain, rows_of, shown, text_in
from seqnlp.errors import DataError, listed
from seqnlp.text.headings import LABELS, TEXTS
from seqnlp.text.label_columns import marked_labels

_NAMES = (
    'rename them, or name them in training: settings={"data.text_column": ..., "data.label_column": ...}; '
    'columns of 0 and 1, a label each: "data.label_columns": [...]'
)


def written_documents(examples: Any, name: str, settings: Mapping[str, Any]) -> WrittenSplit:
    """Documents as JSON lines."""
    text, label = (str(settings.get(f"data.{column}_column", "")) for column in ("text", "label"))
    given = rows_of(examples, name)
    marks = _names(settings.get("data.label_columns", ""))
    made: dict[str, Any] = {"data.format": "auto"}
    if marks:
        lines = (_marked(example, f"{name}[{place}]", text, marks) for place, example in enumerate(given))
        return WrittenSplit(".jsonl", as_lines(lines), made)
    labelled = [_document(example, f"{name}[{place}]", text, label) for place, example in enumerate(given)]
    several = [isinstance(labels, list) for _, labels in labelled]
    if any(several) and not all(several):
        place = several.index(not several[0])
        raise DataError(f"{name}[{place}]: expected {'a list of labels' if several[0] else 'one label'} as before it")
    rows = (
        {**answer_of(example), text or "text": document, label or "label": labels}
        for example, (document, labels) in zip(given, labelled, strict=True)
    )
    made |= {"data.multi_label": True} if several[0] else {}
    return WrittenSplit(".jsonl", as_lines(rows), made)


def _names(value: Any) -> tuple[str, ...]:
    """Names as a list, or with commas between them."""
    return names_in(value if isinstance(value, str) else ",".join(value))


def _marked(example: Any, where: str, text: str, marks: tuple[str, ...]) -> dict[str, Any]:
    """A row with its text and its columns of 0 and 1, also of (text, labels)."""
    field = text or "text"
    if not isinstance(example, Mapping):
        document, labels = _document(example, where, "", "")
        chosen = labels if isinstance(labels, list) else [labels]
        if unknown := [label for label in chosen if label not in marks]:
            raise DataError(f"{where}: expected labels of data.label_columns ({listed(marks)}), found '{unknown[0]}'")
        return {field: document, **{name: name in chosen for name in marks}}
    text = text or _known(example, "text", TEXTS)
    if missing := [name for name in (text, *marks) if name not in example]:
        raise DataError(f"{where}: expected a column '{missing[0]}', found {columns_in(example)}")
    values = {name: plain(example[name]) for name in marks}
    try:
        marked_labels(list(values.items()), several=True)
    except DataError as problem:
        raise DataError(f"{where}: {problem}") from None
    return {**answer_of(example), field: text_in(example[text], "a text", where), **values}


def _document(example: Any, where: str, text: str, label: str) -> tuple[str, str | list[str]]:
    if isinstance(example, Mapping):
        return _labelled(*_columns(example, where, text, label), where)
    if isinstance(example, list | tuple) and len(example) == 2:
        return _labelled(example[0], example[1], where)
    raise DataError(f"{where}: expected (text, label), found {shown(example)}")


def _columns(row: Mapping[str, Any], where: str, text: str, label: str) -> tuple[Any, Any]:
    text = text or _known(row, "text", TEXTS)
    label = label or _known(row, "label", LABELS)
    if text not in row or label not in row:
        problem = f"expected a column of texts and one of labels (text, label), found {columns_in(row)}"
        raise DataError(f"{where}: {problem}; {_NAMES}")
    return row[text], row[label]


def _known(row: Mapping[str, Any], usual: str, names: frozenset[str]) -> str:
    """The usual name, or else the one column with a name that means the same."""
    known = [name for name in row if str(name).lower() in names]
    return usual if usual in row or len(known) != 1 else known[0]


def _labelled(text: Any, label: Any, where: str) -> tuple[str, str | list[str]]:
    label = plain(label)
    labels = label if isinstance(label, list) else [label]
    for one in labels:
        if not isinstance(one, str):
            hint = "; name numbered labels, or hand over str(label)" if isinstance(one, int | float) else ""
            raise DataError(f"{where}: expected a label (str), found {shown(one)}{hint}")
        if not text_in(one, "a label", where).strip():
            raise DataError(f"{where}: expected a label, found an empty one")
    return text_in(text, "a text", where), label
