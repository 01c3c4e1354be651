"""Tag schemes: what is legal, tags to entity spans and back, from one scheme to another, mending.

======  =====================================================================================
iob1    I-X inside an entity; B-X only where it follows another entity of the same type
iob2    B-X begins every entity, I-X goes on (also called BIO)
bioes   B-X begins, I-X goes on, E-X ends; S-X is an entity of one word (also called IOBES)
bilou   the same with L-X for the last word and U-X for a single one
none    plain tags such as parts of speech: anything goes, no entities
======  =====================================================================================

A tag is split at its first hyphen, so types may hold hyphens themselves (``B-creative-work``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from seqnlp.errors import DataError, SeqnlpError, did_you_mean

OUTSIDE = "O"
PREFIXES = {"iob1": "BI", "iob2": "BI", "bioes": "BIES", "bilou": "BILU", "none": ""}
"""The prefixes of each scheme, in the order in which :func:`tag_set` lists them."""

_BEGINNING, _ENDING, _OPEN = "BSU", "ELSU", "BI"
_LAST_AND_SINGLE = {"bioes": ("E", "S"), "bilou": ("L", "U")}


class Span(NamedTuple):
    """An entity: token positions (end exclusive) and type."""

    start: int
    end: int
    label: str


def spans_from_tags(tags: Sequence[str], scheme: str) -> list[Span]:
    """The entities that legal tags spell out, in order; none for plain tags.

    Raises:
        DataError: a tag is illegal in the scheme.
    """
    illegal = find_illegal(tags, scheme)
    if illegal:
        position, message = illegal[0]
        raise DataError(f"word {position + 1} of the sentence: {message}")
    return [] if scheme == "none" else _lenient_spans(tags, scheme)


def tags_from_spans(spans: Sequence[Span], length: int, scheme: str) -> list[str]:
    """The tags of a sentence of ``length`` words with these entities.

    Raises:
        DataError: spans overlap, are empty or reach out of the sentence, or the scheme has no entities.
    """
    if not _prefixes(scheme):
        raise DataError("plain tags have no entities; expected scheme iob1, iob2, bioes or bilou, found 'none'")
    tags, previous = [OUTSIDE] * length, Span(0, 0, "")
    for span in sorted(spans):
        start, end, label = span
        if not previous.end <= start < end <= length:
            raise DataError(f"{span} is empty, overlaps {previous} or leaves the sentence of {length} words")
        tags[start:end] = _entity_tags(end - start, label, scheme)
        if scheme == "iob1" and (previous.end, previous.label) == (start, label):
            tags[start] = f"B-{label}"
        previous = span
    return tags


def is_tag(tag: str, scheme: str) -> bool:
    """Whether the scheme has such tags; of plain tags all but the empty one."""
    return _split(tag, scheme) is not None


def convert_tags(tags: Sequence[str], source: str, target: str) -> list[str]:
    """The same entities in another scheme; plain tags stay as they are.

    Raises:
        DataError: a tag is illegal in the source scheme, or one scheme is ``none`` and the other is not.
    """
    if source == target == "none":
        return list(tags)
    if "none" in (source, target):
        raise DataError(f"tags of scheme '{source}' cannot become '{target}': plain tags have no entities")
    return tags_from_spans(spans_from_tags(tags, source), len(tags), target)


def find_illegal(tags: Sequence[str], scheme: str) -> list[tuple[int, str]]:
    """Positions of illegal tags, each with what it is and what was expected; an open end belongs to the last tag."""
    illegal = []
    previous = ""
    for position, tag in enumerate(tags):
        problem = _problem(previous, tag, scheme)
        if problem:
            illegal.append((position, problem))
        previous = tag if _split(tag, scheme) else OUTSIDE  # one malformed tag is one problem, not two
    problem = _problem_at_end(previous, scheme)
    if problem:
        illegal.append((len(tags) - 1, problem))
    return illegal


def repair_tags(tags: Sequence[str], scheme: str) -> tuple[list[str], list[tuple[int, str, str]]]:
    """Legal tags that keep every entity conlleval would see, and the changes as (position, old, new).

    As in conlleval, a word inside an entity that nothing began begins one, a change of type begins another, and an
    entity that nothing ended ends where it stops. A tag that is not of the scheme becomes ``O``.
    """
    if scheme == "none":
        return list(tags), []
    mended = tags_from_spans(_lenient_spans(tags, scheme), len(tags), scheme)
    pairs = enumerate(zip(tags, mended, strict=True))
    return mended, [(position, old, new) for position, (old, new) in pairs if old != new]


def legal_start(labels: Sequence[str], scheme: str) -> list[bool]:
    """Which tags may begin a sentence."""
    return [not _problem("", label, scheme) for label in _checked(labels, scheme)]


def legal_end(labels: Sequence[str], scheme: str) -> list[bool]:
    """Which tags may end a sentence."""
    return [not _problem_at_end(label, scheme) for label in _checked(labels, scheme)]


def legal_transitions(labels: Sequence[str], scheme: str) -> list[list[bool]]:
    """``[from][to]``: which tag may follow which; all True for plain tags."""
    return [[not _problem(old, new, scheme) for new in labels] for old in _checked(labels, scheme)]


def tag_set(entity_labels: Sequence[str], scheme: str) -> list[str]:
    """Every tag of the scheme for these entity types: ``O``, then type by type in sorted order.

    Raises:
        DataError: the scheme is ``none``, whose tags only the data knows.
    """
    prefixes = _prefixes(scheme)
    if not prefixes:
        raise DataError("scheme 'none' has no set of tags; expected iob1, iob2, bioes or bilou")
    return [OUTSIDE, *(f"{prefix}-{label}" for label in sorted(set(entity_labels)) for prefix in prefixes)]


def _prefixes(scheme: str) -> str:
    if scheme not in PREFIXES:
        names = ", ".join(PREFIXES)
        raise SeqnlpError(f"expected a tag scheme ({names}), found '{scheme}'{did_you_mean(scheme, PREFIXES)}")
    return PREFIXES[scheme]


def _checked(labels: Sequence[str], scheme: str) -> Sequence[str]:
    """The same tags, all of them well formed."""
    for label in labels:
        if not _split(label, scheme):
            raise DataError(_malformed(label, scheme))
    return labels


def _entity_tags(length: int, label: str, scheme: str) -> list[str]:
    """Tags of one entity, apart from its neighbours."""
    if scheme == "iob1":
        return [f"I-{label}"] * length
    tags = [f"B-{label}", *[f"I-{label}"] * (length - 1)]
    if scheme in _LAST_AND_SINGLE:
        last, single = _LAST_AND_SINGLE[scheme]
        tags[-1] = f"{single if length == 1 else last}-{label}"
    return tags


def _lenient_spans(tags: Sequence[str], scheme: str) -> list[Span]:
    """Entities as conlleval reads them, whether the tags are legal or not; exact if they are."""
    spans: list[Span] = []
    open_label = ""  # type of an entity that the next word may still continue
    for position, tag in enumerate(tags):
        prefix, label = _split(tag, scheme) or (OUTSIDE, "")
        if prefix != OUTSIDE:
            if prefix not in _BEGINNING and label == open_label:
                spans[-1] = Span(spans[-1].start, position + 1, label)
            else:
                spans.append(Span(position, position + 1, label))
        open_label = "" if prefix in _ENDING else label
    return spans


@lru_cache(maxsize=1 << 16)
def _split(tag: str, scheme: str) -> tuple[str, str] | None:
    """Prefix and type of a tag, None if it is not a tag of the scheme."""
    prefixes = _prefixes(scheme)
    if not prefixes or tag == OUTSIDE:
        return (OUTSIDE, "") if tag else None
    prefix, hyphen, label = tag.partition("-")
    return (prefix, label) if len(prefix) == 1 and prefix in prefixes and hyphen and label else None


@lru_cache(maxsize=1 << 16)
def _problem(previous: str, tag: str, scheme: str) -> str:
    """Why a tag may not follow a well-formed one (empty: the sentence begins), or an empty string."""
    parts = _split(tag, scheme)
    if parts is None:
        return _malformed(tag, scheme)
    before, old = (_split(previous, scheme) if previous else None) or (OUTSIDE, "")
    prefix, label = parts
    expected = ""
    if scheme in _LAST_AND_SINGLE:
        last, single = _LAST_AND_SINGLE[scheme]
        if before in _OPEN and (prefix not in ("I", last) or label != old):
            expected = f"I-{old} or {last}-{old}"
        elif before not in _OPEN and prefix in ("I", last):
            expected = f"O, B-{label} or {single}-{label}"
    elif label != old and prefix == {"iob2": "I", "iob1": "B"}.get(scheme):
        expected = f"{'B' if prefix == 'I' else 'I'}-{label}"
    where = f"after '{previous}'" if previous else "at the start of a sentence"
    return f"tag '{tag}' {where} is illegal in {scheme}; expected {expected}" if expected else ""


def _problem_at_end(tag: str, scheme: str) -> str:
    """Why a sentence may not end with a well-formed tag, or an empty string."""
    prefix, label = (_split(tag, scheme) if tag else None) or (OUTSIDE, "")
    if scheme not in _LAST_AND_SINGLE or prefix not in _OPEN:
        return ""
    last, single = _LAST_AND_SINGLE[scheme]
    expected = f"{single if prefix == 'B' else last}-{label}"
    return f"tag '{tag}' at the end of a sentence is illegal in {scheme}; expected {expected}"


def _malformed(tag: str, scheme: str) -> str:
    kinds = ["O", *(f"{prefix}-TYPE" for prefix in _prefixes(scheme))] if scheme != "none" else ["a name"]
    shown = f"'{tag}'" if tag.isprintable() else ascii(tag)
    return f"{shown} is not a tag of scheme {scheme}; expected {', '.join(kinds)}"
