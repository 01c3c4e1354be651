"""Beam search against brute force over all sequences, alone as in a batch, and doing no work it need not do."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from random_steps import RandomSteps, RowState

from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.beam import beam_search
from seqnlp.decode.constraints import Prefix
from seqnlp.decode.ensemble import ensemble
from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.penalties import coverage_penalty, length_penalty, repeated_ngrams
from seqnlp.decode.sampling import SamplingOptions, probabilities, sample
from seqnlp.decode.steps import Layout, StepResult
from seqnlp.errors import SeqnlpError

END, A, B, C = 3, 4, 5, 6
V = 7
LONGEST = 4


def search(steps: RandomSteps, sentences: list[int], config: DecodingConfig, **options: object) -> list[list[Decoded]]:
    count = len(sentences)
    limits = {"max_lengths": np.full(count, LONGEST), "min_lengths": np.zeros(count, np.int64)} | options
    return beam_search(steps, steps.start(sentences), count, config=config, **limits)


def all_sequences() -> list[list[int]]:
    return [list(tokens) for length in range(LONGEST + 1) for tokens in product((A, B, C), repeat=length)]


PENALTIES = [("none", 1.0), ("average", 1.0), ("average", 0.5), ("gnmt", 0.8)]


@pytest.mark.parametrize(("penalty", "alpha"), PENALTIES)
@pytest.mark.parametrize("sentence", range(4))
def test_a_beam_as_wide_as_all_sequences_finds_the_best_ones_in_order(
    sentence: int, penalty: str, alpha: float
) -> None:
    steps = RandomSteps(V, seed=sentence)
    config = DecodingConfig(beam=200, length_penalty=penalty, alpha=alpha)
    scored = []
    for tokens in all_sequences():
        total = sum(steps.log_prob(sentence, [*tokens, END]))
        scored.append((total / float(length_penalty(config, len(tokens) + 1)), total, tokens))
    scored.sort(reverse=True)
    (actual,) = search(steps, [sentence], config, nbest=10)
    assert [one.tokens for one in actual] == [tokens for _, _, tokens in scored[:10]]
    assert [one.score for one in actual] == pytest.approx([score for score, _, _ in scored[:10]])
    assert [one.log_probability for one in actual] == pytest.approx([total for _, total, _ in scored[:10]])
    for one in actual:
        assert one.token_log_probs == pytest.approx(steps.log_prob(sentence, [*one.tokens, END]))


@pytest.mark.parametrize("sentence", range(3))
@pytest.mark.parametrize("after", [A, B, C])
def test_lengths_blocked_ngrams_and_prefixes_rule_out_just_what_they_say(sentence: int, after: int) -> None:
    steps = RandomSteps(V, seed=10 + sentence)
    config = DecodingConfig(beam=200, length_penalty="none", no_repeat_ngram=2)
    allowed = [
        tokens
        for tokens in all_sequences()
        if len(tokens) >= 2 and tokens[0] == B and tokens[1] != after and len(set(pairwise(tokens))) == len(tokens) - 1
    ]
    best = max(allowed, key=lambda tokens: sum(steps.log_prob(sentence, [*tokens, END])))
    begin = Prefix([B], not_next=[after])
    ((actual,),) = search(steps, [sentence], config, min_lengths=np.array([2]), prefixes=[begin])
    assert actual.tokens == best
    assert actual.log_probability == pytest.approx(sum(steps.log_prob(sentence, [*best, END])))


@pytest.mark.parametrize("seed", range(6))
def test_beam_one_is_greedy(seed: int) -> None:
    steps, sentences = RandomSteps(V, seed), list(range(5))
    for sentence, (actual,) in zip(sentences, search(steps, sentences, DecodingConfig(beam=1)), strict=True):
        tokens: list[int] = []
        while len(tokens) < LONGEST:
            options = {token: steps.log_prob(sentence, [*tokens, token])[-1] for token in (END, A, B, C)}
            best = max(options, key=lambda token: options[token])
            if best == END:
                break
            tokens.append(best)
        assert actual.tokens == tokens


TRANSITIONS = {2: {A: 0.6, B: 0.4}, A: {C: 0.55, END: 0.45}, B: {END: 1.0}, C: {END: 1.0}}


def transitions(tokens: NDArray[np.int64], layout: Layout, state: RowState) -> StepResult:
    """A table written by hand: greedily A first, but B then END is the most probable whole."""
    log_probs = np.full((len(tokens), V), -np.inf)
    for row, token in enumerate(tokens.tolist()):
        for following, probability in TRANSITIONS[token].items():
            log_probs[row, following] = np.log(probability)
    return StepResult(log_probs, None, state)


def test_a_table_written_by_hand_where_greedy_is_wrong() -> None:
    state = RowState(np.zeros((1, 1)), np.zeros((1, 1)))
    limits = (np.array([5]), np.array([0]))
    none = {"length_penalty": "none"}
    ((greedy,),) = beam_search(transitions, state, 1, *limits, DecodingConfig(beam=1, **none))
    ((best,),) = beam_search(transitions, state, 1, *limits, DecodingConfig(beam=3, **none))
    assert (greedy.tokens, greedy.log_probability) == ([A, C], pytest.approx(np.log(0.33)))
    assert (best.tokens, best.log_probability) == ([B], pytest.approx(np.log(0.4)))


@pytest.mark.parametrize("beam", [1, 2, 5])
def test_a_sentence_is_searched_alone_as_in_any_batch(beam: int) -> None:
    steps, config = RandomSteps(V, seed=3, sharpness=0.7), DecodingConfig(beam=beam)
    lengths = np.arange(12) % 7 + 1
    options = {"nbest": beam, "keep_attention": True, "source_lengths": np.full(12, 6)}
    together = search(steps, list(range(12)), config, max_lengths=lengths, **options)
    turned = search(steps, list(range(11, -1, -1)), config, max_lengths=lengths[::-1].copy(), **options)[::-1]
    options["source_lengths"] = np.array([6])
    for number in range(12):
        (alone,) = search(steps, [number], config, max_lengths=lengths[[number]], **options)
        for one, two, three in zip(alone, together[number], turned[number], strict=True):
            assert one.tokens == two.tokens == three.tokens
            assert one.score == pytest.approx(two.score)
            np.testing.assert_allclose(one.attention, two.attention)
            assert one.attention is not None
            assert one.attention.shape == (len(one.tokens) + 1, 6)


def test_attention_follows_the_winner_through_its_ancestors() -> None:
    steps = RandomSteps(V, seed=5)
    options = {"keep_attention": True, "source_lengths": np.array([6])}
    for one in search(steps, [9], DecodingConfig(beam=4), nbest=4, **options)[0]:
        state, before, rows = steps.start([9]), 2, []
        for token in [*one.tokens, END]:
            result = steps(np.array([before]), Layout.one_each(1), state)
            rows.append(result.attention[0])
            state, before = result.state, token
        np.testing.assert_allclose(one.attention, np.stack(rows), rtol=1e-6)


def test_finished_hypotheses_free_their_slots_and_finished_sentences_leave() -> None:
    steps = RandomSteps(V, seed=2, sharpness=0.5)
    lengths = np.array([1, 2, 3, 8])
    search(steps, [0, 1, 2, 3], DecodingConfig(beam=3, length_penalty="none"), max_lengths=lengths, nbest=3)
    assert steps.counts[0] == 4
    assert max(steps.counts) <= 12
    assert steps.counts[-1] < 3
    assert len(steps.counts) <= 9


def test_what_is_no_text_is_never_produced() -> None:
    steps = RandomSteps(V, seed=1, sharpness=0.1)
    for actual in search(steps, list(range(20)), DecodingConfig(beam=5), nbest=5, max_lengths=np.full(20, 9)):
        assert all(set(one.tokens) <= {A, B, C} for one in actual)


def test_more_answers_than_the_beam_is_wide_are_refused() -> None:
    with pytest.raises(SeqnlpError, match=r"from 1 to beam \(2\) translations a line, asked for 3; widen the beam"):
        search(RandomSteps(V, 0), [0], DecodingConfig(beam=2), nbest=3)


def test_a_prefix_longer_than_allowed_names_its_line() -> None:
    with pytest.raises(SeqnlpError, match=r"line 2: its prefix has 5 subwords, but at most 4 are allowed"):
        search(RandomSteps(V, 0), [0, 1], DecodingConfig(), prefixes=[Prefix([A]), Prefix([A] * 5)])


def test_twice_the_same_model_is_the_model() -> None:
    steps, config = RandomSteps(V, 4), DecodingConfig(beam=3)
    step, state = ensemble([steps, steps], [steps.start([1, 2]), steps.start([1, 2])])
    twice = beam_search(step, state, 2, np.full(2, LONGEST), np.zeros(2, np.int64), config, nbest=3)
    for one, two in zip(search(steps, [1, 2], config, nbest=3), twice, strict=True):
        assert [a.tokens for a in one] == [b.tokens for b in two]
        assert [a.score for a in one] == pytest.approx([b.score for b in two])


def test_two_models_vote_with_the_mean_of_their_probabilities() -> None:
    first, second = RandomSteps(V, 4), RandomSteps(V, 5)
    step, state = ensemble([first, second], [first.start([1]), second.start([1])])
    tokens = np.array([2])
    mean = np.exp(step(tokens, Layout.one_each(1), state).log_probs)
    apart = [np.exp(one(tokens, Layout.one_each(1), one.start([1])).log_probs) for one in (first, second)]
    np.testing.assert_allclose(mean, (apart[0] + apart[1]) / 2)


def test_the_coverage_penalty_is_that_of_the_paper() -> None:
    config = DecodingConfig(coverage_penalty=0.2)
    assert float(coverage_penalty(config, np.array([0.5, 2.0, 1.0]))) == pytest.approx(0.2 * np.log(0.5))
    steps = RandomSteps(V, seed=6)
    config = DecodingConfig(beam=60, length_penalty="none", coverage_penalty=2.0)
    options = {"keep_attention": True, "source_lengths": np.array([6])}
    for one in search(steps, [0], config, nbest=5, **options)[0]:
        covered = np.minimum(one.attention.sum(axis=0), 1)
        assert one.score == pytest.approx(one.log_probability + 2 * np.log(covered).sum(), rel=1e-5)


def test_repeated_ngrams_by_hand() -> None:
    assert repeated_ngrams(np.array([4, 5, 6, 4, 5]), 3) == [6]
    assert repeated_ngrams(np.array([4, 5, 6, 4]), 2) == [5]
    assert repeated_ngrams(np.array([4, 5]), 1) == [4, 5]
    assert repeated_ngrams(np.array([4]), 3) == []


# Sampling


def draw(steps: RandomSteps, sentences: list[int], options: SamplingOptions, **more: object) -> list[list[Decoded]]:
    count = len(sentences)
    limits = {"max_lengths": np.full(count, LONGEST), "min_lengths": np.zeros(count, np.int64)} | more
    return sample(
        steps, steps.start(sentences), count, options=options, line_seeds=[(number,) for number in sentences], **limits
    )


def test_what_is_drawn_does_not_depend_on_the_other_lines_and_follows_the_seed() -> None:
    steps, options = RandomSteps(V, 8, sharpness=0.5), SamplingOptions(seed=3)
    together = [actual[0].tokens for actual in draw(steps, list(range(30)), options)]
    alone = [draw(steps, [number], options)[0][0].tokens for number in range(30)]
    assert together == alone
    assert together != [actual[0].tokens for actual in draw(steps, list(range(30)), SamplingOptions(seed=4))]


def test_first_tokens_are_drawn_as_often_as_they_are_probable() -> None:
    steps = RandomSteps(V, 8, sharpness=0.6)
    log_probs = np.array([steps.log_prob(0, [token])[0] for token in range(V)])
    expected = probabilities(log_probs.copy(), (0, 1, 2), SamplingOptions())
    seeds = [SamplingOptions(seed=number) for number in range(1500)]
    firsts = [(draw(steps, [0], one, max_lengths=np.array([1]))[0][0].tokens or [END])[0] for one in seeds]
    actual = np.bincount(firsts, minlength=V) / len(firsts)
    np.testing.assert_allclose(actual, expected, atol=0.05)


def test_temperature_top_k_and_top_p() -> None:
    log_probs = np.log(np.array([0.4, 0.3, 0.2, 0.1]))
    np.testing.assert_allclose(probabilities(log_probs.copy(), (), SamplingOptions(top_k=2)), [4 / 7, 3 / 7, 0, 0])
    np.testing.assert_allclose(probabilities(log_probs.copy(), (), SamplingOptions(top_p=0.6)), [4 / 7, 3 / 7, 0, 0])
    np.testing.assert_allclose(probabilities(log_probs.copy(), (0,), SamplingOptions()), [0, 0.5, 1 / 3, 1 / 6])
    sharp = probabilities(log_probs.copy(), (), SamplingOptions(temperature=0.5))
    np.testing.assert_allclose(sharp, np.array([16, 9, 4, 1]) / 30)


def test_a_drawn_line_begins_with_its_prefix_and_knows_its_log_probability() -> None:
    steps, begin = RandomSteps(V, 8), [[A, B], [], [C]]
    drawn = draw(steps, [0, 1, 2], SamplingOptions(), prefixes=[Prefix(tokens) for tokens in begin])
    for number, (actual,) in enumerate(drawn):
        assert actual.tokens[: len(begin[number])] == begin[number]
        assert actual.log_probability == pytest.approx(sum(steps.log_prob(number, [*actual.tokens, END])))


@pytest.mark.parametrize("wrong", [{"temperature": "1"}, {"top_k": 2.5}, {"top_p": None}, {"seed": 1.0}])
def test_sampling_options_that_are_no_numbers_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(SeqnlpError, match=f"{next(iter(wrong))}: expected a (whole )?number, found"):
        SamplingOptions(**wrong)


@pytest.mark.parametrize("wrong", [{"temperature": 0.0}, {"top_k": -1}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_impossible_sampling_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SeqnlpError, match="expected temperature above 0, top_k at least 0"):
        SamplingOptions(**wrong)
