"""IBM model 1: EM in arrays does what a plain loop does, and a lexicon of words is learned, pruned, stored and read."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from safetensors.numpy import load, save

from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.errors import RunError
from seqnlp.models import ibm_model1
from seqnlp.models.ibm_model1 import NULL, TranslationTable, fit_ibm_model1
from seqnlp.models.translation_lexicon import FLOOR, LexiconLearner, TranslationLexicon

Pair = tuple[list[str], list[str]]

HOUSES = [
    (["das", "Haus"], ["the", "house"]),
    (["das", "Buch"], ["the", "book"]),
    (["ein", "Buch"], ["a", "book"]),
]


def random_pairs(count: int, seed: int) -> list[Pair]:
    """Also empty sides, and words that come twice."""
    draw = random.Random(seed)
    sides = [
        [[draw.choice(words) for _ in range(draw.randrange(5))] for words in ("abcde", "uvwxyz")] for _ in "x" * count
    ]
    return [(source, target) for source, target in sides]


def numbered(pairs: list[Pair]) -> tuple[FlatSequences, FlatSequences, list[str], list[str]]:
    sources, targets = (sorted({word for pair in pairs for word in pair[side]}) for side in (0, 1))
    one = FlatSequences.of([[sources.index(word) + 1 for word in source] for source, _ in pairs])
    other = FlatSequences.of([[targets.index(word) for word in target] for _, target in pairs])
    return one, other, sources, targets


def plain_loop(pairs: list[Pair], targets: int, iterations: int) -> tuple[dict[tuple[str, str], float], list[float]]:
    """The algorithm as the paper has it, a word at a time; the likelihood after each step."""
    table: dict[tuple[str, str], float] = defaultdict(lambda: 1 / targets)
    likelihoods = []
    for step in range(iterations + 1):
        counts: dict[tuple[str, str], float] = defaultdict(float)
        totals: dict[str, float] = defaultdict(float)
        likelihood = 0.0
        for source, target in pairs:
            given = ["NULL", *source]
            for word in target:
                whole = sum(table[x, word] for x in given)
                likelihood += math.log(whole / len(given))
                for x in given:
                    counts[x, word] += table[x, word] / whole
                    totals[x] += table[x, word] / whole
        likelihoods.append(likelihood)
        if step < iterations:
            table = defaultdict(float, {(x, word): count / totals[x] for (x, word), count in counts.items()})
    return table, likelihoods


@pytest.mark.parametrize("links", [1, 7, 1 << 20])
def test_em_is_that_of_a_plain_loop_and_the_likelihood_never_falls(links: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibm_model1, "_LINKS", links)
    pairs = random_pairs(12, seed=links)
    one, other, sources, targets = numbered(pairs)
    table, likelihoods = fit_ibm_model1(one, other, len(sources) + 1, len(targets), iterations=6)
    expected, expected_likelihoods = plain_loop(pairs, len(targets), 6)
    assert likelihoods == pytest.approx(expected_likelihoods)
    assert all(before <= after + 1e-9 for before, after in pairwise(likelihoods))
    for number, x in enumerate(["NULL", *sources]):
        row = table.given(np.array([number]), len(targets))
        assert row == pytest.approx([expected.get((x, word), 0.0) for word in targets])
        assert row.sum() == pytest.approx(1) or not row.any()


def test_there_may_be_no_pairs_and_no_words() -> None:
    for pairs in ([], [([], [])], [([], ["y"])], [(["x"], [])]):
        one, other, sources, targets = numbered(pairs)
        table, likelihoods = fit_ibm_model1(one, other, len(sources) + 1, len(targets))
        assert table.starts.shape == (len(sources) + 2,)
        assert likelihoods == [0.0] * 6
        assert table.pruned(0.1).given(np.array([NULL]), len(targets)).tolist() == [1.0] * len(targets)


def learned(pairs: list[Pair], **options: int) -> tuple[LexiconLearner, TranslationLexicon]:
    learner = LexiconLearner(**options)
    for source, target in pairs:
        if learner.takes_next():
            learner.add(source, target)
    return learner, learner.learned()[0]


def test_translations_of_the_words_are_more_probable() -> None:
    _, lexicon = learned(HOUSES * 5)
    right, left_out, added, strange = lexicon.log_probabilities(
        ["das", "Haus"], [["the", "house"], ["the"], ["the", "house", "a"], ["the", "☃"]]
    )
    assert strange < added < right < left_out
    assert strange == pytest.approx(left_out + math.log(FLOOR))
    assert lexicon.log_probabilities([], [[]]) == [0.0]
    assert lexicon.log_probabilities(["?"], [["a"]])[0] < lexicon.log_probabilities(["ein"], [["a"]])[0]


def test_a_probability_is_that_of_the_formula() -> None:
    pairs = random_pairs(30, seed=5)
    _, lexicon = learned(pairs)
    expected, _ = plain_loop(pairs, len({word for _, target in pairs for word in target}), ibm_model1.ITERATIONS)
    source = ["c", "a", "a", "unseen"]
    by_hand = sum(math.log(sum(expected[x, word] for x in ("NULL", "c", "a", "a")) / 5) for word in "uzu")
    assert lexicon.log_probabilities(source, [["u", "z", "u"]]) == pytest.approx([by_hand], abs=2e-2)  # float16


def test_rare_translations_are_left_out() -> None:
    table = TranslationTable(np.array([0, 2, 2, 5]), np.array([0, 3, 1, 2, 3]), np.array([0.9, 0.1, 0.05, 0.15, 0.8]))
    pruned = table.pruned(0.1)
    assert (pruned.starts.tolist(), pruned.targets.tolist()) == ([0, 2, 2, 4], [0, 3, 2, 3])
    assert (pruned.targets.dtype, pruned.probabilities.dtype) == (np.uint8, np.float16)
    assert pruned.given(np.array([0, 0, 2]), 5) == pytest.approx([1.8, 0, 0.15, 1.0, 0], rel=1e-3)


def test_of_too_many_pairs_every_second_one_is_taken_all_along() -> None:
    pairs: list[Pair] = [([f"x{number}"], [f"y{number}"]) for number in range(100)]  # two links each
    learner, lexicon = learned(pairs, most_links=40)
    assert learner.pairs == 13
    assert lexicon.sources == [f"x{number}" for number in range(0, 100, 8)]
    assert lexicon.targets == [f"y{number}" for number in range(0, 100, 8)]
    assert lexicon.log_probabilities(["x16"], [["y16"]]) > lexicon.log_probabilities(["x16"], [["y24"]])
    assert learned(pairs[:20], most_links=40)[0].pairs == 20


def test_it_is_read_as_it_was_stored() -> None:
    for pairs in (HOUSES, [], [(["ü", "\ud800"], ["é", "日"])]):
        _, lexicon = learned(pairs)
        again = TranslationLexicon.from_bytes(lexicon.to_bytes())
        assert (again.sources, again.targets) == (lexicon.sources, lexicon.targets)
        assert again.to_bytes() == lexicon.to_bytes()
        texts = [["the", "book"], ["日"]]
        assert again.log_probabilities(["das", "ü"], texts) == lexicon.log_probabilities(["das", "ü"], texts)


def test_what_is_damaged_is_refused() -> None:
    _, lexicon = learned(HOUSES)
    for words in (lexicon.targets[:-1], []):
        with pytest.raises(RunError, match="the lexicon is damaged"):
            TranslationLexicon.from_bytes(TranslationLexicon(lexicon.sources, words, lexicon.table).to_bytes())
    arrays = load(lexicon.to_bytes())
    entries, probabilities = arrays["entries"], arrays["probabilities"]
    for changed in (
        {"entries": entries.astype(np.float32)},
        {"entries": entries.astype(np.int64) - 1},
        {"entries": entries[:, None]},
        {"probabilities": probabilities[:, None]},
        {"probabilities": -probabilities},
        {"probabilities": np.full_like(probabilities, np.nan)},
        {"probabilities": probabilities.astype(np.int64)},
        {"starts": arrays["starts"].astype(np.float64)},
    ):
        with pytest.raises(RunError, match="its numbers do not fit its words"):
            TranslationLexicon.from_bytes(save({**arrays, **changed}))
    for content in (b"", b"x" * 40, lexicon.to_bytes()[:-1]):
        with pytest.raises(RunError, match="the lexicon is damaged"):
            TranslationLexicon.from_bytes(content)
