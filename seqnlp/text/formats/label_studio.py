"""Label Studio: JSON (tasks with annotations) and JSON-MIN (a row a task)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError, listed
from seqnlp.text.formats.annotated import AnnotatedText, annotated
from seqnlp.text.formats.json_rows import fields_of
from seqnlp.text.jsonl import shown
from seqnlp.text.tags import Span

ANNOTATIONS = ("annotations", "completions")
LABELS = ("labels", "hypertextlabels")
MIN_FIELDS = ("annotation_id", "annotator", "lead_time")
"""What rows of JSON-MIN have beside the task's data and labels."""


def label_studio_example(row: Any, line: int, offsets: str, left_out: Counter[str]) -> AnnotatedText | None:
    """A task with its annotation that is the ground truth, else its first that nobody cancelled, or None without one.

    Raises:
        DataError: it has no text, or a region that is none.
    """
    fields = fields_of(row)
    name = next((name for name in ANNOTATIONS if name in fields), "")
    if not name:
        regions = [item for value in fields.values() if _has_regions(value) for item in value]
        return _example(_text(fields), regions, line, offsets, left_out)
    kept = [one for one in _objects(fields[name], name) if not one.get("was_cancelled")]
    if not kept:
        left_out["tasks without annotations"] += 1
        return None
    left_out["further annotations of a task"] += len(kept) - 1
    chosen = next((one for one in kept if one.get("ground_truth")), kept[0])
    results = [one for one in _objects(chosen.get("result", []), "result") if isinstance(one.get("value"), dict)]
    data = fields_of(fields.get("data"))
    field = _text_field(data, {str(one.get("to_name")) for one in results if _is_entity(one["value"])})
    others = {name for name, value in data.items() if isinstance(value, str)} - {field}
    regions = [one["value"] for one in results if one.get("to_name") not in others]
    left_out[f"regions of other fields than '{field}'"] += len(results) - len(regions)
    return _example(data[field], regions, line, offsets, left_out)


def _example(
    text: str, regions: Sequence[Mapping[str, Any]], line: int, offsets: str, left_out: Counter[str]
) -> AnnotatedText:
    spans: list[Span] = []
    quotes: list[str | None] = []
    for region in regions:
        labels = next((region[name] for name in LABELS if name in region), None)
        if labels is None:
            left_out["regions that are no entities"] += 1
            continue
        if not (isinstance(labels, list) and labels and all(isinstance(label, str) and label for label in labels)):
            left_out["regions without a label"] += 1
            continue
        offset = region.get("globalOffsets", region)
        start, end = (offset.get(name) for name in ("start", "end"))
        if not (type(start) is type(end) is int):
            raise DataError(f"expected a region with whole numbers as start and end, found {shown(region)}")
        left_out["further labels of a region"] += len(labels) - 1
        spans.append(Span(start, end, labels[0]))
        quote = region.get("text")
        quotes.append(quote if isinstance(quote, str) else None)
    return annotated(text, spans, line, offsets, quotes)


def _text(data: Mapping[str, Any]) -> str:
    """The text of a row of JSON-MIN."""
    return str(data[_text_field(data, set())])


def _text_field(data: Mapping[str, Any], annotated_names: Collection[str]) -> str:
    """The only field that regions belong to; else the field ``text``, else the only one that holds text."""
    texts = [
        name for name, value in data.items() if isinstance(value, str) and name not in ("created_at", "updated_at")
    ]
    annotated_texts = [name for name in texts if name in annotated_names]
    for choice in (annotated_texts, [name for name in texts if name == "text"], texts):
        if len(choice) == 1:
            return choice[0]
    fields = listed(data)
    raise DataError(f"expected a text in the field 'text' of the task's data, found the fields {fields}")


def _is_entity(value: Mapping[str, Any]) -> bool:
    return any(name in value for name in LABELS)


def _objects(value: Any, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise DataError(f"expected a list of objects in '{name}', found {shown(value)}")
    return value


def _has_regions(value: Any) -> bool:
    """Whether a field of JSON-MIN holds regions."""
    return (
        isinstance(value, list) and bool(value) and all(isinstance(item, dict) and _is_entity(item) for item in value)
    )
