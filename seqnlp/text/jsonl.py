"""One JSON object a line: words with tags, or text with entities given by character offsets."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from seqnlp.errors import DataError, did_you_mean
from seqnlp.text.files import read_lines
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span, tags_from_spans
from seqnlp.text.tokenize import Token, tokenize

_SPAN_FIELDS = ("spans", "entities")


def read_jsonl(
    path: str | os.PathLike[str],
    token_field: str = "tokens",
    tag_field: str = "tags",
    scheme: str = "iob2",
    tokenizer: str = "words",
) -> Iterator[TaggedSentence]:
    """The sentences of a JSON-lines file; blank lines are skipped.

    A line is either ``{"tokens": [...], "tags": [...]}`` or ``{"text": "...", "spans": [...]}`` (or ``entities``);
    a span is ``{"start": 0, "end": 5, "label": "X"}`` or ``[0, 5, "X"]``: characters (code points), end exclusive. Text
    is cut by ``tokenizer``, and at both ends of every span.

    Args:
        token_field, tag_field: names of the two lists.
        scheme: of the tags that are made from spans.

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
            elif isinstance(row.get("text"), str):
                tokens, tags = _from_text(row["text"], _spans(row), scheme, tokenizer)
            else:
                raise DataError(f"expected a list '{token_field}' or a string 'text', found the fields {_names(row)}")
        except DataError as problem:
            raise DataError(str(problem), path, number) from None
        if not tokens:
            raise DataError("a sentence with no words; leave such lines out", path, number)
        yield TaggedSentence(tuple(tokens), tuple(tags), number)


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
    """The character spans of a row, in the order of the text."""
    name = next((name for name in _SPAN_FIELDS if name in row), None)
    if name is None:
        raise DataError(f"expected the field 'spans' or 'entities' beside 'text', found {_names(row)}")
    if not isinstance(row[name], list):
        raise DataError(f"expected a list in '{name}', found {shown(row[name])}")
    return sorted(_span(item) for item in row[name])


def _span(item: Any) -> Span:
    values = [item.get(key) for key in ("start", "end", "label")] if isinstance(item, dict) else item
    if isinstance(values, list) and len(values) == 3:
        start, end, label = values
        if type(start) is type(end) is int and isinstance(label, str) and label:
            return Span(start, end, label)
    raise DataError(f'expected a span {{"start": 0, "end": 5, "label": "X"}} or [0, 5, "X"], found {shown(item)}')


def _from_text(text: str, spans: Sequence[Span], scheme: str, tokenizer: str) -> tuple[list[str], list[str]]:
    """Words and tags of a text with character spans."""
    if scheme == "none":
        raise DataError("spans need a scheme with entities; expected data.scheme=iob2 (or another), found 'none'")
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            raise DataError(f"{_named(span)} is empty or reaches out of the text of {len(text)} characters")
        if not text[span.start : span.end].strip():
            raise DataError(f"{_named(span)} covers only spaces")
    for left, right in pairwise(spans):
        if right.start < left.end:
            raise DataError(f"{_named(left)} and {_named(right)} overlap; a word has one tag, so leave one of them out")
    tokens = cut_tokens(tokenize(text, tokenizer), sorted({edge for span in spans for edge in span[:2]}))
    return [token.text for token in tokens], tags_from_spans(_token_spans(tokens, spans), len(tokens), scheme)


def cut_tokens(tokens: Sequence[Token], edges: Sequence[int]) -> list[Token]:
    """The same tokens, cut wherever one of the sorted character positions falls inside."""
    pieces: list[Token] = []
    remaining = iter(edges)
    edge = next(remaining, None)
    for token in tokens:
        start = token.start
        while edge is not None and edge < token.end:
            if edge > start:
                pieces.append(_piece(token, start, edge))
                start = edge
            edge = next(remaining, None)
        pieces.append(_piece(token, start, token.end))
    return pieces


def _piece(token: Token, start: int, end: int) -> Token:
    return Token(token.text[start - token.start : end - token.start], start, end)


def _token_spans(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Span]:
    """Character spans, whose edges are token edges, as token spans."""
    starts = [token.start for token in tokens]
    return [Span(bisect_left(starts, span.start), bisect_left(starts, span.end), span.label) for span in spans]


def _named(span: Span) -> str:
    return f"the span {span.label} at {span.start}-{span.end}"


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in row) or "none"


def shown(value: Any) -> str:
    """A value in an error message, cut if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
