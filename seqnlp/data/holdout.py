"""Parts of the training examples held out for development and test, and how many are used; no text on two sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.errors import DataError, counted


@dataclass(frozen=True, slots=True)
class Group:
    """Examples that stay together.

    Attributes:
        members: their numbers.
        stratum: groups of one stratum are held out in proportion.
        labels: how many of the members have each label.
    """

    members: list[int]
    stratum: tuple[str, ...] = ()
    labels: Counter[str] | None = None


def fold_numbers(groups: Sequence[Group], count: int, seed: int, noun: str) -> list[set[int]]:
    """The numbers of the examples of each of ``count`` parts, which hold all examples and are as equal as can be.

    Raises:
        DataError: there are too few groups, or one is larger than a part may be.
    """
    total = sum(len(group.members) for group in groups)
    largest = max((len(group.members) for group in groups), default=0)
    if len(groups) < count or largest > max(2 * total / count, 1):
        raise DataError(
            f"data.test: {counted(total, noun)} in {len(groups):,} groups of equal texts, the largest of {largest:,}, "
            f"are too few for {count} folds"
        )
    strata: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        strata[group.stratum].append(group)
    generator = np.random.default_rng(seed)
    folds: list[set[int]] = [set() for _ in range(count)]
    for stratum in sorted(strata):
        shuffled = [strata[stratum][place] for place in generator.permutation(len(strata[stratum]))]
        for group in sorted(shuffled, key=lambda group: -len(group.members)):
            min(folds, key=len).update(group.members)
    return folds


def share_numbers(groups: Sequence[Group], share: float, seed: int, noun: str) -> list[int]:
    """The numbers, in order, of a share of the examples; a larger share has those of a smaller.

    Raises:
        DataError: the share is less than one example.
    """
    total = sum(len(group.members) for group in groups)
    used: list[int] = []
    for place in np.random.default_rng([seed, 1]).permutation(len(groups)):
        used += groups[place].members if len(used) < round(share * total) else []
    if not used:
        raise DataError(f"data.share: {share:g} of {counted(total, noun)} is none")
    return sorted(used)


def choose(groups: Sequence[Group], part: float, seed: int, noun: str) -> set[int]:
    """The numbers of the examples that are held out.

    A group is held out only whole, if it is no larger than what is still wanted, and leaves some of each of its labels.
    What the strata cannot give is taken from all of them.

    Args:
        noun: what an example is called in messages.

    Raises:
        DataError: no group can be held out.
    """
    strata: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        strata[group.stratum].append(group)
    left = Counter[str]()
    for group in groups:
        left.update(group.labels or {})
    generator = np.random.default_rng(seed)
    total = sum(len(group.members) for group in groups)
    held: set[int] = set()

    def take(chosen: Iterable[Group], wanted: int) -> list[Group]:
        """Hold out of the given groups, in their order; those that stay are returned."""
        stay = []
        for group in chosen:
            own = group.labels or Counter[str]()
            size = len(group.members)
            if size <= wanted and len(held) + size < total and all(left[label] > own[label] for label in own):
                held.update(group.members)
                left.subtract(own)
                wanted -= size
            else:
                stay.append(group)
        return stay

    remaining: list[Group] = []
    for stratum in sorted(strata):
        members = strata[stratum]
        shuffled = [members[place] for place in generator.permutation(len(members))]
        remaining += take(shuffled, round(part * sum(len(group.members) for group in members)))
    take([remaining[place] for place in generator.permutation(len(remaining))], round(part * total) - len(held))
    if not held:
        raise DataError(_nothing(part, total, noun, min(len(group.members) for group in groups)))
    return held


def held_out(count: int, total: int, part: float, noun: str, why: str) -> str:
    """``20 of 200 documents``, and why not as many as asked for."""
    wanted = round(part * total)
    asked = "" if count == wanted else f" ({wanted:,} asked for; {why})"
    return f"{count:,} of {counted(total, noun)}{asked}"


def equal_together(keys: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Numbers of examples, those together that share a key at the same place, directly or over others; in their order.

    Args:
        keys: of each example; an empty key is shared with none.
    """
    parent = list(range(len(keys)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[tuple[int, str], int] = {}
    for number, texts in enumerate(keys):
        for place, text in enumerate(texts):
            if text:
                other = root(first.setdefault((place, text), number))
                mine = root(number)
                parent[max(mine, other)] = min(mine, other)
    together: dict[int, list[int]] = defaultdict(list)
    for number in range(len(keys)):
        together[root(number)].append(number)
    return list(together.values())


def _nothing(part: float, total: int, noun: str, smallest: int) -> str:
    """Why nothing can be held out."""
    wanted = round(part * total)
    if not wanted:
        reason = f"{part:.4g} of {total:,} training {noun}s is 0"
        return f"data.dev: {reason}; expected at least one held out and one left"
    reason = (
        f"the smallest group of equal texts has {smallest:,} {noun}s" if smallest > wanted else "each label is needed"
    )
    return (
        f"data.dev: none of {total:,} training {noun}s can be held out ({wanted:,} wanted): {reason} in train; "
        "name a development file, or a larger part"
    )
