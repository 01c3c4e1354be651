from __future__ import annotations

import math

import numpy as np
import pytest

from seqnlp.models.bag_of_ngrams import METHODS, fit_bag, learn_ngrams, presence, tune_bag

DOCUMENTS = [["good", "film"], ["very", "good"], ["bad", "film"], ["very", "very", "bad"], ["good"], ["bad"]]
GOOD = np.array([1, 1, 0, 0, 1, 0], dtype=bool)
TARGETS = np.stack([~GOOD, GOOD], axis=1)


def test_ngrams_are_counted_once_a_document() -> None:
    assert list(learn_ngrams(DOCUMENTS, 2, 2)) == ["bad", "film", "good", "very"]
    actual = presence([["very", "very", "bad", "unseen"], []], {"bad": 0, "very": 1, "very very": 2}, 2).toarray()
    np.testing.assert_allclose(actual, [[1 / math.sqrt(3)] * 3, [0, 0, 0]])


@pytest.mark.parametrize("method", METHODS)
def test_a_bag_learns_and_two_classes_are_one_question(method: str) -> None:
    bag = fit_bag(DOCUMENTS, TARGETS, method, 2, 10.0)
    scores = bag.scores(DOCUMENTS)
    assert (scores.argmax(axis=1) == GOOD).all()
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1])
    np.testing.assert_allclose(bag.scores([[]])[0], bag.bias)


def test_logistic_regression_is_scikit_learns() -> None:
    from sklearn.linear_model import LogisticRegression

    bag = fit_bag(DOCUMENTS, TARGETS, "logistic", 1, 2.0)
    features = presence(DOCUMENTS, bag.ngrams, 1)
    reference = LogisticRegression(C=2.0, solver="liblinear", random_state=0, max_iter=2000).fit(features, GOOD)
    difference = bag.scores(DOCUMENTS)[:, 1] - bag.scores(DOCUMENTS)[:, 0]
    np.testing.assert_allclose(difference, reference.decision_function(features), atol=1e-9)


def test_naive_bayes_weights_follow_the_papers_equations() -> None:
    from sklearn.svm import LinearSVC

    bag = fit_bag(DOCUMENTS, TARGETS, "nbsvm", 1, 1.0)
    names = list(bag.ngrams)
    p, q = (
        np.array([1 + sum(name in set(d) for d in np.array(DOCUMENTS, object)[side]) for name in names])
        for side in (GOOD, ~GOOD)
    )
    ratio = np.log((p / p.sum()) / (q / q.sum()))
    features = presence(DOCUMENTS, bag.ngrams, 1).toarray() * ratio
    svm = LinearSVC(C=1.0, random_state=0, max_iter=2000).fit(features, GOOD)
    weights = svm.coef_[0]
    mixed = 0.75 * np.abs(weights).mean() + 0.25 * weights
    np.testing.assert_allclose(bag.weights[:, 1] - bag.weights[:, 0], ratio * mixed, atol=1e-6)


def test_every_words_share_sums_up_to_the_scores() -> None:
    bag = fit_bag(DOCUMENTS, TARGETS, "nbsvm", 2, 1.0)
    for words in [*DOCUMENTS, ["unseen"], [], ["very", "good", "very", "good"]]:
        np.testing.assert_allclose(bag.word_scores(words).sum(axis=0) + bag.bias, bag.scores([words])[0], atol=1e-12)


def test_several_labels_are_several_questions_also_one_that_never_or_always_holds() -> None:
    targets = np.stack([GOOD, np.ones(6, bool), np.zeros(6, bool)], axis=1)
    scores = fit_bag(DOCUMENTS, targets, "logistic", 1, 10.0, single=False).scores(DOCUMENTS)
    np.testing.assert_array_equal(scores > 0, targets)


def test_tuning_keeps_the_best_on_dev_and_says_what_it_is() -> None:
    _, bag, _, settings = tune_bag(DOCUMENTS, TARGETS, ["logistic"], (1, 2), lambda bag: float(bag.order == 2))
    assert (bag.order, settings) == (2, "up to 2 words, C 1")


@pytest.mark.parametrize("method", METHODS)
def test_where_no_ngram_is_frequent_enough_only_the_classes_count(method: str) -> None:
    bag = fit_bag([["a"], ["b"], ["c"]], np.eye(2, dtype=bool)[[0, 1, 1]], method, 2, 1.0, min_documents=2)
    assert not bag.ngrams
    scores = bag.scores([["a", "d"], []])
    np.testing.assert_allclose(scores[:, 1] - scores[:, 0], math.log(2))
