"""doccano: ``{"text": ..., "label": [[0, 5, "X"]]}``, or entities with ``start_offset`` and ``end_offset``."""

from __future__ import annotations

from collections import Counter
from typing import Any

from seqnlp.text.formats.annotated import AnnotatedText, annotated, quotes_in
from seqnlp.text.formats.json_rows import fields_of
from seqnlp.text.formats.spans import spans_of, text_of

TEXTS = ("text", "data")
ENTITIES = ("label", "labels", "entities", "annotations")


def doccano_example(row: Any, line: int, offsets: str, left_out: Counter[str]) -> AnnotatedText:
    """A row; one without entities was looked at and has none.

    Raises:
        DataError: it has no text, or entities that are none.
    """
    fields = fields_of(row)
    name = next((name for name in ENTITIES if name in fields), "label")
    spans = spans_of(fields.get(name), name)
    return annotated(text_of(fields, TEXTS), spans, line, offsets, quotes_in(fields.get(name)))
