"""Beam search with every constraint and penalty against all outputs there are, and in ragged batches."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from toy_steps import MarkovStep, RecurrentStep, Stateless, alone, walk

from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.beam import beam_search
from seqnlp.decode.constraints import Prefix
from seqnlp.decode.hypotheses import Decoded
from seqnlp.errors import SeqnlpError

END = 3
V = 7
"""Four specials and the words 4, 5 and 6."""

#        pad  unk  beg  end  4    5    6
TABLE = [
    [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.1, 0.5, 0.4, 0.0],  # first: 4 looks best
    [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.4, 0.2, 0.1, 0.3],  # after 4 nothing is likely
    [0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.9],  # after 5 comes 6
    [0.0, 0.0, 0.0, 0.9, 0.0, 0.1, 0.0],  # after 6 comes END
]


def search(step: Any, state: Any, longest: list[int], shortest: list[int] | None = None, **more: Any) -> Any:
    config = DecodingConfig(**{name: more.pop(name) for name in list(more) if hasattr(DecodingConfig(), name)})
    lengths = np.array(longest), np.array(shortest or [0] * len(longest))
    return beam_search(step, state, len(longest), *lengths, config, **more)


def markov(**more: Any) -> list[Decoded]:
    more = {"length_penalty": "none", "longest": [4], **more}
    actual: list[list[Decoded]] = search(MarkovStep(TABLE), Stateless(), **more)
    return actual[0]


def every_output(step: Any, state: Any, longest: int, config: DecodingConfig, **more: Any) -> list[Decoded]:
    """All outputs that are allowed, best first."""
    shortest, prefix = more.get("shortest", 0), more.get("prefix", [])
    actual = []
    for length in range(shortest, longest + 1):
        for words in itertools.product((4, 5, 6), repeat=length):
            grams = list(zip(*(words[start:] for start in range(config.no_repeat_ngram)), strict=False))
            if list(words[: len(prefix)]) != prefix or len(grams) != len(set(grams)):
                continue
            log_probs, attention = walk(step, state, [*words, END])
            score = sum(log_probs) / penalty(config, length + 1)
            if config.coverage_penalty:
                covered = np.minimum(np.sum(attention, axis=0), 1)
                score += config.coverage_penalty * float(np.log(covered).sum())
            actual.append(Decoded(list(words), score, sum(log_probs), log_probs))
    return sorted(actual, key=lambda one: -one.score)


def penalty(config: DecodingConfig, length: int) -> float:
    formulas = {"none": 1.0, "average": length**config.alpha, "gnmt": ((5 + length) / 6) ** config.alpha}
    return formulas[config.length_penalty]


SETTINGS: list[dict[str, Any]] = [
    {"length_penalty": "none"},
    {"length_penalty": "average", "alpha": 1.0},
    {"length_penalty": "average", "alpha": 0.4},
    {"length_penalty": "gnmt", "alpha": 0.8},
    {"length_penalty": "gnmt", "alpha": 0.8, "coverage_penalty": 0.3},
    {"length_penalty": "average", "shortest": 2},
    {"length_penalty": "none", "no_repeat_ngram": 1},
    {"length_penalty": "average", "no_repeat_ngram": 2},
    {"length_penalty": "average", "prefix": [6, 6]},
    {"length_penalty": "gnmt", "prefix": [5], "shortest": 3, "no_repeat_ngram": 2},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_beam_wide_enough_finds_every_output_in_order(settings: dict[str, Any], seed: int) -> None:
    settings = dict(settings)
    shortest, prefix = settings.pop("shortest", 0), settings.pop("prefix", [])
    step, lengths = RecurrentStep(V, seed), [3, 2]
    start = step.start(lengths)
    config = DecodingConfig(beam=200, **settings)
    more = {"shortest": [shortest] * 2, "prefixes": [Prefix(prefix)] * 2, "source_lengths": np.array(lengths)}
    actual = search(step, start, [4, 3], beam=200, nbest=200, **settings, **more)
    few = search(step, start, [4, 3], beam=200, nbest=3, **settings, **more)
    for row, longest in enumerate([4, 3]):
        expected = every_output(step, alone(start, row), longest, config, shortest=shortest, prefix=prefix)
        assert [one.tokens for one in actual[row]] == [one.tokens for one in expected]
        for one, other in zip(actual[row], expected, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-4)
            assert one.log_probability == pytest.approx(other.log_probability, abs=1e-4)
            assert one.token_log_probs == pytest.approx(other.token_log_probs, abs=1e-4)
        assert few[row] == actual[row][:3]  # stopping early loses nothing


@pytest.mark.parametrize("settings", SETTINGS[:4], ids=str)
def test_stopping_early_gives_what_searching_to_the_end_gives(settings: dict[str, Any]) -> None:
    """With nbest equal to the beam a sentence only ends when all its slots are used up."""
    lengths = [3, 5, 2, 4] * 5
    for beam in (2, 3, 5):
        step = RecurrentStep(40, end_bias=1.5)
        start = step.start(lengths)
        every = search(step, start, [14] * 20, beam=beam, nbest=beam, **settings)
        patient, step.calls = step.calls, []
        best = search(step, start, [14] * 20, beam=beam, nbest=1, **settings)
        assert best == [actual[:1] for actual in every]
        saved = sum(rows for rows, _ in patient) - sum(rows for rows, _ in step.calls)
        assert saved > 0 if settings["length_penalty"] == "none" else saved >= 0


RAGGED, LONGEST = [3, 9, 1, 6, 4, 4, 8, 2, 5, 7, 3, 6], [12, 5, 9, 3, 14, 6, 1, 8, 10, 7, 11, 4]
KINDS: list[dict[str, Any]] = [
    {"beam": 1},
    {"beam": 4, "nbest": 4},
    {"beam": 5, "nbest": 2, "length_penalty": "gnmt", "coverage_penalty": 0.2},
    {"beam": 4, "no_repeat_ngram": 2, "shortest": [2] * 12},
    {"beam": 3, "prefixes": [Prefix(), Prefix([9, 8])] * 6, "longest": [16] * 12},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_is_found_for_a_sentence_does_not_depend_on_the_others(kind: dict[str, Any]) -> None:
    kind = {"longest": LONGEST, "keep_attention": True, **kind}
    step = RecurrentStep(150, end_bias=2)
    start = step.start(RAGGED)
    together = search(step, start, source_lengths=np.array(RAGGED), **kind)
    assert step.calls[-1][0] < max(step.calls)[0]
    for row, length in enumerate(RAGGED):
        own = {name: [value[row]] if isinstance(value, list) else value for name, value in kind.items()}
        single = search(step, alone(start, row), source_lengths=np.array([length]), **own)
        for one, other in zip(together[row], single[0], strict=True):
            assert one.tokens == other.tokens
            assert one.score == pytest.approx(other.score, abs=1e-5)
            np.testing.assert_allclose(one.attention, other.attention, atol=1e-6)


def test_the_attention_and_the_scores_of_a_winner_are_followed_through_the_back_pointers() -> None:
    step = RecurrentStep(60, end_bias=1)
    start = step.start(RAGGED)
    more = {"source_lengths": np.array(RAGGED), "keep_attention": True}
    for row, actual in enumerate(search(step, start, LONGEST, beam=4, nbest=4, **more)):
        for one in actual:
            log_probs, attention = walk(step, alone(start, row), [*one.tokens, END])
            assert one.token_log_probs == pytest.approx(log_probs, abs=1e-5)
            assert one.log_probability == pytest.approx(sum(log_probs), abs=1e-4)
            assert one.attention is not None
            assert one.attention.shape == (len(one.tokens) + 1, RAGGED[row])
            np.testing.assert_allclose(one.attention, np.stack(attention), atol=1e-6)


def test_finished_hypotheses_free_their_slots_and_done_sentences_leave_the_batch() -> None:
    step = RecurrentStep(60, end_bias=3)
    search(step, step.start(RAGGED), LONGEST, beam=4, nbest=4)
    rows, sentences = zip(*step.calls, strict=True)
    assert rows[0] == sentences[0] == 12
    assert max(rows) <= 12 * 4
    assert rows[-1] < max(rows) / 4
    assert list(sentences) == sorted(sentences, reverse=True)
    assert sentences[-1] < 4
    assert all(count >= size for count, size in step.calls)
    assert all(count <= 4 * size for count, size in step.calls)
    assert len(rows) <= max(LONGEST) + 1


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_specials_are_never_produced_however_probable(kind: dict[str, Any]) -> None:
    class Stubborn(RecurrentStep):
        def __call__(self, *arguments: Any) -> Any:
            result = super().__call__(*arguments)
            result.log_probs[:, :END] += 50
            return result

    step = Stubborn(30, end_bias=1)
    for actual in search(step, step.start(RAGGED), source_lengths=np.array(RAGGED), **{"longest": LONGEST, **kind}):
        assert actual
        assert all(END < token < 30 for one in actual for token in one.tokens)


def test_lengths_stay_within_the_limits_of_each_sentence() -> None:
    for bias in (-20.0, 0.0, 20.0):
        step = RecurrentStep(30, end_bias=bias)
        shortest = [min(2, longest) for longest in LONGEST]
        actual = search(step, step.start(RAGGED), LONGEST, shortest, beam=3, nbest=3)
        for outputs, least, most in zip(actual, shortest, LONGEST, strict=True):
            assert all(least <= len(one.tokens) <= most for one in outputs)


def test_at_the_greatest_length_the_real_probability_of_end_counts() -> None:
    actual = markov(beam=1, longest=[1], shortest=[1])[0]
    assert actual.tokens == [4]
    assert actual.token_log_probs == pytest.approx([math.log(0.5), math.log(0.4)])


def test_a_forced_prefix_keeps_its_real_probability() -> None:
    actual = markov(beam=3, longest=[4], prefixes=[Prefix([4, 5])])[0]
    assert actual.tokens == [4, 5, 6]
    assert actual.token_log_probs == pytest.approx([math.log(p) for p in (0.5, 0.1, 0.9, 0.9)])


def test_an_output_that_may_repeat_no_word_ends_when_all_are_used_up() -> None:
    step = RecurrentStep(V, end_bias=-9)
    actual = search(step, step.start([3]), [9], [9], beam=2, no_repeat_ngram=1)
    assert sorted(actual[0][0].tokens) == [4, 5, 6]


def test_of_equal_candidates_the_lower_slot_and_then_the_lower_token_wins() -> None:
    flat = MarkovStep([[1 / V] * V] * V)
    actual = search(flat, Stateless(), [2], [2], beam=4, nbest=4)
    assert [one.tokens for one in actual[0]] == [[4, 4], [4, 5], [4, 6], [5, 4]]


def test_no_sentences_are_no_answers() -> None:
    assert search(MarkovStep(TABLE), Stateless(), []) == []


def test_a_model_that_gives_no_numbers_is_an_error() -> None:
    with pytest.raises(
        SeqnlpError, match="no output is possible for sentence 1 of the batch; check that the model's log"
    ):
        search(MarkovStep([[math.nan] * V] * V), Stateless(), [3])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"beam": 0}, "expected a beam of at least 1, found 0; 1 is greedy search"),
        (
            {"beam": 2, "nbest": 3},
            r"expected from 1 to beam \(2\) translations a line, asked for 3; widen the beam",
        ),
        ({"nbest": 0}, r"expected from 1 to beam \(5\) translations a line, asked for 0"),
        (
            {"prefixes": [Prefix([4]), Prefix([4, 5, 6, 4])]},
            "line 2: its prefix has 4 subwords, but at most 3 are allowed; shorten it, or raise max_ratio or max_extra",
        ),
        ({"prefixes": [Prefix([3]), Prefix()]}, "line 1: expected a prefix of ids from 4 on, found 3"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SeqnlpError, match=message):
        search(MarkovStep(TABLE), Stateless(), [4, 3], **settings)
