"""The texts or sentence pairs of a pool that are most like those of a domain, the most alike first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.data.overlap import normalized_text
from seqnlp.metrics.domain_difference import domain_differences, domain_words

Sides = tuple[str, ...]
"""A text alone, or the two sides of a pair."""


@dataclass(frozen=True)
class Selection:
    """What was chosen of a pool.

    Attributes:
        chosen: texts or pairs, the most alike first.
        differences: (N,) of each, in nats a word, a standard error added, the mean of both sides of a pair.
        blank, known, held_out, repeated: what was not considered: those with a side without words, those that the
            domain has, those with a side that its dev or test has, and those that the pool has a second time. Case,
            spaces, punctuation and accents make no other text.
    """

    chosen: list[Sides]
    differences: FloatArray
    blank: int
    known: int
    held_out: int
    repeated: int


def select_alike(
    pool: Sequence[Sides], domain: Sequence[Sides], number: int, held_out: Sequence[Sides] = ()
) -> Selection:
    """Choose by the difference of two n-gram models (Moore & Lewis 2010), of pairs by both sides (Axelrod et al. 2011).

    Args:
        pool: what to choose from, with as many sides as the domain's.
        domain: at least one.
        number: how many to choose; of fewer all that are considered.
        held_out: of the domain, what its models are judged by.
    """
    of_domain = {_key(one) for one in domain}
    judged_by = [set(side) for side in zip(*map(_key, held_out), strict=True)]
    considered: dict[Sides, Sides] = {}
    left_out = Counter[str]()
    for one in pool:
        key = _key(one)
        reason = _reason(key, of_domain, judged_by, considered)
        left_out[reason] += 1
        if not reason:
            considered[key] = one
    chosen, differences = _most_alike(list(considered.values()), domain, number)
    return Selection(chosen, differences, *(left_out[reason] for reason in (_BLANK, _KNOWN, _HELD_OUT, _REPEATED)))


_BLANK, _KNOWN, _HELD_OUT, _REPEATED = "blank", "known", "held out", "repeated"


def _key(one: Sides) -> Sides:
    return tuple(map(normalized_text, one))


def _reason(
    key: Sides, of_domain: Container[Sides], judged_by: Sequence[Container[str]], seen: Container[Sides]
) -> str:
    """Why a text or pair is not considered, or an empty string."""
    if not all(map(_has_words, key)):
        return _BLANK
    if any(side in theirs for side, theirs in zip(key, judged_by, strict=False)):
        return _HELD_OUT
    if key in of_domain:
        return _KNOWN
    return _REPEATED if key in seen else ""


def _has_words(key: str) -> bool:
    """Whether there is something to compare: characters that nobody sees are no words."""
    return key[:1].isalnum() or bool(domain_words(key))


def _most_alike(considered: Sequence[Sides], domain: Sequence[Sides], number: int) -> tuple[list[Sides], FloatArray]:
    """The most alike and their differences."""
    if not considered:
        return [], np.zeros(0)
    of_sides = [
        domain_differences(list(map(domain_words, ours)), list(map(domain_words, theirs)))
        for ours, theirs in zip(zip(*considered, strict=True), zip(*domain, strict=True), strict=True)
    ]
    differences = np.mean(of_sides, axis=0)  # (N,)
    order = np.argsort(differences, kind="stable")[:number]
    return [considered[place] for place in order], differences[order]
