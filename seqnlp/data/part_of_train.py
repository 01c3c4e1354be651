"""What of the training examples is test, dev and train: a fold, a part, and how many of the rest are used."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from seqnlp.config.splits import SplitsConfig, fold_of, held_out_part
from seqnlp.data.holdout import Group, choose, equal_together, fold_numbers, held_out, share_numbers
from seqnlp.data.overlap import normalized_text
from seqnlp.errors import DataError, counted
from seqnlp.text.documents import Document
from seqnlp.text.parallel import SentencePair
from seqnlp.text.sentence import TaggedSentence

Example = TypeVar("Example")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Grouping(Generic[Example]):
    """How examples of one kind are held out.

    Attributes:
        noun: what one of them is called in messages.
        of: their groups, the preferred way first, each with why not as many as asked for may be held out.
        ending: of the message.
    """

    noun: str
    of: Callable[[Sequence[Example]], list[tuple[str, list[Group]]]]
    ending: str = ""


def document_groups(documents: Sequence[Document]) -> list[tuple[str, list[Group]]]:
    """Documents whose texts are equal but for spaces and case go together; each set of labels is a stratum."""
    groups = [
        Group(
            numbers,
            tuple(sorted(documents[numbers[0]].labels)),
            Counter(label for number in numbers for label in documents[number].labels),
        )
        for numbers in equal_together([(normalized_text(document.text),) for document in documents])
    ]
    return [("equal texts stay together, and every label in train", groups)]


def pair_groups(pairs: Sequence[SentencePair]) -> list[tuple[str, list[Group]]]:
    """Pairs whose sources or targets are equal go together."""
    keys = [(normalized_text(pair.source), normalized_text(pair.target)) for pair in pairs]
    return [("equal sides stay together", [Group(numbers) for numbers in equal_together(keys)])]


def sentence_groups(sentences: Sequence[TaggedSentence], starts: Sequence[int]) -> list[tuple[str, list[Group]]]:
    """Whole documents or, if these are too large, equal sentences together.

    Args:
        starts: the lines at which documents begin, in order; may be empty.
    """

    def of(members: Iterable[Sequence[int]]) -> list[Group]:
        return [
            Group(list(numbers), labels=Counter(tag for number in numbers for tag in sentences[number].tags))
            for numbers in members
        ]

    whole: dict[int, list[int]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        whole[bisect_right(starts, sentence.line)].append(number)
    equal = equal_together([(normalized_text(" ".join(sentence.tokens)),) for sentence in sentences])
    groupings = [("equal sentences stay together, and every tag in train", of(equal))]
    if len(whole) > 1:
        groupings.insert(0, ("documents stay together, and every tag in train", of(whole.values())))
    return groupings


DOCUMENTS = Grouping("document", document_groups, ", stratified")
PAIRS = Grouping("pair", pair_groups)


def part_of_train(
    examples: Sequence[Example],
    data: SplitsConfig,
    seed: int,
    split: str,
    grouping: Grouping[Example],
    say: Callable[[str], None],
) -> list[Example]:
    """What is one split of all training examples: a fold of them is test, a part of the rest dev, the rest train.

    No text is on two sides. A function of the data, the settings and the seed.

    Args:
        say: told how many training examples are held out, and how many are used.

    Raises:
        DataError: nothing would be held out, or nothing left.
    """
    rest, fold, part, noun = list(examples), fold_of(data), held_out_part(data), grouping.noun
    if fold:
        folds = _whole_or_equal(grouping.of(rest), lambda groups: fold_numbers(groups, fold.total, seed, noun))[1]
        kept, test = _split(rest, folds[fold.number - 1])
        if split == "test":
            return test
        say(f"train: {len(test):,} of {counted(len(rest), noun)} are test, fold {fold.number} of {fold.total}")
        rest = kept
    if part is not None:
        why, held = _whole_or_equal(grouping.of(rest), lambda groups: choose(groups, part, seed, noun))
        kept, dev = _split(rest, held)
        if split == "dev":
            return dev
        say(f"train: {held_out(len(dev), len(rest), part, noun, why)} held out as dev{grouping.ending}")
        rest = kept
    if data.share < 1:
        used = share_numbers(grouping.of(rest)[-1][1], data.share, seed, noun)
        say(f"train: {len(used):,} of {counted(len(rest), noun)} are used (data.share={data.share:g})")
        rest = [rest[number] for number in used]
    return rest


def _whole_or_equal(ways: Sequence[tuple[str, list[Group]]], do: Callable[[list[Group]], Result]) -> tuple[str, Result]:
    """The first way of grouping that can be held out, why it gives fewer, and what it gives.

    Raises:
        DataError: of the last way.
    """
    for why, groups in ways[:-1]:
        with suppress(DataError):
            return why, do(groups)
    why, groups = ways[-1]
    return why, do(groups)


def _split(examples: Sequence[Example], held: set[int]) -> tuple[list[Example], list[Example]]:
    kept = [example for number, example in enumerate(examples) if number not in held]
    return kept, [examples[number] for number in sorted(held)]
