"""One JSON object a line: words with tags, or text with entities given by character offsets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.checks import object_of
from seqnlp.text.formats.annotated import Example, annotated, quotes_in
from seqnlp.text.formats.class_names import described_names
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span

TOKEN_FIELDS = ("tokens", "words")
TAG_FIELDS = ("tags", "ner_tags", "pos_tags", "upos", "labels")
"""Fields of words and of their tags that are found without being named, the first that is there."""

ENTITY_TAG = re.compile(r"O$|[A-Z]-.")
"""What words are tagged with where entities begin (``B-PER``), go on, or are none (``O``)."""

_SPAN_FIELDS = ("spans", "entities")
_FOUND = "expected words in '{}', found {} at position {}"


class RowFields(NamedTuple):
    """Names of the two lists of a row with words (empty: the usual ones), those of numbered tags, and the weight's."""

    token: str = ""
    tag: str = ""
    names: tuple[str, ...] = ()
    weight: str = ""


def row_reader(path: Path, fields: RowFields, offsets: str) -> Callable[[Mapping[str, Any], int], Example]:
    """What reads a row, given its line, as words with tags or as a text with spans.

    A row is either ``{"tokens": [...], "tags": [...]}`` or ``{"text": "...", "spans": [...]}`` (or ``entities``);
    a span is ``{"start": 0, "end": 5, "label": "X"}`` or ``[0, 5, "X"]``, its end exclusive, in what ``offsets`` says:
    ``codepoints``, ``utf16`` or ``bytes``. A text without the field has no entities, or a list of tags for the words
    between its spaces (``tags``, ``labels``).

    Numbered tags get the names of ``fields``, else those that the data set beside the file says they have.

    Raises:
        DataError: from the reader: a missing field, lists that do not match, no words, a bad span.
    """
    names_of = cache(lambda name: fields.names or tuple(described_names(path, name)))

    def read(row: Mapping[str, Any], line: int) -> Example:
        token = _field(row, fields.token, TOKEN_FIELDS)
        if token in row:
            tag = _field(row, fields.tag, TAG_FIELDS)
            tokens, tags = _listed(row, token), _listed(_with_names(row, tag, names_of), tag)
            if len(tokens) != len(tags):
                raise DataError(f"expected as many tags as tokens, found {len(tags)} and {len(tokens)}")
            if not tokens:
                raise DataError("a sentence with no words; leave such lines out")
            tags = [tag.strip() for tag in tags]
            return TaggedSentence(tuple(tokens), tuple(tags), line, weight=_weight(row, fields.weight))
        if not isinstance(row.get("text"), str):
            hint = "" if fields.token else "; name the list of words with data.token_column"
            raise DataError(f"expected a list '{token}' or a string 'text', found the fields {_names(row)}{hint}")
        if tags := _tags_beside_text(row, fields.tag):
            words = row["text"].split()
            if len(tags) != len(words):
                found = f"found {len(tags)} and {len(words)}"
                raise DataError(f"expected as many tags as words between the spaces of the text, {found}")
            return TaggedSentence(tuple(words), tuple(tags), line, weight=_weight(row, fields.weight))
        if row.get("answer", "accept") != "accept":
            raise DataError(f"a row with the answer {shown(row['answer'])}; data.format=prodigy leaves such rows out")
        spans, items = _spans(row), next((row[name] for name in _SPAN_FIELDS if name in row), None)
        made = annotated(row["text"], spans, line, offsets, quotes_in(items))
        return made._replace(weight=_weight(row, fields.weight))

    return read


def _tags_beside_text(row: Mapping[str, Any], wanted: str) -> list[str]:
    """The tags of a text's words, in a list or with spaces between; none if there are spans, or what is no tag."""
    value = row.get(_field(row, wanted, TAG_FIELDS))
    tags = value.split() if isinstance(value, str) else value
    if any(name in row for name in _SPAN_FIELDS) or not isinstance(tags, list) or not tags:
        return []
    return tags if all(isinstance(tag, str) and ENTITY_TAG.match(tag) for tag in tags) else []


