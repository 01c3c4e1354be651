"""Prodigy: text with spans, an answer, perhaps words (which are not used: texts are cut as in use)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.formats.annotated import AnnotatedText, annotated, quotes_in
from seqnlp.text.formats.json_rows import fields_of
from seqnlp.text.formats.spans import span_of, text_of
from seqnlp.text.jsonl import shown
from seqnlp.text.tags import Span

ANSWERS = ("accept", "reject", "ignore")


def prodigy_example(row: Any, line: int, offsets: str, left_out: Counter[str]) -> AnnotatedText | None:
    """A row, if it was accepted; one without ``answer`` is.

    Raises:
        DataError: it has no text, another answer than there are, or spans that are none.
    """
    fields = fields_of(row)
    answer = fields.get("answer", "accept")
    if answer not in ANSWERS:
        raise DataError(f"expected the answer accept, reject or ignore, found {shown(answer)}")
    if is_left_out(fields, left_out):
        return None
    spans = fields.get("spans") or []
    if not isinstance(spans, list):
        raise DataError(f"expected a list in 'spans', found {shown(spans)}")
    placed = [_span(item, fields) for item in spans]
    return annotated(text_of(fields, ("text",)), placed, line, offsets, quotes_in(spans))


def is_left_out(row: Mapping[str, Any], left_out: Counter[str]) -> bool:
    """Whether a row was rejected or ignored, which is counted."""
    if row.get("answer") not in ("reject", "ignore"):
        return False
    left_out["rows that were rejected or ignored"] += 1
    return True


def _span(item: Any, row: Mapping[str, Any]) -> Span:
    """A span by characters, else by words, whose last one is part of it."""
    if not isinstance(item, dict) or "start" in item or "token_start" not in item:
        return span_of(item)
    tokens: Any = row.get("tokens")
    try:
        first, last = tokens[item["token_start"]], tokens[item["token_end"]]
        return span_of({**item, "start": first["start"], "end": last["end"]})
    except (KeyError, IndexError, TypeError):
        raise DataError(f"expected a span of words in 'tokens', found {shown(item)}") from None
