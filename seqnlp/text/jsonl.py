"""One JSON object a line: words with tags, or text with entities given by character offsets."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from seqnlp.errors import DataError, did_you_mean
from seqnlp.text.character_spans import checked_spans, from_utf16, sentence_of
from seqnlp.text.files import read_lines
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.span_edges import SpanEdges
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import tokenize

_SPAN_FIELDS = ("spans", "entities")


def read_jsonl(
    path: str | os.PathLike[str],
    token_field: str = "tokens",
    tag_field: str = "tags",
    scheme: str = "iob2",
    tokenizer: str = "words",
    offsets: str = "codepoints",
    edges: SpanEdges | None = None,
) -> Iterator[TaggedSentence]:
    """The sentences of a JSON-lines file; blank lines are skipped.

    A line is either ``{"tokens": [...], "tags": [...]}`` or ``{"text": "...", "spans": [...]}`` (or ``entities``);
    a span is ``{"start": 0, "end": 5, "label": "X"}`` or ``[0, 5, "X"]``: characters (code points), end exclusive. A
    text without the field has no entities. Text is cut by ``tokenizer`` alone, as in use; what becomes of a span that
    begins or ends inside a word says text/character_spans.py.

    Args:
        token_field, tag_field: names of the two lists.
        scheme: of the tags that are made from spans.
        offsets: what spans count: ``codepoints`` or ``utf16``.
        edges: counts the span edges that lie inside words.

    Raises:
        DataError: bad JSON, a missing field, lists that do not match, no words, a span that is blank, out of the text
            or overlapping, spans under scheme ``none``; with file and line.
    """
    for number, line in read_lines(path):
        if not line.strip():
            continue
        try:
            row = parsed_row(line)
            if token_field in row:
                tokens, tags = _listed(row, token_field), _listed(row, tag_field)
                if len(tokens) != len(tags):
                    raise DataError(f"expected as many tags as tokens, found {len(tags)} and {len(tokens)}")
                sentence = TaggedSentence(tuple(tokens), tuple(tags), number)
            elif isinstance(row.get("text"), str):
                spans = [from_utf16(row["text"], s) if offsets == "utf16" else s for s in _spans(row)]
                sentence = _from_text(row["text"], spans, scheme, tokenizer, number, edges)
            else:
                raise DataError(f"expected a list '{token_field}' or a string 'text', found the fields {_names(row)}")
        except DataError as problem:
            raise DataError(str(problem), path, number) from None
        if not sentence.tokens:
            raise DataError("a sentence with no words; leave such lines out", path, number)
        yield sentence


def parsed_row(line: str) -> Mapping[str, Any]:
    """The object of one line.

    Raises:
        DataError: it is no JSON, no object, or holds characters that are no text.
    """
    try:
        row = json.loads(line)
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
            raise DataError(f"expected words in '{name}', found {shown(value)} at position {position}")
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
        if type(start) is type(end) is int and isinstance(label, str) and label:
            return Span(start, end, label)
    raise DataError(f'expected a span {{"start": 0, "end": 5, "label": "X"}} or [0, 5, "X"], found {shown(item)}')


def _from_text(
    text: str, spans: list[Span], scheme: str, tokenizer: str, line: int, edges: SpanEdges | None
) -> TaggedSentence:
    """Words and tags of a text with character spans."""
    if scheme == "none":
        raise DataError("spans need a scheme with entities; expected data.scheme=iob2 (or another), found 'none'")
    tokens, checked = tokenize(text, tokenizer), checked_spans(text, spans)
    if edges:
        edges.add(text, tokens, spans, line)
    return sentence_of(tokens, checked, scheme, line)


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in row) or "none"


def shown(value: Any) -> str:
    """A value in an error message, cut if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