def _weight(row: Mapping[str, Any], field: str) -> float:
    """What a row counts for; 1 where no field says so."""
    if not field or field not in row:
        return 1.0
    value = row[field]
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise DataError(f"expected a weight (a number of 0 or more) in '{field}', found {shown(value)}")
    return float(value)


def _field(row: Mapping[str, Any], wanted: str, usual: Sequence[str]) -> str:
    """The field that is wanted, else the first usual one that is there."""
    return wanted or next((name for name in usual if name in row), usual[0])


def _with_names(row: Mapping[str, Any], field: str, names_of: Callable[[str], Sequence[str]]) -> Mapping[str, Any]:
    """The row, its numbered tags as names."""
    tags = row.get(field)
    if not isinstance(tags, list) or not tags:
        return row
    if all(isinstance(tag, str) and tag.isdecimal() for tag in tags) and names_of(field):
        tags = list(map(int, tags))
    if not all(type(tag) is int for tag in tags):
        return row
    names = names_of(field)
    if not names:
        raise DataError(f"{_FOUND.format(field, shown(tags[0]), 0)}; data.tag_names names numbered tags")
    for position, tag in enumerate(tags):
        if not 0 <= tag < len(names):
            actual = f"found {tag} at position {position}"
            raise DataError(f"expected numbers from 0 to {len(names) - 1} in '{field}', which have names, {actual}")
    return {**row, field: [names[tag] for tag in tags]}


def parsed_row(line: str) -> Mapping[str, Any]:
    """The object of one line.

    Raises:
        DataError: it is no JSON, no object, or holds characters that are no text.
    """
    try:
        row = json.loads(line, object_pairs_hook=object_of)
        json.dumps(row, ensure_ascii=False).encode()  # an escape such as \\ud800 alone is JSON but no text
    except json.JSONDecodeError as problem:
        raise DataError(f"expected one JSON object a line: {problem.msg} at column {problem.colno}") from None
    except UnicodeEncodeError:
        raise DataError("expected text, found an escape \\ud800 to \\udfff that is half of a character") from None
    except (ValueError, RecursionError) as problem:
        raise DataError(f"expected one JSON object a line: {problem}") from None
    if not isinstance(row, dict):
        raise DataError(f"expected a JSON object, found {shown(row)}")
    return row


def _listed(row: Mapping[str, Any], name: str) -> list[str]:
    """A field that must be a list of non-empty strings."""
    if name not in row:
        raise DataError(f"expected the field '{name}', found {_names(row)}{did_you_mean(name, row)}")
    values = row[name]
    if not isinstance(values, list):
        raise DataError(f"expected a list in '{name}', found {shown(values)}")
    for position, value in enumerate(values):
        if not isinstance(value, str) or not value.strip(" "):
            raise DataError(_FOUND.format(name, shown(value), position))
    return values


def _spans(row: Mapping[str, Any]) -> list[Span]:
    """The character spans of a row; none if it has no such field, and none that looks like one."""
    name = next((name for name in _SPAN_FIELDS if name in row), None)
    if name is None:
        if any(_may_be_spans(name, value) for name, value in row.items()):
            raise DataError(f"expected the field 'spans' or 'entities' beside 'text', found {_names(row)}")
        return []
    if not isinstance(row[name], list):
        raise DataError(f"expected a list in '{name}', found {shown(row[name])}")
    return [_span(item) for item in row[name]]


def _may_be_spans(name: str, value: Any) -> bool:
    """Whether a field seems to hold spans under another name."""
    if not isinstance(value, list):
        return False
    try:
        return bool(did_you_mean(name, _SPAN_FIELDS)) or bool(value and _span(value[0]))
    except DataError:
        return False


def _span(item: Any) -> Span:
    values = [item.get(key) for key in ("start", "end", "label")] if isinstance(item, dict) else item
    if isinstance(values, list) and len(values) == 3:
        start, end, label = values
        if type(start) is type(end) is int and isinstance(label, str) and label.strip():
            return Span(start, end, label)
    raise DataError(f'expected a span {{"start": 0, "end": 5, "label": "X"}} or [0, 5, "X"], found {shown(item)}')


def _names(row: Mapping[str, Any]) -> str:
    return listed(row)


def shown(value: Any) -> str:
    """A value in an error message, cut if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
