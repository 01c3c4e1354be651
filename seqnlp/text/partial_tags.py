"""Tags that are known in part: ``?`` may be any tag, ``B-PER|B-ORG`` one of these. Training sums over what they allow.

Such labels come from crowds that disagree, from gazetteers, and from documents of which a half is annotated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from seqnlp.errors import DataError
from seqnlp.text.tags import OUTSIDE, is_tag, legal_end, legal_start, legal_transitions

UNKNOWN = "?"
BETWEEN = "|"

_BIOES_OF_IOB2 = {"B": "BS", "I": "IE"}
"""In which prefixes of the model's scheme those of IOB2 may end up; which of them, the words around decide."""

_PREFIXES = {"iob2": "BI", "bioes": "BIES", "bilou": "BILU"}
_TO_BIOES = {"L": "E", "U": "S"}
_TO_IOB2 = {"E": "I", "L": "I", "S": "B", "U": "B"}


def is_partial(tags: Iterable[str]) -> bool:
    """Whether a tag of the sentence is not known, or not for sure."""
    return any(tag == UNKNOWN or BETWEEN in tag for tag in tags)


def named_tags(tags: Iterable[str]) -> list[str]:
    """The tags that a sentence names, whether for sure or as one of several."""
    return [part for tag in tags if tag != UNKNOWN for part in tag.split(BETWEEN)]


def refuse_impossible_tags(tags: Sequence[str], scheme: str) -> None:
    """Pass if some legal tags fit.

    Raises:
        DataError: a tag is none of the scheme, or no legal tags fit; says at which word.
    """
    names = named_tags(tags)
    for position, tag in enumerate(tags):
        for part in [] if tag == UNKNOWN else tag.split(BETWEEN):
            if not is_tag(part, scheme):
                raise DataError(f"word {position + 1} of the sentence: '{part}' in '{tag}' is not a tag of {scheme}")
    if scheme == "none":
        return
    known = _all_tags(frozenset(tag.partition("-")[2] for tag in names if tag != OUTSIDE), scheme)
    start, end, follows = legal_start(known, scheme), legal_end(known, scheme), legal_transitions(known, scheme)
    reached: list[int] = []
    for position, tag in enumerate(tags):
        allowed = [number for number, name in enumerate(known) if tag == UNKNOWN or name in tag.split(BETWEEN)]
        if position == 0:
            reached = [number for number in allowed if start[number]]
        else:
            reached = [number for number in allowed if any(follows[before][number] for before in reached)]
        if not reached:
            raise DataError(f"word {position + 1} of the sentence: '{tag}' cannot stand there in {scheme}")
    if not any(end[number] for number in reached):
        raise DataError(f"the sentence cannot end with '{tags[-1]}' in {scheme}")


def allowed_tags(tag: str, scheme: str, target: str) -> list[str] | None:
    """The tags of the model's scheme that a tag of the data's scheme may be; None for all of them.

    Several tags of ``bioes`` stand for one of ``iob2``; the constraints of the model's scheme leave the right one.

    Args:
        tag: with its parts.
        scheme: of the data: iob2, bioes, bilou, or none.
        target: of the model: iob2, bioes, or none.
    """
    if tag == UNKNOWN:
        return None
    return [inner for part in tag.split(BETWEEN) for inner in _inner(part, scheme, target)]


def _inner(tag: str, scheme: str, target: str) -> list[str]:
    prefix, hyphen, label = tag.partition("-")
    if "none" in (scheme, target) or not hyphen or scheme == target:
        return [tag]
    if target == "iob2":
        return [f"{_TO_IOB2.get(prefix, prefix)}-{label}"]
    if scheme == "bilou":
        return [f"{_TO_BIOES.get(prefix, prefix)}-{label}"]
    return [f"{one}-{label}" for one in _BIOES_OF_IOB2[prefix]]


@lru_cache(maxsize=1024)
def _all_tags(labels: frozenset[str], scheme: str) -> list[str]:
    return [OUTSIDE, *(f"{prefix}-{label}" for label in sorted(labels or {"X"}) for prefix in _PREFIXES[scheme])]
