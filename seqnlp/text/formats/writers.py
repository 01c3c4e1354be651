"""Labelled text written in any format: texts with entities, or words with tags."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.csv_rows import csv_line
from seqnlp.text.formats.annotated import AnnotatedText
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span

ENTITY_KEY = "NE"
"""The key of MISC in which CoNLL-U holds the tags of entities: ``data.tag_column=misc:NE`` reads them."""


def text_of_words(sentence: TaggedSentence, scheme: str) -> AnnotatedText:
    """Words with spaces between them, and their entities in characters.

    Raises:
        DataError: plain tags are no entities.
    """
    if scheme == "none":
        raise DataError("plain tags are no entities; expected a format of words (conll, conllu, jsonl, json, csv)")
    starts, place = [], 0
    for word in sentence.tokens:
        starts.append(place)
        place += len(word) + 1
    ends = [start + len(word) for start, word in zip(starts, sentence.tokens, strict=True)]
    spans = [Span(starts[first], ends[last - 1], label) for first, last, label in sentence.entities(scheme)]
    return AnnotatedText(" ".join(sentence.tokens), spans, sentence.line)


def in_utf16(text: str, span: Span) -> Span:
    """A span in characters, counted in UTF-16 units."""
    start, end = (len(text[:edge].encode("utf-16-le")) // 2 for edge in span[:2])
    return Span(start, end, span.label)


# Texts with entities


def region(text: str, span: Span, number: int, offsets: Span | None = None) -> dict[str, Any]:
    """An entity as Label Studio has it, for a labelling configuration that names its tags ``label`` and ``text``."""
    place = offsets or span
    value = {"start": place.start, "end": place.end, "text": text[span.start : span.end], "labels": [span.label]}
    return {"id": f"e{number}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def _jsonl_row(text: str, spans: Sequence[Span], inside: Sequence[Span]) -> Any:
    return {"text": text, "spans": [_named(span) for span in spans]}


def _doccano_row(text: str, spans: Sequence[Span], inside: Sequence[Span]) -> Any:
    return {"text": text, "label": [list(span) for span in spans]}


def _prodigy_row(text: str, spans: Sequence[Span], inside: Sequence[Span]) -> Any:
    return {"text": text, "spans": [_named(span) for span in spans], "answer": "accept"}


def _spacy_row(text: str, spans: Sequence[Span], inside: Sequence[Span]) -> Any:
    return [text, {"entities": [list(span) for span in spans]}]


def _label_studio_row(text: str, spans: Sequence[Span], inside: Sequence[Span]) -> Any:
    pairs = enumerate(zip(inside, spans, strict=True), 1)
    result = [region(text, span, number, place) for number, (span, place) in pairs]
    return {"data": {"text": text}, "annotations": [{"result": result}]}


def _named(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label}


_ROWS: Mapping[str, tuple[Callable[[str, Sequence[Span], Sequence[Span]], Any], bool]] = {
    "jsonl": (_jsonl_row, False),
    "json": (_jsonl_row, True),
    "doccano": (_doccano_row, False),
    "prodigy": (_prodigy_row, False),
    "spacy": (_spacy_row, True),
    "label_studio": (_label_studio_row, True),
}
"""The row of a text, and whether rows are the items of an array."""


def text_row(form: str, example: AnnotatedText, offsets: str = "codepoints") -> Any:
    """The text and its entities, in the order of the text, as a row of the format."""
    spans = sorted(example.spans)
    written = [in_utf16(example.text, span) for span in spans] if offsets == "utf16" else spans
    return _ROWS[form][0](example.text, written, spans)


def word_row(sentence: TaggedSentence) -> dict[str, Any]:
    """The words and tags of a sentence as a row of ``jsonl`` and ``json``."""
    return {"tokens": list(sentence.tokens), "tags": list(sentence.tags)}


def write_rows(form: str, rows: Iterable[Any]) -> Iterator[str]:
    """The file's text: a row a line, as items of an array where the format has one."""
    array, first = _ROWS[form][1], True
    for row in rows:
        written = json.dumps(row, ensure_ascii=False)
        yield f"{'[' if first else ','}\n{written}" if array else f"{written}\n"
        first = False
    if array:
        yield "[]\n" if first else "\n]\n"


def brat_files(example: AnnotatedText, offsets: str = "codepoints") -> tuple[str, str]:
    """The two files of a text; an entity on several lines has a part on each, and a label no spaces."""
    lines = []
    for number, span in enumerate(sorted(example.spans), 1):
        words = example.text[span.start : span.end]
        matches = [m for m in re.finditer(r"[^\r\n]+", words) if m[0].strip()]
        parts = [Span(span.start + part.start(), span.start + part.end(), span.label) for part in matches]
        placed = [in_utf16(example.text, part) if offsets == "utf16" else part for part in parts]
        places = ";".join(f"{part.start} {part.end}" for part in placed)
        quote = " ".join(part[0] for part in matches)
        lines.append(f"T{number}\t{brat_label(span.label)} {places}\t{quote}\n")
    return example.text, "".join(lines)


def brat_label(label: str) -> str:
    """The label with underscores for its spaces, which end a label there."""
    return re.sub(r"\s+", "_", label)


# Words with tags


def write_conll(sentences: Iterable[TaggedSentence], scheme: str) -> Iterator[str]:
    """``word<TAB>tag`` lines, a blank line after each sentence."""
    for sentence in sentences:
        yield "".join(f"{word}\t{tag}\n" for word, tag in _pairs(sentence)) + "\n"


def write_conllu(sentences: Iterable[TaggedSentence], scheme: str) -> Iterator[str]:
    """CoNLL-U: plain tags as UPOS, those of entities in MISC (see :data:`ENTITY_KEY`)."""
    for number, sentence in enumerate(sentences, 1):
        rows = [f"# sent_id = {number}\n", f"# text = {' '.join(sentence.tokens)}\n"]
        for place, (word, tag) in enumerate(_pairs(sentence), 1):
            if "|" in tag and scheme != "none":
                raise DataError(f"MISC of CoNLL-U ends a tag at '|', found '{tag}'; choose another format, or label")
            upos, misc = (tag, "_") if scheme == "none" else ("_", f"{ENTITY_KEY}={tag}")
            rows.append("\t".join([str(place), word, "_", upos, "_", "_", "_", "_", "_", misc]) + "\n")
        yield "".join(rows) + "\n"


def write_csv(sentences: Iterable[TaggedSentence], scheme: str) -> Iterator[str]:
    """A word a row, with the number of its sentence."""
    yield "sentence_id,token,tag\n"
    for number, sentence in enumerate(sentences, 1):
        yield "".join(csv_line((number, *pair)) for pair in _pairs(sentence))


WORD_WRITERS: Mapping[str, Callable[[Iterable[TaggedSentence], str], Iterator[str]]] = {
    "conll": write_conll,
    "conllu": write_conllu,
    "csv": write_csv,
}
"""What takes sentences and the scheme of their tags."""


def _pairs(sentence: TaggedSentence) -> Iterator[tuple[str, str]]:
    for word, tag in zip(sentence.tokens, sentence.tags, strict=True):
        if re.search(r"[\t\r\n]", word + tag):
            raise DataError(f"a file with columns cannot hold {json.dumps(word if word.strip() else tag)}")
        yield word, tag
