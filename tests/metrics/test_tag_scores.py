from __future__ import annotations

import warnings
from itertools import chain
from random import Random

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from seqnlp.metrics.scores import Confusion, Scores
from seqnlp.tasks.tagging.accuracy import correct_counts, known_word_scores, tag_confusions, tag_scores

SENTENCES = [["we", "can", "fish"], ["a", "can"]]
GOLD = [["PRON", "AUX", "VERB"], ["DET", "NOUN"]]
PREDICTED = [["PRON", "VERB", "VERB"], ["DET", "AUX"]]


def test_a_corpus_worked_by_hand():
    scores = tag_scores(GOLD, PREDICTED)
    assert scores.micro.f1 == 3 / 5
    assert scores.micro == Scores(0.6, 0.6, 0.6, 5)
    assert scores.per_label["VERB"] == Scores.from_counts(1, 2, 1)
    assert scores.per_label["NOUN"] == Scores(0.0, 0.0, 0.0, 1)
    assert correct_counts(GOLD, PREDICTED).tolist() == [[2, 3], [1, 2]]


def test_scores_agree_with_scikit_learn():
    for seed in range(20):
        random = Random(seed)
        lengths = [random.randint(0, 9) for _ in range(20)]
        gold = [[random.choice("ABCD") for _ in range(n)] for n in lengths]
        predicted = [[random.choice(["A", "B", "E", tag]) for tag in tags] for tags in gold]
        flat_gold, flat_predicted = list(chain(*gold)), list(chain(*predicted))
        ours = tag_scores(gold, predicted)
        assert ours.micro.f1 == pytest.approx(accuracy_score(flat_gold, flat_predicted))
        reference = precision_recall_fscore_support(
            flat_gold, flat_predicted, labels=list(ours.per_label), zero_division=0
        )
        rows = [(s.precision, s.recall, s.f1, s.support) for s in ours.per_label.values()]
        assert np.array(rows) == pytest.approx(np.array(reference).T)
        assert ours.macro.f1 == pytest.approx(np.mean(reference[2]))


def test_confusions_show_the_words_they_happen_to_most():
    gold = [["N"] * 6, ["N", "V"]]
    predicted = [["V"] * 6, ["X", "N"]]
    words = [["run", "walk", "run", "fly", "run", "walk"], ["odd", "swim"]]
    assert tag_confusions(words, gold, predicted) == [
        Confusion(6, "tag", "N", "run, walk, fly", "V", ""),
        Confusion(1, "tag", "N", "odd", "X", ""),
        Confusion(1, "tag", "V", "swim", "N", ""),
    ]


def test_known_and_unknown_words_are_counted_apart_and_by_case():
    sentences = [["We", "can"], ["we", "fish"]]
    known, unknown = known_word_scores({"we", "can"}, sentences, [["P", "A"], ["P", "V"]], [["P", "N"], ["P", "N"]])
    assert (known.recall, known.support) == (0.5, 2)  # "can" wrong, "we" right
    assert (unknown.recall, unknown.support) == (0.5, 2)  # "We" right, "fish" wrong


def test_nothing_to_score_is_zero_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tag_scores([], []).micro.f1 == 0
        assert tag_scores([[]], [[]]).macro == Scores(0.0, 0.0, 0.0, 0)
        assert known_word_scores(set(), [], [], []) == (Scores(0.0, 0.0, 0.0, 0),) * 2
    assert correct_counts([], []).shape == (0, 2)


def test_tags_that_do_not_line_up_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        tag_scores([["A", "B"]], [["A"]])
