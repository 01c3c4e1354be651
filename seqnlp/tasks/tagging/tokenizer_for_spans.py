"""Which tokenizer cuts texts so that their entities begin and end where words do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import raw_examples
from seqnlp.errors import DataError
from seqnlp.text.character_spans import edges_inside, trimmed
from seqnlp.text.formats.annotated import AnnotatedText
from seqnlp.text.scripts import WITHOUT_SPACES
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import DEFAULT, tokenize

NUM_TEXTS = 3000
"""Of the training split, which are measured."""

_FINER = ("english", "split")
_ABOUT_EQUAL = 0.01
"""Part of the spans by which a tokenizer must be better than a coarser one to be taken."""


def tokenizer_for_spans(data: DataConfig, say: Callable[[str], None]) -> str:
    """``words``, unless a finer tokenizer cuts markedly fewer spans of the training split; then this is said.

    ``characters`` is tried only where most spans are of a script that is written without spaces: it would fit any
    offsets, also wrong ones. A split that cannot be read is left to whoever reads it next.
    """
    try:
        annotated = [one for one in islice(raw_examples(data, "train"), NUM_TEXTS) if isinstance(one, AnnotatedText)]
    except DataError:
        return DEFAULT
    texts = [(one.text, _inside(one)) for one in annotated]
    total = sum(len(spans) for _, spans in texts)
    if not total or not num_cut(texts, DEFAULT):
        return DEFAULT
    kinds = [DEFAULT, *_FINER, *(["characters"] if _is_without_spaces(texts, total) else [])]
    cut = {kind: num_cut(texts, kind) for kind in kinds}
    enough = min(cut.values()) + _ABOUT_EQUAL * total
    best = next(kind for kind in kinds if cut[kind] <= enough)
    if best != DEFAULT:
        others = ", ".join(f"{kind} {count:,}" for kind, count in cut.items() if kind != best)
        say(f"data.tokenizer={best} cuts into {cut[best]:,} of {total:,} entities of train ({others})")
    return best


def num_cut(texts: Sequence[tuple[str, Sequence[Span]]], kind: str) -> int:
    """How many spans begin or end inside a word."""
    count = 0
    for text, spans in texts:
        inside = set(edges_inside(tokenize(text, kind), spans))
        count += sum(span.start in inside or span.end in inside for span in spans)
    return count


def _inside(example: AnnotatedText) -> list[Span]:
    """The spans that lie in the text and hold something, trimmed."""
    fitting = [s for s in example.spans if 0 <= s.start < s.end <= len(example.text)]
    return [span for span in (trimmed(example.text, span) for span in fitting) if span.start < span.end]


def _is_without_spaces(texts: Sequence[tuple[str, Sequence[Span]]], total: int) -> bool:
    """Whether most spans have a letter of a script without spaces."""
    unspaced = sum(bool(WITHOUT_SPACES.search(text, span.start, span.end)) for text, spans in texts for span in spans)
    return 2 * unspaced > total
