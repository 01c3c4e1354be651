"""Choosing texts like one's own: the n-gram models against sums by hand, and texts of two kinds put in one pool."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest

from seqnlp.arrays import IntArray
from seqnlp.metrics.domain_difference import MIN_COUNT, ORDER, domain_differences, domain_words
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.tasks.text_selection import select_alike

HARBOUR = [
    ("the", "boat", "is", "late"),
    ("the", "boat", "is", "red"),
    ("a", "late", "boat"),
    (
        "the",
        "harbour",
    ),
]
KITCHEN = [("stir", "the", "soup"), ("the", "soup", "is", "hot"), ("salt", "the", "soup"), ("a", "hot", "pan")]


def draw_texts(words: Sequence[str], number: int, seed: int) -> list[tuple[str]]:
    drawn = random.Random(seed)
    return [(" ".join(drawn.choices(words, k=drawn.randint(4, 9))),) for _ in range(number)]


SHARED = ["the", "a", "is", "in", "on", "and", "of", "to", "it", "was"]
SEA = draw_texts(["boat", "harbour", "sail", "tide", "captain", "anchor", *SHARED], 300, 1)
FOOD = draw_texts(["soup", "pan", "salt", "oven", "onion", "spoon", *SHARED], 300, 2)


def test_differences_are_those_of_each_text_alone() -> None:
    """Each text's cost is what the model of the domain and that of the other half say of it, alone, and its error."""
    pool = [*KITCHEN, ("the", "boat"), ("unheard", "words")]
    together = domain_differences(pool, HARBOUR, seed=3)
    words = sorted({word for text in HARBOUR for word in text if sum(t.count(word) for t in HARBOUR) >= MIN_COUNT})
    numbers = {word: place + 2 for place, word in enumerate(words)}

    def sequence(texts: Sequence[Sequence[str]]) -> IntArray:
        read = [[numbers.get(word, 1) for word in text] for text in texts]
        return np.array([0] * (ORDER - 1) + [number for text in read for number in [*text, *[0] * (ORDER - 1)]])

    order = np.random.default_rng(3).permutation(len(pool)).tolist()
    more = []  # of each text, what each word costs more
    for place, text in enumerate(pool):
        other = order[1::2] if place in order[::2] else order[::2]
        costs = []
        for learnt in (HARBOUR, [pool[number] for number in other]):
            model = KneserNey(sequence(learnt), len(words) + 2, ORDER)
            costs.append(-model.log_probabilities(sequence([text]))[-1][ORDER - 1 :][: len(text) + 1])
        more.append(costs[0] - costs[1])
    within = sum(np.square(one - one.mean()).sum() for one in more) / (sum(map(len, more)) - len(pool))
    expected = [one.mean() + np.sqrt(within / len(one)) for one in more]
    assert together == pytest.approx(np.array(expected), abs=1e-12)


def test_a_text_that_fills_the_pool_is_not_judged_by_itself() -> None:
    """Were it learnt before it is judged, a text of the pool would look like the pool alone."""
    strange, same = ("boat", "tide", "sail", "anchor"), [("soup", "pan")] * 30
    alone = domain_differences([strange, *same], [strange, strange])[0]
    assert alone < domain_differences([strange, strange, *same], [strange, strange])[0] + 1e-9
    assert alone < 0


def test_texts_of_the_domain_come_first() -> None:
    pool = FOOD + draw_texts(["boat", "harbour", "sail", "tide", "captain", "anchor", *SHARED], 60, 3)
    random.Random(4).shuffle(pool)
    selection = select_alike(pool, SEA, 60)
    sea = {"boat", "harbour", "sail", "tide", "captain", "anchor"}
    assert sum(bool(sea & set(text.split())) for (text,) in selection.chosen) >= 50  # 10 by chance
    assert (np.diff(selection.differences) >= 0).all()
    assert math.isfinite(selection.differences[-1])


def test_pairs_are_judged_by_both_sides() -> None:
    """A pair that is alike on both sides is before those that are on one, and these before all others."""
    kitchen = [text for (text,) in draw_texts(["soup", "pan", "salt", "oven", "onion", "spoon"], 200, 5)]
    domain = [(text, text) for (text,) in SEA]
    both, first, second = ("boat sail tide",) * 2, ("captain sail tide", kitchen[0]), (kitchen[1], "anchor tide boat")
    pool = [*((text, text) for text in kitchen[2:]), second, first, both]
    chosen = select_alike(pool, domain, 3).chosen
    assert chosen[0] == both
    assert set(chosen) == {both, first, second}


def test_what_the_domain_has_is_left_out_and_nothing_is_chosen_twice() -> None:
    pool = [*FOOD[:5], FOOD[0], (FOOD[1][0].upper() + " !",), SEA[0], ("...",), ("",), ("A tide!",)]
    selection = select_alike(pool, SEA, 100, held_out=[("a  tide",)])
    assert sorted(selection.chosen) == sorted([*FOOD[:5], ("...",)])
    assert (selection.blank, selection.known, selection.held_out, selection.repeated) == (1, 1, 1, 2)


def test_a_pair_with_one_side_of_the_held_out_pairs_is_left_out() -> None:
    domain = [(text, text) for (text,) in SEA]
    pool = [("die Flut", "the tide"), ("die Ebbe", "the ebb"), ("das Boot", "the boat")]
    selection = select_alike(pool, domain, 9, held_out=[("Die Flut.", "Flood"), ("Nachen", "the boat")])
    assert selection.chosen == [("die Ebbe", "the ebb")]
    assert selection.held_out == 2


def test_a_pool_of_which_nothing_is_left() -> None:
    selection = select_alike([SEA[0], ("",)], SEA, 5)
    assert selection.chosen == []
    assert (selection.known, selection.blank) == (1, 1)


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert domain_words("Der Ｚug, 3x") == ["der", "zug", ",", "3x"]
    assert domain_words("私はテレビ。 Hallo") == ["私", "は", "テ", "レ", "ビ", "。", "hallo"]
    assert len(domain_words("สวัสดีครับ")) > 3


def test_texts_without_words_are_blank_and_never_chosen() -> None:
    """Characters that nobody sees, as web pages have them, are no words: neither n-gram model reads them."""
    unseen = [("\u200b",), ("\u200e\u200f",), ("\ufeff",)]
    selection = select_alike([SEA[0], *unseen, FOOD[0]], SEA[1:50], 5)
    assert selection.blank == 3
    assert selection.chosen == [SEA[0], FOOD[0]]


def test_a_text_without_words_has_a_difference_too() -> None:
    pool = [*KITCHEN, ("the", "boat")]
    assert np.isfinite(domain_differences([*pool, ()], HARBOUR)).all()
