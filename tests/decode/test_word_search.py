"""Next words against trying every spelling: sums over all ways to spell, for words typed in part or not at all."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seqnlp.decode.word_search import WordSearch
from seqnlp.text.units import END_MARK, Units


class Letters(Units):
    """A handful of units, some of which spell the same word in several ways."""

    end, silent = 1, (0,)

    def __init__(self, surfaces: list[str], lead: str = " ") -> None:
        self.surfaces, self._lead = surfaces, lead

    def encode_word(self, word: str, first: bool) -> list[int]:
        raise NotImplementedError("a search asks for what units are written as, nothing else")

    def is_known(self, word: str) -> bool:
        raise NotImplementedError("a search asks for what units are written as, nothing else")

    def to_vocabulary(self) -> dict[str, Any]:
        raise NotImplementedError("a search asks for what units are written as, nothing else")


SUBWORDS = ["", END_MARK, " a", " ab", "b", "c", " ", "ab", " c"]
CHARACTERS = ["", END_MARK, " ", "a", "b", "c"]
DEPTH = 5


def after(history: tuple[int, ...], size: int) -> NDArray[np.float64]:
    """Some distribution after a history; words grow long only rarely."""
    draw = np.random.default_rng([7, *history]).dirichlet(np.full(size, 0.7))
    draw[1] += 3.0 * len(history)
    return draw / draw.sum()


def step(rows: NDArray[np.int64], units: NDArray[np.int64], state: Any) -> tuple[NDArray[np.float64], Any]:
    """A model whose state is the history itself."""
    histories = [(*state[1][row], unit) for row, unit in zip(rows.tolist(), units.tolist(), strict=True)]
    return np.stack([after(history, state[0]) for history in histories]), (state[0], histories)


def by_trying_all(surfaces: list[str], start: str, typed: str, lead: str) -> dict[str, float]:
    """Words that begin with ``start`` and their probabilities, from every sequence of units up to a length."""
    ends = [number for number, surface in enumerate(surfaces) if surface[:1] in (" ", "\n")]
    words: defaultdict[str, float] = defaultdict(float)
    total = 0.0

    def follow(history: tuple[int, ...], text: str, probability: float) -> None:
        nonlocal total
        row = after(history, len(surfaces))
        if text.strip() and text.startswith(start):
            words[text.strip()] += probability * row[ends].sum()
        if len(history) == DEPTH + 3 or probability < 1e-12:
            return
        for unit, surface in enumerate(surfaces):
            within = surface[:1] not in (" ", "\n") or (not text and lead and surface[0] == " ")
            longer = text + surface
            if not surface or not within or not (longer.startswith(start) or start.startswith(longer)):
                continue
            if len(text) < len(start) <= len(longer):
                total += probability * row[unit]
            follow((*history, unit), longer, probability * row[unit])

    follow((), "", 1.0)
    first = after((), len(surfaces))
    inner = [number for number in range(len(surfaces)) if number not in ends]
    mass = total if typed else 1 - first[inner].sum() if lead else 1.0
    return {word: probability / mass for word, probability in words.items()}


@pytest.mark.parametrize("typed", ["", "a", "ab", "abc", "c", "zz"])
@pytest.mark.parametrize(("surfaces", "lead"), [(SUBWORDS, " "), (CHARACTERS, " "), (CHARACTERS, "")])
def test_words_and_probabilities_are_those_of_trying_every_spelling(surfaces: list[str], lead: str, typed: str) -> None:
    size = len(surfaces)
    found = WordSearch(Letters(surfaces, lead)).next_words(after((), size), (size, [()]), step, lead, typed, 4)
    wanted = by_trying_all(surfaces, lead + typed, typed, lead)
    best = sorted(wanted.items(), key=lambda word: -word[1])[:4]
    assert [word for word, _ in found] == [word for word, _ in best]
    assert [probability for _, probability in found] == pytest.approx([p for _, p in best], rel=2e-3)


def test_a_word_spelt_in_several_ways_gets_the_sum() -> None:
    table = {(): [0, 0, 0.5, 0.5, 0, 0], (2,): [0, 0, 0, 0, 1, 0], (3,): [0, 1, 0, 0, 0, 0], (2, 4): [0, 1, 0, 0, 0, 0]}
    units = Letters(["", END_MARK, " a", " ab", "b", "c"])

    def read(rows: NDArray[np.int64], read: NDArray[np.int64], state: Any) -> tuple[NDArray[np.float64], Any]:
        histories = [(*state[row], unit) for row, unit in zip(rows.tolist(), read.tolist(), strict=True)]
        return np.array([table[history] for history in histories], dtype=float), histories

    assert WordSearch(units).next_words(np.array(table[()], dtype=float), [()], read, " ", "", 3) == [("ab", 1.0)]


def test_whole_words_take_one_look_and_no_step() -> None:
    units = Letters(["", END_MARK, " the", " ship", " shop"])
    units.whole_words = True
    probabilities = np.array([0.1, 0.2, 0.3, 0.15, 0.25])
    search = WordSearch(units)
    assert search.next_words(probabilities, None, step, " ", "", 2) == [("the", 0.3), ("shop", 0.25)]
    typed = search.next_words(probabilities, None, step, " ", "sh", 5)
    assert [word for word, _ in typed] == ["shop", "ship"]
    assert [probability for _, probability in typed] == pytest.approx([0.625, 0.375])
