"""``Classifier``: what a trained model answers, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_documents import make_documents, tiny_classification, write_documents, write_tiny_documents

import seqnlp
from seqnlp.api import Classifier
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.tasks.classification.evaluation import evaluate
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

TEXTS = [text for _, text in make_documents(8, seed=7)] + ["", "  ", "unheard of", "fine " * 40 + "dull"]
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "mean": {"model__pooling": "mean", "model__character_model": "cnn", "model__casing_dim": 2},
    "voting": {"model__ngrams": 2, "model__pooling": "last"},
    "strided": {"model__window": 6, "model__overlap": 2, "model__pooling": "attention"},
    "hierarchical": {
        "model__window": 4,
        "model__long": "hierarchical",
        "model__pooling": "attention",
        "model__convolution_dim": 6,
        "model__ngrams": 1,
    },
    "truncated": {"model__window": 6, "model__long": "truncated", "model__pooling": "mean"},
    "subwords": {"tokenizer__kind": "bpe", "tokenizer__vocabulary_size": 300, "model__ngrams": 2},
}


def train(folder: Path, run: str, **changes: Any) -> Path:
    config = tiny_classification(folder, **{"trainer__epochs": 3, **changes})
    (folder / run).mkdir()
    task = ClassificationTask(config, folder / run, torch.device("cpu"), lambda text: None)
    fit(task, config, folder / run, Processes())
    return folder / run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each kind."""
    folder = tmp_path_factory.mktemp("classifiers")
    write_tiny_documents(folder)
    return {name: train(folder, name, **changes) for name, changes in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_answered_alike_alone_together_and_by_a_model_loaded_again(runs: dict[str, Path], kind: str) -> None:
    classifier, again = seqnlp.load(runs[kind]), seqnlp.load(runs[kind] / "model")
    assert isinstance(classifier, Classifier)
    together = classifier.classify_texts(TEXTS)
    assert [answer.text for answer in together] == TEXTS
    for text, answer in zip(TEXTS, together, strict=True):
        for other in (classifier.classify(text), again.classify(text)):
            assert other.label == answer.label
            assert list(other.probabilities.values()) == pytest.approx(list(answer.probabilities.values()), abs=1e-5)
        assert sum(answer.probabilities.values()) == pytest.approx(1)
        assert answer.probabilities[answer.label] == max(answer.probabilities.values())
    assert together[-4].probabilities == pytest.approx(together[-3].probabilities)  # both are empty
    assert together[-4].words == 0
    assert classifier.classify_texts([]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_contributions_sum_up_to_the_log_odds(runs: dict[str, Path], kind: str) -> None:
    """Completeness, the axiom that integrated gradients are made for (Sundararajan et al. 2017, proposition 1)."""
    classifier = seqnlp.load(runs[kind])
    for answer in classifier.classify_texts(TEXTS, explain="gradients"):
        why = answer.explanation
        assert why is not None
        assert why.label == answer.label
        total = why.empty_log_odds + sum(each.value for each in why.words) + why.gap
        assert total == pytest.approx(why.log_odds, abs=1e-5)
        assert abs(why.gap) < 0.01 + 0.01 * abs(why.log_odds - why.empty_log_odds)
        sure = answer.probabilities[answer.label]
        assert sure == pytest.approx(1 / (1 + np.exp(-why.log_odds)), abs=1e-5)
        if kind != "subwords":
            assert [each.word for each in why.words] == [t for t in answer.text.split() if t]


def test_words_that_were_not_read_contribute_nothing(runs: dict[str, Path]) -> None:
    answer = seqnlp.load(runs["truncated"]).classify(TEXTS[-1], explain="gradients")
    assert (answer.words, answer.read) == (41, 6)
    assert answer.explanation is not None
    values = [each.value for each in answer.explanation.words]
    assert all(values[:6])
    assert not any(values[6:])


def test_subwords_are_put_together_again(runs: dict[str, Path]) -> None:
    answer = seqnlp.load(runs["subwords"]).classify("the lovely xylophone", explain="gradients")
    assert answer.explanation is not None
    assert [each.word for each in answer.explanation.words] == ["the", "lovely", "xylophone"]
    assert answer.words > 3


@pytest.mark.parametrize("kind", ["strided", "hierarchical"])
def test_attention_is_shared_among_the_words(runs: dict[str, Path], kind: str) -> None:
    classifier = seqnlp.load(runs[kind])
    for answer in classifier.classify_texts(TEXTS, explain="attention"):
        assert answer.explanation is not None
        values = [each.value for each in answer.explanation.words]
        assert all(value > 0 for value in values)
        assert sum(values) == pytest.approx(1 if values else 0)


def test_attention_needs_a_model_that_has_it(runs: dict[str, Path]) -> None:
    message = "there is no attention to show: this model has model.pooling=max; use gradients"
    with pytest.raises(SeqnlpError, match=message):
        seqnlp.load(runs["plain"]).classify("fine", explain="attention")
    with pytest.raises(SeqnlpError, match=r"explain: expected one of gradients, attention, found 'shap'"):
        seqnlp.load(runs["plain"]).classify("fine", explain="shap")


@pytest.mark.parametrize("kind", ["plain", "strided", "hierarchical", "truncated"])
def test_a_document_of_a_hundred_thousand_words_is_answered(runs: dict[str, Path], kind: str) -> None:
    answer = seqnlp.load(runs[kind]).classify("fine film " * 50_000)
    assert answer.words == 100_000
    assert answer.read == (6 if kind == "truncated" else 100_000)
    assert all(np.isfinite(list(answer.probabilities.values())))


def test_several_labels_a_document(tmp_path: Path) -> None:
    lines = []
    for label, text in make_documents(60, seed=2):
        labels = [label] + (["soup"] if "soup" in text else [])
        lines.append(f"{','.join(labels)}\t{text}\n")
    for split, part in (("train", lines[:40]), ("dev", lines[40:50]), ("test", [*lines[50:], "\tnothing\n"])):
        (tmp_path / f"{split}.tsv").write_text("".join(part), encoding="utf-8")
    changes = {"data__multi_label": True, "model__ngrams": 1, "trainer__epochs": 12}
    run = train(tmp_path, "run", **changes)
    classifier = seqnlp.load(run)
    assert classifier.labels == ["bad", "good", "soup"]
    answer = classifier.classify("the soup was fine", explain="gradients")
    assert set(answer.labels) == {label for label, sure in answer.probabilities.items() if sure > 0.5}
    assert answer.explanation is not None
    assert abs(answer.explanation.gap) < 0.02
    report = evaluate(run, tiny_classification(tmp_path, **changes), "test", lambda text: None)
    assert (report.measure, report.confusion, report.documents) == ("micro F1", None, 11)
    assert report.score > 0.6
    json.dumps(report.to_dict())


@pytest.mark.parametrize(("test", "is_said"), [("train.tsv", True), ("other.tsv", False)])
def test_a_test_split_that_was_learnt_from_is_said(runs: dict[str, Path], test: str, is_said: bool) -> None:
    run, said = runs["plain"], list[str]()
    write_documents(run.parent / "other.tsv", [(label, f"{text} , they say") for label, text in make_documents(20)])
    evaluate(run, tiny_classification(run.parent, data__test=test), "test", said.append, keep=False)
    assert any("40 of 40 texts of test are in train, too" in note for note in said) == is_said
    assert any("are in train" in note for note in said) == is_said


def test_a_damaged_model_folder_says_what_it_lacks(runs: dict[str, Path], tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(runs["voting"] / "model", tmp_path / "copy"))
    lines = (copy / "config.yaml").read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if "  config.yaml: " not in line)
    (copy / "config.yaml").write_text(text.replace("ngram_weight:", "weight:"))
    with pytest.raises(RunError, match="lacks the key 'ngram_weight'; it was changed or not saved whole"):
        seqnlp.load(copy)
    (copy / "config.yaml").write_text(text + "extra: 1\n")
    with pytest.raises(RunError, match="has the unknown key 'extra'; install a newer seqnlp"):
        seqnlp.load(copy)
    with pytest.raises(RunError, match="this is a model for classification, not for tagging"):
        seqnlp.Tagger(runs["voting"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blanks", [[""], ["", " \t", "\u2028"]])
def test_blank_texts_may_come_first_and_alone(runs: dict[str, Path], kind: str, blanks: list[str]) -> None:
    answers = seqnlp.load(runs[kind]).classify_texts(blanks, explain="gradients")
    assert len(answers) == len(blanks)
    later = seqnlp.load(runs[kind]).classify_texts(["fine soup", ""])[1]
    assert all(answer.probabilities == pytest.approx(later.probabilities, abs=1e-5) for answer in answers)


def test_sets_of_labels_need_one_label_a_text_and_a_dev_split(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    plain = train(tmp_path, "plain", trainer__epochs=1)
    answer = seqnlp.load(plain).classify("the soup was fine", coverage=0.8)
    assert answer.label_set is not None
    assert answer.label_set[0] == answer.label
    assert answer.to_dict()["label_set"] == answer.label_set
    assert seqnlp.load(plain).classify("the soup was fine").label_set is None
    alone = train(tmp_path, "alone", trainer__epochs=1, data__dev="")
    with pytest.raises(SeqnlpError, match="they are set on dev"):
        seqnlp.load(alone).classify("fine", coverage=0.9)
    several = train(tmp_path, "several", trainer__epochs=1, data__multi_label=True)
    with pytest.raises(SeqnlpError, match="sets of labels are for one label a text"):
        seqnlp.load(several).classify("fine", coverage=0.9)
