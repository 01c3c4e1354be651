"""Kneser-Ney sums to one and equals what its definition gives, written once more with dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from seqnlp.metrics.kneser_ney import KneserNey, discounts_of

V = 6
TEXT = np.random.default_rng(0).choice(V, 300, p=[0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
OTHER = np.random.default_rng(1).integers(0, V, 60)


def by_definition(text: list[int], top: int) -> Callable[[tuple[int, ...], int], float]:
    """p(token | history), from n-grams counted one by one."""

    def grams(length: int) -> list[tuple[int, ...]]:
        return [tuple(text[start : start + length]) for start in range(len(text) - length + 1)]

    counts = {
        n: Counter(grams(n)) if n == top else Counter(g[1:] for g in set(grams(n + 1))) for n in range(1, top + 1)
    }
    discounts = {n: discounts_of(np.array(list(some.values()))) for n, some in counts.items()}

    def probability(history: tuple[int, ...], token: int, n: int = top) -> float:
        if n == 0:
            return 1 / V
        history = history[len(history) - n + 1 :]
        lower = probability(history[1:], token, n - 1)
        after = {gram: count for gram, count in counts[n].items() if gram[:-1] == history}
        if not after:
            return lower
        taken = sum(discounts[n][min(count, 3)] for count in after.values())
        own = after.get((*history, token), 0)
        return (max(own - discounts[n][min(own, 3)], 0) + taken * lower) / sum(after.values())

    return probability


@pytest.mark.parametrize("top", [1, 2, 3, 4, 5])
def test_every_order_equals_the_definition(top: int) -> None:
    actual = np.exp(KneserNey(TEXT, V, top).log_probabilities(OTHER)[-1])
    probability = by_definition(TEXT.tolist(), top)
    for place in range(top - 1, len(OTHER)):
        history = tuple(OTHER[place - top + 1 : place].tolist())
        assert actual[place] == pytest.approx(probability(history, int(OTHER[place])), rel=1e-12)


def test_lower_orders_do_not_depend_on_the_highest() -> None:
    five, three = KneserNey(TEXT, V, 5).log_probabilities(OTHER), KneserNey(TEXT, V, 3).log_probabilities(OTHER)
    for mine, theirs in zip(five, three, strict=False):
        assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize("history", [[0, 1, 0, 0, 2], [5, 5, 5, 5, 5], [3], []])
def test_probabilities_after_a_history_sum_to_one(history: list[int]) -> None:
    model = KneserNey(TEXT, V + 2, 5)  # two tokens never occur
    texts = [np.array([*history, token]) for token in range(V + 2)]
    for order in range(5):
        probabilities = [float(np.exp(model.log_probabilities(text)[order][-1])) for text in texts]
        assert sum(probabilities) == pytest.approx(1)
        assert min(probabilities) > 0


def test_discounts_are_those_of_chen_and_goodman() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [8, 4, 3, 1, 2])
    assert discounts_of(counts).tolist() == pytest.approx(
        [0, 1 - 2 * 0.5 * 4 / 8, 2 - 3 * 0.5 * 3 / 4, 3 - 4 * 0.5 * 1 / 3]
    )


def test_a_text_too_small_for_them_takes_a_plain_discount() -> None:
    assert discounts_of(np.array([1, 1, 7])).tolist() == [0, 0.75, 0.75, 0.75]
    for text in ([0], [0, 1], [1, 1, 1]):
        model = KneserNey(np.array(text), 2, 3)
        probabilities = [float(np.exp(model.log_probabilities(np.array([token]))[2][0])) for token in (0, 1)]
        assert sum(probabilities) == pytest.approx(1)


def test_something_is_always_left_for_what_was_never_seen() -> None:
    counts = np.repeat([1, 2, 3, 4], [4, 4, 9, 9])  # the plain formula would take nothing or less from counts of 2
    assert (discounts_of(counts)[1:] > 0).all()
