"""A part of the training examples held out for development: as many as asked for, and no text on both sides."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from seqnlp.data.clean_pairs import counted
from seqnlp.data.overlap import normalized_text
from seqnlp.errors import DataError
from seqnlp.text.documents import Document
from seqnlp.text.parallel import SentencePair
from seqnlp.text.sentence import TaggedSentence

Example = TypeVar("Example")


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


def hold_out(documents: Sequence[Document], part: float, seed: int) -> tuple[list[Document], list[Document]]:
    """The documents that stay, and those held out, each in their order; a function of the data, ``part`` and ``seed``.

    Of every label (or set of labels) the same part is held out, as far as that is possible: documents whose texts are
    equal but for spaces and case go together, so that no text is on both sides, and no label leaves train.

    Args:
        part: between 0 and 1.

    Raises:
        DataError: nothing would be held out, or nothing left.
    """
    groups = [
        Group(
            numbers,
            tuple(sorted(documents[numbers[0]].labels)),
            Counter(label for number in numbers for label in documents[number].labels),
        )
        for numbers in equal_together([(normalized_text(document.text),) for document in documents])
    ]
    return _split(documents, choose(groups, part, seed, "document"))


def hold_out_pairs(
    pairs: Sequence[SentencePair], part: float, seed: int
) -> tuple[list[SentencePair], list[SentencePair]]:
    """As :func:`hold_out`, for sentence pairs: those whose sources or targets are equal go together.

    Raises:
        DataError: nothing would be held out, or nothing left.
    """
    keys = [(normalized_text(pair.source), normalized_text(pair.target)) for pair in pairs]
    groups = [Group(numbers) for numbers in equal_together(keys)]
    return _split(pairs, choose(groups, part, seed, "pair"))


def hold_out_sentences(
    sentences: Sequence[TaggedSentence], part: float, seed: int, documents: Sequence[int]
) -> tuple[list[TaggedSentence], list[TaggedSentence], bool]:
    """As :func:`hold_out`, for tagged sentences: whole documents, or if these are too large equal sentences together.

    Args:
        documents: the lines at which documents begin, in order; may be empty.

    Returns:
        The sentences that stay, those held out, and whether they are whole documents.

    Raises:
        DataError: nothing would be held out, or nothing left.
    """

    def of(members: Sequence[Sequence[int]]) -> list[Group]:
        tags = (Counter(tag for number in numbers for tag in sentences[number].tags) for numbers in members)
        return [Group(list(numbers), labels=labels) for numbers, labels in zip(members, tags, strict=True)]

    whole: dict[int, list[int]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        whole[bisect_right(documents, sentence.line)].append(number)
    if len(whole) > 1:
        with suppress(DataError):
            return *_split(sentences, choose(of(list(whole.values())), part, seed, "sentence")), True
    equal = equal_together([(normalized_text(" ".join(sentence.tokens)),) for sentence in sentences])
    return *_split(sentences, choose(of(equal), part, seed, "sentence")), False


def hold_out_lines(lines: Sequence[str], part: float) -> tuple[list[str], list[str]]:
    """The first lines of a running text, and the last, which are held out: ``part`` of all, or up to a fifth more or
    fewer, so that they follow a blank line.

    Raises:
        DataError: no line with text would be held out, or none left.
    """
    total = len(lines)
    wanted = round(part * total)
    around = range(max(total - wanted * 6 // 5, 1), total - wanted * 4 // 5 + 1)
    after_blanks = [place for place in around if not lines[place - 1]]
    place = min(after_blanks, key=lambda place: abs(total - wanted - place), default=total - wanted)
    kept, held = list(lines[:place]), list(lines[place:])
    if not any(kept) or not any(held):
        raise DataError(f"data.dev: {part:.4g} of {total:,} training lines; expected text on both sides, found none")
    return kept, held


def _split(examples: Sequence[Example], held: set[int]) -> tuple[list[Example], list[Example]]:
    kept = [example for number, example in enumerate(examples) if number not in held]
    return kept, [examples[number] for number in sorted(held)]


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
        found = strata[stratum]
        shuffled = [found[place] for place in generator.permutation(len(found))]
        remaining += take(shuffled, round(part * sum(len(group.members) for group in found)))
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
        found = f"{part:.4g} of {total:,} training {noun}s is 0"
        return f"data.dev: {found}; expected at least one held out and one left"
    found = (
        f"the smallest group of equal texts has {smallest:,} {noun}s" if smallest > wanted else "each label is needed"
    )
    return (
        f"data.dev: none of {total:,} training {noun}s can be held out ({wanted:,} wanted): {found} in train; "
        "name a development file, or a larger part"
    )
