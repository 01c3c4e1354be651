"""What a person is told to look at: the promise by drawing, the bound by definition, the edges."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.metrics.conformal import MAX_NUMBERS
from seqnlp.tasks.tagging.prediction import SentencePrediction, SpanPrediction
from seqnlp.tasks.tagging.review import Answers, Review, compared, measure_review
from seqnlp.text.sentence import TaggedSentence


def draw(count: int, seed: int) -> Answers:
    """Answers of a model that is far too sure of itself: entities are right less often than it says."""
    random = np.random.default_rng(seed)
    sure = random.beta(4, 1, count)
    entropies = random.gamma(1.5, 1.0, count)
    return Answers(sure, random.random(count) < sure**2, entropies, random.random(count) < np.exp(-entropies))


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
def test_as_many_mistakes_are_marked_as_promised_though_the_probabilities_are_wrong(level: float) -> None:
    entities, texts = [], []
    for seed in range(40):
        review, new = Review.of_dev(draw(400, 2 * seed)), draw(400, 2 * seed + 1)
        entities.append(review.doubtful(new.probabilities[~new.correct], level).mean())
        texts.append(review.unsure(new.entropies[~new.faultless], level).mean())
    for seen in (np.mean(entities), np.mean(texts)):
        assert level - 0.015 <= seen <= level + 0.025


def test_bounds_are_those_of_the_rank_by_definition() -> None:
    wrong = np.array([0.9, 0.2, 0.7, 0.4, 0.6, 0.5, 0.3, 0.8, 0.95])
    review = Review(wrong, 10 * wrong)
    for rank, level in enumerate((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), start=1):  # (9 + 1) * level = rank
        assert review.doubtful(wrong, level).sum() == rank
        assert review.doubtful(np.sort(wrong), level)[:rank].all()
        assert review.unsure(np.sort(10 * wrong)[::-1], level)[:rank].all()
        assert review.unsure(10 * wrong, level).sum() == rank


def test_all_is_marked_where_dev_has_too_few_mistakes() -> None:
    review = Review(np.array([0.4]), np.zeros(0))
    assert review.doubtful(np.array([1.0, 0.0]), 0.9).all()
    assert review.doubtful(np.array([0.41, 0.4]), 0.5).tolist() == [False, True]
    assert review.unsure(np.array([0.0, 9.0]), 0.01).all()
    assert review.doubtful(np.zeros(0), 0.5).shape == (0,)


def test_mistakes_are_wrong_entities_and_texts_where_one_is_wrong_or_missed() -> None:
    tokens, tags = ("Ada", "met", "Brand", "in", "Oslo"), ("B-PER", "O", "B-PER", "O", "B-LOC")
    gold = TaggedSentence(tokens, tags, 1)
    ada, brand = SpanPrediction(0, 1, "PER", 0.9), SpanPrediction(2, 3, "PER", 0.8)
    wrong, oslo = SpanPrediction(4, 5, "PER", 0.3), SpanPrediction(4, 5, "LOC", 0.7)
    predictions = [SentencePrediction([], spans, [], []) for spans in ([ada, brand, oslo], [ada, brand], [ada, wrong])]
    answers = compared(predictions, np.array([0.1, 0.5, 0.9]), [gold] * 3, "iob2")
    assert answers.correct.tolist() == [True] * 6 + [False]
    assert answers.faultless.tolist() == [True, False, False]
    review = Review.of_dev(answers)
    assert review.entities.tolist() == [0.3]
    assert review.texts.tolist() == [0.5, 0.9]
    first = measure_review(review, answers)[0]
    assert first.level == 0.8
    assert (first.wrong_entities_seen, first.entities_marked) == (1, 1)  # one wrong entity is too few for 80 %
    nothing = compared([], np.zeros(0), [], "iob2")
    assert [seen.entities_marked for seen in measure_review(review, nothing)] == [0.0] * 4


def test_a_large_dev_is_thinned_out() -> None:
    many = 2 * MAX_NUMBERS
    answers = Answers(np.linspace(0, 1, many), np.zeros(many, bool), np.linspace(5, 0, many), np.zeros(many, bool))
    review = Review.of_dev(answers)
    assert (len(review.entities), review.entities[0], review.entities[-1]) == (MAX_NUMBERS, 0, 1)
    assert (len(review.texts), review.texts[0], review.texts[-1]) == (MAX_NUMBERS, 5, 0)


def test_a_number_like_the_bound_is_on_the_same_side_after_the_folder_kept_the_bounds_in_fp32() -> None:
    numbers = np.arange(1, 10_000, 7) / 10_000
    for number in numbers:
        kept = np.full(9, number, np.float32).astype(np.float64)
        review, same = Review(kept, kept), np.array([number])
        assert review.doubtful(same, 0.9).all()
        assert review.unsure(same, 0.9).all()
        assert not review.doubtful(same + 1e-4, 0.9).any()
        assert not review.unsure(same - 1e-4, 0.9).any()
