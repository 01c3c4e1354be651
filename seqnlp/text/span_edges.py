"""How many span edges of a file lie inside words, and why: other offsets than expected, or another tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unicodedata import combining, normalize

from seqnlp.errors import DataError
from seqnlp.text.character_spans import OTHER_OFFSETS, edges_inside, in_characters, trimmed
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import KINDS, Token, tokenize

MANY = 0.1
"""The share of all edges above which edges inside words are an error."""

FEW = 3
"""Fewer edges inside words than these are no error, whatever their share."""

_CONSEQUENCE = "such entities are learned as the words that they touch, and count as missed"
_COUNTED = {"utf16": "UTF-16 units, as browsers do", "bytes": "bytes"}
_KEPT_ROWS = 1000
_SHIFTS = {
    "most of them fit if ends are inclusive: expected exclusive ends, so add 1 to every end": (0, 1),
    "most of them fit if offsets count from 1: expected offsets from 0, so take 1 from both": (-1, -1),
    "most of them fit if offsets count from 1 with inclusive ends: take 1 from every start": (-1, 0),
}


class SpanEdges:
    """Counts the span edges of a file while it is read.

    Args:
        tokenizer: cuts the texts.
        offsets: what the spans count in the file; they are converted when they come here.
    """

    def __init__(self, tokenizer: str, offsets: str = "codepoints") -> None:
        self.tokenizer, self.offsets = tokenizer, offsets
        self.total = self.inside = 0
        self._entities = self._broken = 0  # those, and those that go on in the next line
        self._first_line = self._first_broken = 0
        self._rows: list[tuple[str, list[Span]]] = []  # those with an edge inside a word

    def add(self, text: str, tokens: Sequence[Token], spans: Sequence[Span], line: int) -> None:
        """Count the edges of one text, each place once."""
        shown = [trimmed(text, span) for span in spans]
        inside = len(edges_inside(tokens, shown))
        broken = sum("\n" in text[span.start : span.end] for span in shown)
        self._entities, self._broken = self._entities + len(spans), self._broken + broken
        if broken:
            self._first_broken = self._first_broken or line
        self.total += len({edge for span in spans for edge in span[:2]})
        self.inside += inside
        if inside:
            self._first_line = self._first_line or line
            if len(self._rows) < _KEPT_ROWS:
                self._rows.append((text, list(spans)))

    def check(self, source: str, accept: bool, report: Callable[[str], None]) -> None:
        """Tell ``report`` of edges inside words, and of entities that go on in the next line.

        Raises:
            DataError: there are many and ``accept`` is False; names the likely cause.
        """
        if self._broken:
            found = f"{self._broken:,} of {self._entities:,} entities go on in the next line, first on line"
            use = "learned and scored so, but not found in use, where each line is tagged by itself; join such lines"
            report(f"{source}: {found} {self._first_broken}: {use}")
        if not self.inside:
            return
        problem = f"{self.inside:,} of {self.total:,} span edges lie inside words of data.tokenizer={self.tokenizer}"
        many = self.inside >= FEW and self.inside > MANY * self.total
        if many and not accept:
            way_out = f"or set data.accept_cut_words=true: {_CONSEQUENCE}"
            raise DataError(f"{problem}; {self._cause()}; {way_out}", source, self._first_line)
        cause = f" ({counting})" if self.inside >= FEW and (counting := self._other_counting()) else ""
        report(f"{source}: {problem}, first on line {self._first_line}{cause}; {_CONSEQUENCE}")

    def _other_counting(self) -> str:
        """What the spans seem to count instead of what is set, with what to do; empty: nothing else."""
        before = self._left(_shift(0, 0), self.tokenizer)
        for offsets in OTHER_OFFSETS if self.offsets == "codepoints" else ():
            if 4 * self._left(_counted_in(offsets), self.tokenizer) <= before:
                return f"most of them fit if spans count {_COUNTED[offsets]}: set data.offsets={offsets}"
        if 4 * self._left(_composed_or_outside, self.tokenizer) <= before:
            return "most of them fit if spans count composed letters (NFC; these texts are NFD): normalize the texts"
        return ""

    def _cause(self) -> str:
        """The likely cause, with what to do."""
        if counting := self._other_counting():
            return counting
        before = self._left(_shift(0, 0), self.tokenizer)
        shifted = {cause: self._left(_shift(*by), self.tokenizer) for cause, by in _SHIFTS.items()}
        cause = min(shifted, key=shifted.__getitem__)
        if 4 * shifted[cause] <= before:
            return cause
        others = [kind for kind in KINDS if kind not in (self.tokenizer, "characters")]
        fitting = [kind for kind in others if 4 * self._left(_shift(0, 0), kind) <= before]
        if not fitting and self.tokenizer != "characters":
            return "where words are written without spaces, set data.tokenizer=characters; else correct the file"
        return f"set data.tokenizer={' or '.join(fitting)}" if fitting else "correct the file"

    def _left(self, change: Callable[[str, Span], Span], tokenizer: str) -> int:
        """How many edges of the kept rows would lie inside words or out of the text."""
        return sum(_misfits(text, [change(text, span) for span in spans], tokenizer) for text, spans in self._rows)


def _misfits(text: str, spans: Sequence[Span], tokenizer: str) -> int:
    fitting = [trimmed(text, span) for span in spans if 0 <= span.start < span.end <= len(text)]
    filled = [span for span in fitting if span.start < span.end]
    return len(edges_inside(tokenize(text, tokenizer), filled)) + 2 * (len(spans) - len(filled))


def _shift(start: int, end: int) -> Callable[[str, Span], Span]:
    """Adds to both edges of a span."""
    return lambda text, span: Span(span.start + start, span.end + end, span.label)


def _composed_or_outside(text: str, span: Span) -> Span:
    """The span counted in the text with composed letters (NFC); an empty one where it leaves it."""
    ends, composed, begin = {0: 0}, 0, 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _joins(text[end]):
            composed, begin = composed + len(normalize("NFC", text[begin:end])), end
            ends[composed] = end
    if span.start not in ends or span.end not in ends:
        return Span(0, 0, span.label)
    return Span(ends[span.start], ends[span.end], span.label)


def _joins(character: str) -> bool:
    """Whether a character may be composed with the one before: a combining mark, or a vowel or end of a Hangul."""
    return combining(character) > 0 or "\u1160" <= character <= "\u11ff"


def _counted_in(offsets: str) -> Callable[[str, Span], Span]:
    """Converts a span to characters; an empty one where that is impossible."""

    def converted(text: str, span: Span) -> Span:
        try:
            return in_characters(text, span, offsets)
        except DataError:
            return Span(0, 0, span.label)

    return converted
