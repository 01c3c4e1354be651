"""The real classifier in the real loop: resumed, cut into pieces, calibrated on dev."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tasks_in_process import new_task, trained_task
from tiny_documents import make_documents, tiny_classification, write_documents, write_tiny_documents
from tiny_tasks import TINY

from seqnlp.api import Classifier
from seqnlp.bundle import load_bundle
from seqnlp.errors import DataError, RunError
from seqnlp.tasks.classification.calibration import fit_decision, log_loss
from seqnlp.tasks.classification.model import Decision
from seqnlp.tasks.classification.prediction import decide, predicted, probabilities
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

EVERYTHING = TINY["classification"].everything
NO_DROPOUT = TINY["classification"].no_dropout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with training, development and test files."""
    folder = tmp_path_factory.mktemp("data")
    write_tiny_documents(folder)
    return folder


make, train = partial(new_task, ClassificationTask), partial(trained_task, ClassificationTask)


def test_a_run_is_not_resumed_with_other_data(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    config = tiny_classification(tmp_path, trainer__epochs=1)
    train(config, tmp_path / "run")
    write_documents(tmp_path / "train.tsv", make_documents(40, seed=9))
    with pytest.raises(RunError, match="the training data changed"):
        train(config, tmp_path / "run")


def test_one_class_only_is_refused(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    write_documents(tmp_path / "train.tsv", [("good", "fine"), ("good", "lovely")])
    message = (
        "expected a training split with at least two different labels, found only 'good'; is data.label_column right?"
    )
    with pytest.raises(DataError) as caught:
        make(tiny_classification(tmp_path), tmp_path / "run")
    assert str(caught.value) == message


def test_a_class_never_seen_in_training_is_told_and_trained_past(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    write_documents(tmp_path / "dev.tsv", [("odd", "fine"), *make_documents(6)])
    said: list[str] = []
    task = make(tiny_classification(tmp_path), tmp_path / "run", said.append)
    warning = "warning: the dev split has labels that the training split never shows; they count as missed: odd (1x)"
    assert warning in said
    assert 0 <= task.evaluate()["accuracy"] <= 600 / 7


def test_a_dev_split_of_unknown_classes_alone_still_trains(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    write_documents(tmp_path / "dev.tsv", [("odd", "fine")] * 3)
    for ngrams in (0, 1):
        task = train(tiny_classification(tmp_path, model__ngrams=ngrams), tmp_path / f"run{ngrams}")
        assert task.evaluate()["accuracy"] == 0.0
        assert load_bundle(tmp_path / f"run{ngrams}").description["temperature"] == 1.0


def test_what_is_done_with_long_documents_is_said(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    with (tmp_path / "train.tsv").open("a") as file:
        file.write("good\t" + "fine " * 30 + "\n")
    for long, done in (
        ("strided", "read in windows, whose scores are averaged"),
        ("hierarchical", "read in windows, over which a second recurrent layer runs"),
        ("truncated", "cut: 20 words beyond are not read"),
    ):
        said: list[str] = []
        make(tiny_classification(tmp_path, model__window=10, model__long=long), tmp_path / "run", said.append)
        assert f"train: 1 of 41 documents have more than 10 words (longest 30): {done}" in said


def test_subwords_are_learned_from_train_and_saved(tmp_path: Path, data: Path) -> None:
    config = tiny_classification(data, tokenizer__kind="bpe", tokenizer__vocabulary_size=300)
    task = train(config, tmp_path / "run")
    assert "\u2581" in task.reader.read("the soup")[0]
    assert list(load_bundle(tmp_path / "run").subwords) == ["subwords.spm"]
    assert task.reader.read("") == []


# Calibration


def test_the_decision_makes_the_log_loss_smaller_than_any_near_it() -> None:
    draw = np.random.default_rng(1)
    gold = draw.integers(0, 3, 400)
    targets = np.eye(3, dtype=bool)[gold]
    network = 4 * (targets + draw.normal(size=(400, 3)))  # far too sure
    ngrams = targets + draw.normal(size=(400, 3))
    for bag in (None, ngrams):
        actual = fit_decision(network, bag, targets, multi_label=False)
        best = log_loss(decide(network, bag, actual), targets, multi_label=False)
        assert actual.temperature > 2
        for t, v in ((1.1, 1.0), (0.9, 1.0), (1.0, 1.1), (1.0, 0.9)):
            near = Decision(actual.temperature * t, actual.ngram_weight * v)
            assert log_loss(decide(network, bag, near), targets, multi_label=False) >= best - 1e-6
    alone = fit_decision(network, None, targets, multi_label=False)
    assert (decide(network, None, alone).argmax(1) == network.argmax(1)).all()


def test_log_loss_is_that_of_the_probabilities() -> None:
    scores = np.random.default_rng(2).normal(size=(6, 3))
    targets = np.eye(3, dtype=bool)[[0, 1, 2, 0, 1, 2]]
    one, many = probabilities(scores, False), probabilities(scores, True)
    assert one.sum(axis=1) == pytest.approx(1)
    assert log_loss(scores, targets, False) == pytest.approx(-np.log(one[targets]).mean())
    assert log_loss(scores, targets, True) == pytest.approx(-np.log(np.where(targets, many, 1 - many)).mean())
    assert (predicted(scores, True) == (many > 0.5)).all()
    assert (predicted(scores, False).argmax(1) == one.argmax(1)).all()


def test_training_texts_that_are_all_blank_are_refused(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    for texts in ([("good", ""), ("bad", " ")], [("good", "\u200b"), ("bad", "")]):
        write_documents(tmp_path / "train.tsv", texts)
        with pytest.raises(DataError, match=r"expected training texts with words, found 2 blank ones; is data\.text_"):
            make(tiny_classification(tmp_path), tmp_path / "run")


def test_ngrams_that_are_all_rare_are_told_and_trained_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqnlp.tasks.classification.ngrams.MOST_IN_FOLDS", 0)  # a small train has no rare ones
    write_tiny_documents(tmp_path)
    write_documents(tmp_path / "train.tsv", [("good", "one two"), ("bad", "three four"), ("bad", "")])
    said: list[str] = []
    (tmp_path / "run").mkdir()
    task = make(tiny_classification(tmp_path, model__ngrams=2), tmp_path / "run", said.append)
    fit(task, task.config, tmp_path / "run", Processes())
    warning = "warning: no n-gram is in 2 documents; set model.ngrams=0"
    assert warning in said
    loaded = Classifier(tmp_path / "run")
    assert loaded.classify("one two").label in ("good", "bad")


def test_the_card_of_a_model_without_a_dev_split_claims_no_calibration(tmp_path: Path, data: Path) -> None:
    for dev, words in (("dev.tsv", "calibrated on the development split;"), ("", "not calibrated, without a dev")):
        train(tiny_classification(data, data__dev=dev, trainer__epochs=1), tmp_path / f"run{dev}")
        card = (tmp_path / f"run{dev}" / "model" / "README.md").read_text(encoding="utf-8")
        assert f"Probabilities are {words}" in card
