"""A network that starts from its n-grams: what they say of training documents, and what an untrained network adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_documents import make_documents, tiny_classification, write_tiny_documents

from seqnlp.data.documents import load_documents
from seqnlp.models.bag_of_ngrams import fit_bag
from seqnlp.tasks.classification.calibration import fit_decision, fit_weight, log_loss
from seqnlp.tasks.classification.ngrams import FOLDS, FittedBag, choose_bag, scores_held_out
from seqnlp.tasks.classification.prediction import decide, probabilities
from seqnlp.tasks.classification.saved import Decision
from seqnlp.tasks.classification.task import ClassificationTask


def words_and_targets(count: int) -> tuple[list[list[str]], np.ndarray]:
    documents = make_documents(count, seed=3)
    labels = np.array([label for label, _ in documents])
    return [text.split() for _, text in documents], labels[:, None] == np.array(["bad", "good"])


def test_each_training_document_is_judged_by_a_bag_that_has_not_seen_it_nor_its_neighbours() -> None:
    words, targets = words_and_targets(230)
    bag = fit_bag(words, targets, "logistic", 2, 5.0, min_documents=2)
    found, weight = scores_held_out(words, targets, FittedBag(bag, "logistic"), False)
    for first in (0, 20, 100, 220):
        block = range(first, min(first + 20, 230))
        fold = first // 20 % FOLDS
        rest = [number for number in range(230) if number // 20 % FOLDS != fold]
        assert not set(block) & set(rest)
        other = fit_bag([words[n] for n in rest], targets[rest], "logistic", 2, 5.0, min_documents=2)
        np.testing.assert_allclose(found[block], other.scores([words[n] for n in block]), atol=1e-9)
    assert weight == pytest.approx(fit_weight(found, targets, False))


@pytest.mark.parametrize("multi_label", [False, True])
def test_the_weight_has_the_least_log_loss(multi_label: bool) -> None:
    random = np.random.default_rng(1)
    scores = random.normal(size=(300, 3))
    targets = np.arange(3) == (2.5 * scores + random.gumbel(size=(300, 3))).argmax(axis=1)[:, None]
    weight = fit_weight(scores, targets, multi_label)
    least = log_loss(weight * scores, targets, multi_label)
    assert all(least <= log_loss(other * scores, targets, multi_label) + 1e-9 for other in np.linspace(0, 10, 101))


def test_an_untrained_network_answers_as_its_n_grams_do_and_training_sees_their_scores(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path, train=120, dev=40)
    config = tiny_classification(tmp_path, model__ngrams=2)
    task = ClassificationTask(config, tmp_path, torch.device("cpu"), lambda text: None)
    assert task.bag is not None
    dev = load_documents(config.data, "dev", lambda text: None)
    said = task.bag.scores([document.text.split() for document in dev]).argmax(axis=1)
    right = np.mean([task.labels[best] == document.labels[0] for best, document in zip(said, dev, strict=True)])
    task.model.eval()
    assert task.evaluate()["accuracy"] == pytest.approx(100 * right)
    assert task.ngram_scores is not None
    expected = log_loss(task.ngram_weight * task.ngram_scores, task.targets, False) * 120
    assert task.loss(np.arange(120), 0.0).item() == pytest.approx(expected, rel=1e-4)
    apart = tiny_classification(tmp_path, model__ngrams=2, model__ngrams_first=False)
    alone = ClassificationTask(apart, tmp_path, torch.device("cpu"), lambda text: None)
    assert alone.ngram_scores is None
    assert alone.model.project.weight.abs().sum() > 0


def test_few_training_documents_have_n_grams_by_default_and_many_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seqnlp.config.classification import ClassifierConfig
    from seqnlp.tasks.classification import task as module

    write_tiny_documents(tmp_path)
    orders = []
    for most in (40, 39):  # there are 40
        monkeypatch.setattr(module, "FEW_DOCUMENTS", most)
        config = tiny_classification(tmp_path, model__ngrams=ClassifierConfig().ngrams)
        task = ClassificationTask(config, tmp_path, torch.device("cpu"), lambda text: None)
        orders.append((task.settings.ngrams, task.bag is not None))
    assert orders == [(2, True), (0, False)]


def test_the_weight_that_training_had_stays_and_only_the_temperature_is_fitted() -> None:
    random = np.random.default_rng(2)
    targets = np.eye(2, dtype=bool)[random.integers(2, size=400)]
    ngrams, network = (3 * (targets - 0.5) + random.normal(scale=2, size=(400, 2)) for _ in range(2))
    decision = fit_decision(network, ngrams, targets, False, 0.7)
    assert decision.ngram_weight == 0.7
    least = log_loss(decide(network, ngrams, decision), targets, False)
    for temperature in np.geomspace(0.25, 20, 60):
        other = Decision(float(temperature), 0.7)
        assert least <= log_loss(decide(network, ngrams, other), targets, False) + 1e-5


def test_a_small_train_chooses_its_n_grams_on_folds_and_keeps_rare_ones() -> None:
    words, targets = words_and_targets(200)
    words[7] = [*words[7], "onlyonce"]
    labels = ["bad", "good"]
    gold = [(labels[row.argmax()],) for row in targets]
    said: list[str] = []
    fitted = choose_bag(words, targets, words[:20], gold[:20], labels, 2, False, said.append)
    assert "onlyonce" in fitted.bag.ngrams
    assert "chosen on folds of train" in said[0]
    reached = scores_held_out(words, targets, fitted, False)[0].argmax(axis=1) == targets.argmax(axis=1)
    for method in ("logistic", "nbsvm"):
        for order in (1, 2):
            other = FittedBag(fit_bag(words, targets, method, order, 1.0), method, 1)
            found = scores_held_out(words, targets, other, False)[0].argmax(axis=1) == targets.argmax(axis=1)
            assert reached.mean() >= found.mean()


@pytest.mark.parametrize("multi_label", [False, True])
def test_documents_that_are_all_right_by_far_leave_some_doubt(multi_label: bool) -> None:
    targets = np.eye(2, dtype=bool)[np.arange(60) % 2]  # (60, 2)
    scores = np.where(targets, 1.0, -1.0)
    weight = fit_weight(scores, targets, multi_label)
    network = fit_decision(5 * scores, None, targets, multi_label)
    both = fit_decision(scores, 3 * scores, targets, multi_label)
    for decided in (weight * scores, decide(5 * scores, None, network), decide(scores, 3 * scores, both)):
        wrong = 1 - probabilities(decided, multi_label)[targets]
        assert wrong == pytest.approx(1 / 62 if multi_label else 1 / 124, rel=0.15)


def test_one_that_is_wrong_leaves_nothing_more_to_doubt() -> None:
    targets = np.eye(2, dtype=bool)[np.arange(60) % 2]
    scores = np.where(targets, 1.0, -1.0)
    scores[0] *= -1
    weight = fit_weight(scores, targets, False)
    assert weight == pytest.approx(np.log(59) / 2, abs=1e-3)
