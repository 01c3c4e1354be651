"""A text with entities given by character offsets, as the readers of annotation tools yield it, and as sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from seqnlp.errors import DataError
from seqnlp.text.character_spans import OTHER_OFFSETS, checked_spans, in_characters, named, sentence_of, trimmed
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.span_edges import SpanEdges
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import tokenize


class AnnotatedText(NamedTuple):
    """A text and its entities.

    Attributes:
        text: it may have several lines.
        spans: in characters (code points), in any order; they may overlap.
        line: where it begins in its file, from 1; of a folder of files its number among them.
        source: its file, where that is not the one that was read.
        weight: what the text counts for in training, each sentence of it.
    """

    text: str
    spans: list[Span]
    line: int
    source: str = ""
    weight: float = 1.0


Example = AnnotatedText | TaggedSentence
"""What a reader yields: where a format has words, they are kept."""


class Cut(NamedTuple):
    """How a text with entities becomes words with tags.

    Attributes:
        scheme: of the tags that are made.
        tokenizer: cuts the text, as in use.
        edges: counts the span edges that lie inside words.
        strict: entities that overlap are errors; otherwise the longest are kept.
    """

    scheme: str
    tokenizer: str
    edges: SpanEdges | None = None
    strict: bool = False


def annotated(
    text: str, spans: Iterable[Span], line: int, offsets: str, quotes: Sequence[str | None] = ()
) -> AnnotatedText:
    """The text with spans in characters.

    Args:
        offsets: what the spans count: ``codepoints``, ``utf16`` or ``bytes``.
        quotes: what the file says that each span holds, where it says so.

    Raises:
        DataError: a span holds something else than the file says.
    """
    written = [span._replace(label=span.label.strip()) for span in spans]
    placed = [in_characters(text, span, offsets) for span in written]
    for before, span, quote in zip(written, placed, quotes, strict=False):
        if quote is not None and _letters(text[span.start : span.end]) != _letters(quote):
            here = text[max(0, span.start) : max(0, span.end)]
            hint = _other_offsets(text, before, quote, offsets)
            raise DataError(f"{named(before)} should be '{quote[:40]}', found '{here[:40]}'{hint}")
    return AnnotatedText(text, placed, line)


def quotes_in(items: Any) -> list[str | None]:
    """What objects of a list say that their spans hold (``text``), each or None."""
    texts = [item.get("text") if isinstance(item, dict) else None for item in items or []]
    return [text if isinstance(text, str) else None for text in texts]


def sentences_of(
    examples: Iterable[Example], path: object, cut: Cut, left_out: Counter[str]
) -> Iterator[TaggedSentence]:
    """The examples as sentences: lines of a text are sentences of their own, but for a line break inside an entity.

    Args:
        path: the file, in messages.
        left_out: counts the entities inside others, and texts without words.

    Raises:
        DataError: an entity is empty, blank or out of its text; entities with scheme ``none``; with file and line.
    """
    for example in examples:
        if isinstance(example, TaggedSentence):
            yield example
            continue
        try:
            sentences = _cut_text(example, cut, left_out)
        except DataError as problem:
            where = (example.source, None) if example.source else (path, example.line)
            raise DataError(str(problem), *where) from None
        if not sentences:
            if cut.strict:
                raise DataError("a sentence with no words; leave such lines out", path, example.line)
            left_out["texts without words"] += 1
        yield from sentences


def outermost(spans: Sequence[Span], left_out: Counter[str]) -> list[Span]:
    """The spans in order, without those inside longer ones, or across earlier ones as long."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        if any(span.start < other.end and other.start < span.end for other in kept):
            left_out["entities inside or across others"] += 1
        else:
            kept.append(span)
    return sorted(kept)


def _cut_text(example: AnnotatedText, cut: Cut, left_out: Counter[str]) -> list[TaggedSentence]:
    if cut.scheme == "none":
        raise DataError("spans need a scheme with entities; expected data.scheme=iob2 (or another), found 'none'")
    text = example.text
    spans = checked_spans(text, example.spans if cut.strict else _flat(example, left_out))
    written = {trimmed(text, span): span for span in example.spans}  # as the file has them: what wrong offsets show
    sentences = []
    for start, end in _lines(text, spans):
        tokens = tokenize(text[start:end], cut.tokenizer)
        if tokens:
            here = [Span(a - start, b - start, label) for a, b, label in spans if start <= a and b <= end]
            if cut.edges:
                as_written = [written[span] for span in spans if start <= span.start and span.end <= end]
                moved = [Span(a - start, b - start, label) for a, b, label in as_written]
                cut.edges.add(text[start:end], tokens, moved, example.line)
            sentences.append(replace(sentence_of(tokens, here, cut.scheme, example.line), weight=example.weight))
    return sentences


def _flat(example: AnnotatedText, left_out: Counter[str]) -> list[Span]:
    """The outermost entities; those that are wrong stay, to be refused."""
    inside = [span for span in example.spans if 0 <= span.start < span.end <= len(example.text)]
    if len(inside) < len(example.spans):
        return example.spans
    return outermost([trimmed(example.text, span) for span in inside], left_out)


def _lines(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Starts and ends of the lines; a line break inside an entity ends none. Spans are sorted and do not overlap."""
    starts, begin = [span.start for span in spans], 0
    place = text.find("\n")
    while place >= 0:
        before = bisect_right(starts, place) - 1
        if before < 0 or spans[before].end <= place:
            yield begin, place
            begin = place + 1
        place = text.find("\n", place + 1)
    yield begin, len(text)


def _letters(text: str) -> str:
    """What is compared: tools write line breaks and spaces inside an entity in several ways."""
    return "".join(text.replace("\\n", "\n").split())


def _other_offsets(text: str, span: Span, quote: str, offsets: str) -> str:
    """A hint if the span fits when counted in another way."""
    for other in ("codepoints", *OTHER_OFFSETS):
        with suppress(DataError):
            placed = in_characters(text, span, other)
            if other != offsets and _letters(text[placed.start : placed.end]) == _letters(quote):
                return f"; set data.offsets={other}"
    return ""
