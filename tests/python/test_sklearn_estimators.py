"""The estimators in scikit-learn's own tools: cross-validation, searches, pipelines, cloning, pickling, checks."""

from __future__ import annotations

import math
import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from tiny import make_sentences

import seqnlp
from seqnlp.sklearn import Forecaster, SequenceTagger, TextClassifier

SMALL: dict[str, object] = {"trainer.threads": 1, "trainer.batch_sentences": 6}
WORDS: dict[str, object] = {**SMALL, "model": {"word_dim": 10, "character_model": "none"}}
SENTENCES = make_sentences(60)
X, Y = [list(one.tokens) for one in SENTENCES], [list(one.tags) for one in SENTENCES]
TEXTS = [f"a {word} room number {n}" for n in range(12) for word in ("warm", "cold")]
LABELS = [word for _ in range(12) for word in ("warm", "cold")]


def tagger(**options: Any) -> SequenceTagger:
    return SequenceTagger(**{"epochs": 6, "hidden_dim": 12, "learning_rate": 0.03, "settings": WORDS, **options})


def classifier(**options: Any) -> TextClassifier:
    return TextClassifier(**{"epochs": 8, "hidden_dim": 8, "learning_rate": 0.03, "settings": SMALL, **options})


def test_a_tagger_is_cross_validated_cloned_and_sent() -> None:
    scores = cross_val_score(tagger(), X, Y, cv=2)
    assert scores.shape == (2,)
    assert scores.min() > 0.5
    fitted = clone(tagger()).fit(X, Y)
    assert fitted.score(X[:20], Y[:20]) == fitted.model_.evaluate(list(zip(X[:20], Y[:20], strict=True))).f1
    sent = pickle.loads(pickle.dumps(fitted))
    assert sent.predict(X[:5]) == fitted.predict(X[:5])


def test_the_probabilities_of_a_word_sum_up_to_one_and_follow_the_prediction() -> None:
    fitted = tagger().fit(X, Y)
    for words, probabilities, tags in zip(X[:9], fitted.predict_proba(X[:9]), fitted.predict(X[:9]), strict=True):
        assert probabilities.shape == (len(words), len(fitted.classes_))
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        assert set(tags) <= set(fitted.classes_) == {"O", "B-LOC", "B-PER", "I-LOC", "I-PER"}


def test_a_grid_is_searched_and_the_best_is_fitted_again() -> None:
    alone = classifier(settings={**SMALL, "model.ngrams": 0})  # n-grams would know all after one epoch
    search = GridSearchCV(alone, {"epochs": [1, 8], "random_state": [3]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_params_["epochs"] == 8
    assert search.predict(["a warm room", "a cold room"]).tolist() == ["warm", "cold"]


def test_numbered_labels_and_columns_of_a_table_are_fine_and_come_back_as_they_were() -> None:
    fitted = classifier().fit(pd.Series(TEXTS), np.array([7 if label == "warm" else 10 for label in LABELS]))
    assert fitted.classes_.tolist() == [7, 10]
    assert fitted.predict(np.array(["a warm room", "a cold room"])).tolist() == [7, 10]
    probabilities = fitted.predict_proba(["a warm room"])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert probabilities[0, 0] > 0.5
    assert fitted.score(TEXTS, [7 if label == "warm" else 10 for label in LABELS]) > 0.9


def test_a_seed_may_be_drawn_as_elsewhere_in_scikit_learn() -> None:
    def probabilities(state: Any) -> Any:
        return classifier(epochs=1, random_state=state).fit(TEXTS, LABELS).predict_proba(TEXTS[:2])

    drawn = probabilities(np.random.RandomState(5))
    assert (drawn == probabilities(np.random.RandomState(5))).all()
    assert (drawn == probabilities(int(np.random.RandomState(5).randint(2**31 - 1)))).all()
    assert (drawn != probabilities(None)).any()


def test_labels_with_spaces_in_a_column_of_a_table_come_back_as_they_were() -> None:
    fitted = classifier(epochs=np.int64(1)).fit(TEXTS, np.array([[f" {label} "] for label in LABELS]))
    assert fitted.classes_.tolist() == [" cold ", " warm "]
    assert fitted.predict_proba([]).shape == (0, 2)
    assert fitted.predict([]).tolist() == []


def test_a_classifier_ends_a_pipeline() -> None:
    shout = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    assert make_pipeline(shout, classifier()).fit(TEXTS, LABELS).score(TEXTS, LABELS) > 0.9


def test_a_forecaster_is_cross_validated_in_the_order_of_time() -> None:
    values = 5 + np.sin(2 * np.pi * np.arange(240) / 7)
    forecaster = Forecaster(horizon=3, season=7, epochs=2, hidden_dim=6, settings={"trainer.threads": 1})
    scores = cross_val_score(forecaster, values, cv=TimeSeriesSplit(2))
    assert np.isfinite(scores).all()
    assert (scores < 0).all()
    assert forecaster.fit(values).predict(values[:100]).shape == (3, 1)


@pytest.mark.parametrize(
    "estimator", [SequenceTagger(), TextClassifier(), Forecaster()], ids=lambda one: type(one).__name__
)
def test_the_checks_of_scikit_learn_that_allow_such_input_pass(estimator: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it skips the checks with tables of numbers
        check_estimator(estimator)
    assert clone(estimator).get_params() == estimator.get_params()
    with pytest.raises(NotFittedError):
        estimator.predict([["word"]])


def test_mistakes_are_named() -> None:
    with pytest.raises(seqnlp.DataError, match="expected as many answers as sentences, found 1 and 2"):
        tagger().fit(X[:2], Y[:1])
    with pytest.raises(TypeError, match=r"X\[0\]\[0\]: expected text \(str\), found None"):
        tagger().fit([[None]], [["O"]])
    with pytest.raises(TypeError, match=r"X: expected a list of texts, found DataFrame; name one of its columns"):
        classifier().fit(pd.DataFrame({"text": TEXTS}), LABELS)
    with pytest.raises(seqnlp.DataError, match="found some that differ in spaces alone"):
        classifier().fit(TEXTS, ["warm", "warm ", *LABELS[2:]])
    with pytest.raises(seqnlp.ConfigError, match=r"trainer\.epochs: expected at least 1, found 0"):
        tagger(epochs=np.int64(0)).fit(X, Y)


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA, np.float64("nan")])
def test_no_label_is_no_class(missing: object) -> None:
    for labels in (LABELS, [float(label == "warm") for label in LABELS]):
        with pytest.raises(seqnlp.DataError, match=r"y\[2\]: expected a label, found"):
            classifier().fit(TEXTS, [*labels[:2], missing, *labels[3:]])
