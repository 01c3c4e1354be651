"""Interpolated modified Kneser-Ney: the n-gram model that stands beside every language model (Chen & Goodman 1999).

With counts ``c``, discounts ``D`` and the number ``N(h .)`` of different tokens after a history ``h``::

    p_n(w | h) = max(c(h w) - D(c(h w)), 0) / c(h .) + gamma(h) p_{n-1}(w | h'),    p_0(w) = 1 / V

``gamma(h)`` is what the discounts took, ``h'`` the history without its first token. The highest order counts
occurrences; lower ones count in how many different contexts an n-gram occurs, that is, the different tokens before it.
A text is one sequence: histories reach over the ends of lines, as the recurrent state does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import FloatArray, IntArray

UNSEEN = -1


@dataclass(frozen=True)
class Counts:
    """What one order gives, from one kind of counts: interpolated with the order below it, its probabilities.

    Attributes:
        discounted: (G,) of each n-gram, ``max(c - D, 0) / c(h .)``.
        gamma: (H,) of each history.
    """

    discounted: FloatArray
    gamma: FloatArray


@dataclass(frozen=True)
class Order:
    """The n-grams of one length, each numbered by its key: the number of its history, then its last token.

    Attributes:
        keys: (G,) sorted.
        occurrences: used where this is the highest order.
        contexts: used where there is a higher one.
    """

    keys: IntArray
    occurrences: Counts
    contexts: Counts


class KneserNey:
    """N-gram models of all orders up to a highest one, from one text.

    Args:
        tokens: (N,) numbers below ``num_tokens``.
        num_tokens: V.
        order: the highest, 1 or more.
    """

    def __init__(self, tokens: IntArray, num_tokens: int, order: int = 5) -> None:
        self.num_tokens = num_tokens
        self.orders: list[Order] = []
        self.highest = order
        order = min(order, len(tokens))  # a text has no n-grams longer than itself
        grams = _grams(tokens, num_tokens, order)
        for number, (keys, at) in enumerate(grams):
            occurrences = np.bincount(at[number:], minlength=len(keys))  # (G,)
            contexts = occurrences  # of the highest order, whose contexts nobody asks for
            if number + 1 < order:
                longer, longer_at = grams[number + 1]
                ends = np.zeros(len(longer), dtype=np.int64)  # (G',) one place where each longer n-gram ends
                ends[longer_at[number + 1 :]] = np.arange(number + 1, len(tokens))
                contexts = np.bincount(at[ends], minlength=len(keys))  # (G,)
            histories = keys // num_tokens  # (G,)
            num_histories = len(grams[number - 1][0]) if number else 1
            both = [_discounted(counts, histories, num_histories) for counts in (occurrences, contexts)]
            self.orders.append(Order(keys, *both))

    def log_probabilities(self, tokens: IntArray) -> list[FloatArray]:
        """The log probability (N,) of each token after those before it, for the model of each order, lowest first."""
        lower = np.full(len(tokens), 1 / self.num_tokens)  # (N,)
        history = np.zeros(len(tokens), dtype=np.int64)  # (N,) number of the history before each token; none is 0
        answers = []
        for order in self.orders:
            gram = _find(order.keys, np.where(history == UNSEEN, UNSEEN, history * self.num_tokens + tokens))  # (N,)
            answers.append(np.log(_interpolated(order.occurrences, gram, history, lower)))
            lower = _interpolated(order.contexts, gram, history, lower)
            history = np.concatenate([[UNSEEN], gram[:-1]])
        return answers + [answers[-1]] * (self.highest - len(answers))


def _grams(tokens: IntArray, num_tokens: int, order: int) -> list[tuple[IntArray, IntArray]]:
    """For each length the sorted keys (G,) of its n-grams, and the number (N,) of the one that ends at each place.

    The first ``length - 1`` places end none; what stands there means nothing.
    """
    grams = []
    number = np.zeros(len(tokens) + 1, dtype=np.int64)  # (N + 1,) of the n-gram one shorter, moved on by one
    for length in range(1, order + 1):
        keys, inverse = np.unique(number[length - 1 : -1] * num_tokens + tokens[length - 1 :], return_inverse=True)
        number = np.concatenate([np.zeros(length, dtype=np.int64), inverse])
        grams.append((keys, number[1:]))
    return grams


def _discounted(counts: IntArray, histories: IntArray, num_histories: int) -> Counts:
    discounts = discounts_of(counts)  # (4,)
    taken = discounts[np.minimum(counts, 3)]  # (G,)
    total = np.bincount(histories, weights=counts, minlength=num_histories)  # (H,)
    left = np.bincount(histories, weights=np.minimum(taken, counts), minlength=num_histories)  # (H,)
    safe = np.maximum(total, 1)
    return Counts(np.maximum(counts - taken, 0) / safe[histories], np.where(total > 0, left / safe, 1.0))


def discounts_of(counts: IntArray) -> FloatArray:
    """What is taken from counts of 0, 1, 2 and more (Chen & Goodman 1999, equation 26).

    Texts too small to have n-grams that occur once, twice, three and four times take 0.75 of every count, and so does
    a discount that would be none: something must be left for what was never seen.
    """
    n1, n2, n3, n4 = (int((counts == times).sum()) for times in (1, 2, 3, 4))
    if not (n1 and n2 and n3 and n4):
        return np.array([0.0, 0.75, 0.75, 0.75])
    share = n1 / (n1 + 2 * n2)
    above = (n2 / n1, n3 / n2, n4 / n3)
    values = [0.0, *(times - (times + 1) * share * part for times, part in enumerate(above, start=1))]
    return np.where((np.array(values) > 0) | (np.arange(4) == 0), values, 0.75)


def _find(keys: IntArray, wanted: IntArray) -> IntArray:
    """The number of each wanted key, or :data:`UNSEEN`."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, UNSEEN)


def _interpolated(counts: Counts, gram: IntArray, history: IntArray, lower: FloatArray) -> FloatArray:
    """``p_n`` (N,) from ``p_{n-1}``; an unseen history leaves all to the lower order."""
    own = np.where(gram == UNSEEN, 0.0, counts.discounted[gram])
    gamma = np.where(history == UNSEEN, 1.0, counts.gamma[history])
    return own + gamma * lower
