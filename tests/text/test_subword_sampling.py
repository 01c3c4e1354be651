"""Segmentations that are drawn: of the right text, with the right frequencies, the same in every process."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from seqnlp.config.translation import SubwordConfig
from seqnlp.text.subword_sampling import SubwordSampler
from seqnlp.text.subwords import Subwords, train_subwords

WORDS = ["lower", "lowest", "newer", "newest", "wider", "widest", "slow", "slower", "new", "low"]
TEXTS = [" ".join(WORDS[start:] + WORDS[:start]) for start in range(len(WORDS))] * 3
ODD = ["lower \U0001f600newest", "日本 low", "", "  slow  slow ", "lowestlowestlowest" * 20]

SCRIPT = """
from test_subword_sampling import TEXTS, learn
from seqnlp.text.subword_sampling import SubwordSampler
for kind in ("bpe", "unigram"):
    print(SubwordSampler(learn(kind), kind).sample(TEXTS, 0.3, 7))
"""


def learn(kind: str) -> Subwords:
    return train_subwords(TEXTS, SubwordConfig(kind=kind, vocabulary_size=290 if kind == "bpe" else 280))


@pytest.fixture(scope="module", params=["bpe", "unigram"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def subwords(kind: str) -> Subwords:
    return learn(kind)


@pytest.mark.parametrize("strength", [0.05, 0.5, 0.9])
def test_what_is_drawn_is_the_same_text(subwords: Subwords, kind: str, strength: float) -> None:
    texts = [*TEXTS, *ODD]
    drawn = SubwordSampler(subwords, kind).sample(texts, strength, seed=3)
    best = subwords.encode(texts)
    assert [subwords.decode(ids) for ids in drawn] == [subwords.decode(ids) for ids in best]
    assert strength == 0.9 or drawn != best
    assert all(0 <= one < len(subwords) for ids in drawn for one in ids)


def test_a_seed_draws_the_same_again_and_another_something_else(subwords: Subwords, kind: str) -> None:
    sampler = SubwordSampler(subwords, kind)
    first = sampler.sample(TEXTS, 0.3, seed=1)
    assert sampler.sample(TEXTS, 0.3, seed=1) == first
    assert sampler.sample(TEXTS, 0.3, seed=2) != first
    lines = sampler.sample(TEXTS[:1] * 50, 0.3, seed=1)
    assert len({tuple(line) for line in lines}) > 5


def test_another_process_draws_the_same() -> None:
    here = "".join(f"{SubwordSampler(learn(kind), kind).sample(TEXTS, 0.3, 7)}\n" for kind in ("bpe", "unigram"))
    command = [sys.executable, "-c", SCRIPT]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    actual = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert actual.stdout == here


def test_without_a_skipped_merge_it_is_byte_pair_encoding() -> None:
    subwords = learn("bpe")
    texts = [*TEXTS, *ODD]
    assert SubwordSampler(subwords, "bpe").sample(texts, 1e-12, seed=1) == subwords.encode(texts)


def test_with_all_merges_skipped_there_are_only_characters() -> None:
    subwords = learn("bpe")
    drawn = SubwordSampler(subwords, "bpe").sample(TEXTS, 1 - 1e-12, seed=1)
    assert all(len(piece) == 1 for ids in drawn for piece in subwords.pieces(ids))


def ways(text: str, pieces: dict[str, float]) -> dict[tuple[str, ...], float]:
    """All segmentations of a text with their log probabilities."""
    if not text:
        return {(): 0.0}
    return {
        (text[:end], *rest): pieces[text[:end]] + score
        for end in range(1, len(text) + 1)
        if text[:end] in pieces
        for rest, score in ways(text[end:], pieces).items()
    }


@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_unigram_segmentations_come_as_often_as_their_probability_to_the_power_of_alpha(alpha: float) -> None:
    subwords = learn("unigram")
    texts, scores = subwords.texts_and_scores()
    every = ways("\u2581lowest", {text: scores[one] for one, text in texts.items()})
    weights = {way: math.exp(alpha * score) for way, score in every.items()}
    total, count = math.fsum(weights.values()), 20_000
    drawn = SubwordSampler(subwords, "unigram").sample(["lowest"] * count, alpha, seed=5)
    actual = Counter(tuple(subwords.pieces(ids)) for ids in drawn)
    assert actual.keys() <= weights.keys()
    for way, weight in weights.items():
        expected = weight / total
        assert abs(actual[way] / count - expected) < 5 * math.sqrt(expected / count) + 1e-4


def test_bpe_dropout_of_a_word_with_two_merges_comes_as_often_as_computed_by_hand() -> None:
    """The merges l+o and _+lo make `_lo`; with p skipped, what is left is `_ lo`, `_ l o` (no other pair merges)."""
    subwords = learn("bpe")
    texts, _ = subwords.texts_and_scores()
    ids = {text: one for one, text in texts.items()}
    assert {"lo", "\u2581lo"} <= ids.keys()
    assert "\u2581l" not in ids
    p, count = 0.3, 20_000
    drawn = SubwordSampler(subwords, "bpe").sample(["lo"] * count, p, seed=11)
    actual = Counter(tuple(subwords.pieces(each)) for each in drawn)
    expected = {("\u2581lo",): (1 - p) ** 2, ("\u2581", "lo"): (1 - p) * p, ("\u2581", "l", "o"): p}
    assert actual.keys() == expected.keys()
    for way, chance in expected.items():
        assert abs(actual[way] / count - chance) < 5 * math.sqrt(chance / count)
