"""Next words against trying every spelling: sums over all ways to spell, for words typed in part or not at all."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seqnlp.decode.word_search import WordSearch
from seqnlp.text.written_tokens import END_MARK, WrittenTokens


class Letters(WrittenTokens):
    """A handful of tokens, some of which spell the same word in several ways."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces


SUBWORDS = ["", END_MARK, " a", " ab", "b", "c", " ", "ab", " c"]
CHARACTERS = ["", END_MARK, " ", "a", "b", "c"]
DEPTH = 5


def after(history: tuple[int, ...], size: int) -> NDArray[np.float64]:
    """Some distribution after a history; words grow long only rarely."""
    draw = np.random.default_rng([7, *history]).dirichlet(np.full(size, 0.7))
    draw[1] += 3.0 * len(history)
    return draw / draw.sum()


def step(rows: NDArray[np.int64], tokens: NDArray[np.int64], state: Any) -> tuple[NDArray[np.float64], Any]:
    """A model whose state is the history itself."""
    histories = [(*state[1][row], token) for row, token in zip(rows.tolist(), tokens.tolist(), strict=True)]
    return np.stack([after(history, state[0]) for history in histories]), (state[0], histories)


def by_trying_all(pieces: list[str], start: str, typed: str, lead: str) -> dict[str, float]:
    """Words that begin with ``start`` and their probabilities, from every sequence of tokens up to a length."""
    ends = [number for number, piece in enumerate(pieces) if piece[:1] in (" ", "\n")]
    words: defaultdict[str, float] = defaultdict(float)
    total = 0.0

    def follow(history: tuple[int, ...], text: str, probability: float) -> None:
        nonlocal total
        row = after(history, len(pieces))
        if text.strip() and text.startswith(start):
            words[text.strip()] += probability * row[ends].sum()
        if len(history) == DEPTH + 3 or probability < 1e-12:
            return
        for token, piece in enumerate(pieces):
            within = piece[:1] not in (" ", "\n") or (not text and lead and piece[0] == " ")
            longer = text + piece
            if not piece or not within or not (longer.startswith(start) or start.startswith(longer)):
                continue
            if len(text) < len(start) <= len(longer):
                total += probability * row[token]
            follow((*history, token), longer, probability * row[token])

    follow((), "", 1.0)
    first = after((), len(pieces))
    inner = [number for number in range(len(pieces)) if number not in ends]
    mass = total if typed else 1 - first[inner].sum() if lead else 1.0
    return {word: probability / mass for word, probability in words.items()}


@pytest.mark.parametrize("typed", ["", "a", "ab", "abc", "c", "zz"])
@pytest.mark.parametrize(("pieces", "lead"), [(SUBWORDS, " "), (CHARACTERS, " "), (CHARACTERS, "")])
def test_words_and_probabilities_are_those_of_trying_every_spelling(pieces: list[str], lead: str, typed: str) -> None:
    size = len(pieces)
    actual = WordSearch(Letters(pieces)).next_words(after((), size), (size, [()]), step, lead, typed, 4)
    wanted = by_trying_all(pieces, lead + typed, typed, lead)
    best = sorted(wanted.items(), key=lambda word: -word[1])[:4]
    assert [word for word, _ in actual] == [word for word, _ in best]
    assert [probability for _, probability in actual] == pytest.approx([p for _, p in best], rel=2e-3)


def test_a_word_spelt_in_several_ways_gets_the_sum() -> None:
    table = {(): [0, 0, 0.5, 0.5, 0, 0], (2,): [0, 0, 0, 0, 1, 0], (3,): [0, 1, 0, 0, 0, 0], (2, 4): [0, 1, 0, 0, 0, 0]}
    tokens = Letters(["", END_MARK, " a", " ab", "b", "c"])

    def read(rows: NDArray[np.int64], read: NDArray[np.int64], state: Any) -> tuple[NDArray[np.float64], Any]:
        histories = [(*state[row], token) for row, token in zip(rows.tolist(), read.tolist(), strict=True)]
        return np.array([table[history] for history in histories], dtype=float), histories

    assert WordSearch(tokens).next_words(np.array(table[()], dtype=float), [()], read, " ", "", 3) == [("ab", 1.0)]


def test_whole_words_take_one_look_and_no_step() -> None:
    tokens = Letters(["", END_MARK, " the", " ship", " shop"])
    tokens.whole_words = True
    probabilities = np.array([0.1, 0.2, 0.3, 0.15, 0.25])
    search = WordSearch(tokens)
    assert search.next_words(probabilities, None, step, " ", "", 2) == [("the", 0.3), ("shop", 0.25)]
    typed = search.next_words(probabilities, None, step, " ", "sh", 5)
    assert [word for word, _ in typed] == ["shop", "ship"]
    assert [probability for _, probability in typed] == pytest.approx([0.625, 0.375])
