"""Knowledge distillation of classifiers: the mean of what teachers say, n-grams and temperature, is learnt."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import assert_same_weights, new_task, refusal_of, trained_task
from tiny_documents import make_documents, tiny_classification, write_documents
from tiny_tasks import SuddenDeathError, dying
from torch import nn

import seqnlp
from seqnlp.bundle import load_bundle
from seqnlp.data.document_batches import SoftLabels
from seqnlp.errors import DataError
from seqnlp.models.classifier import RecurrentClassifier
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.tasks.classification.teachers import soft_labels
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, ClassificationTask), partial(trained_task, ClassificationTask)

DOCUMENTS = make_documents(40, seed=1)
TEXTS = [text for _, text in make_documents(10, seed=4)]
SWAPPED = {"good": "bad", "bad": "good"}
LEARNING: dict[str, Any] = {"trainer__epochs": 6, "optimizer__learning_rate": 0.05}
SUBWORDS: dict[str, Any] = {"tokenizer__kind": "bpe", "tokenizer__vocabulary_size": 300, "model__hidden_dim": 9}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data whose labels are right in ``right`` and swapped in ``wrong``; classifiers with n-grams and of subwords."""
    folder = tmp_path_factory.mktemp("distillation")
    for name, documents in (("right", DOCUMENTS), ("wrong", [(SWAPPED[label], text) for label, text in DOCUMENTS])):
        (folder / name).mkdir()
        write_documents(folder / name / "train.tsv", documents)
        write_documents(folder / name / "dev.tsv", make_documents(12, seed=2))
    train(tiny_classification(folder / "right", **LEARNING, model__ngrams=2), folder / "ngrams")
    train(tiny_classification(folder / "right", **LEARNING, **SUBWORDS, seed=2), folder / "subwords")
    return folder


def taught(folder: Path, *runs: str, data: str = "right", **changes: Any) -> Any:
    """Settings of a run that learns from some of the runs of the fixture."""
    named = " + ".join(str(folder / run) for run in runs)
    return tiny_classification(folder / data, teacher__runs=named, **changes)


def test_what_only_teachers_know_is_learnt_from_them(folder: Path, tmp_path: Path) -> None:
    changes = {"data": "wrong", "teacher__weight": 1.0, "teacher__temperature": 2.0, **LEARNING}
    task = train(taught(folder, "ngrams", "subwords", **changes), tmp_path / "run")
    assert task.evaluate()["accuracy"] > 65
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert "learnt from the answers of tiny (seed 1), tiny (seed 2) as well" in card


def test_teachers_answer_with_the_mean_of_their_probabilities(folder: Path) -> None:
    runs, said = [folder / "ngrams", folder / "subwords"], list[str]()
    config, bundles = taught(folder, "ngrams", "subwords"), [load_bundle(run) for run in runs]
    soft, mirrored = (
        soft_labels(config, bundles, TEXTS, order, "cpu", said.append) for order in (["bad", "good"], ["good", "bad"])
    )
    assert soft is not None
    assert mirrored is not None
    np.testing.assert_allclose(mirrored, soft[:, ::-1], atol=1e-6)
    answers = [seqnlp.load(run).classify_texts(TEXTS) for run in runs]
    expected = [(a.probabilities["bad"] + b.probabilities["bad"]) / 2 for a, b in zip(*answers, strict=True)]
    np.testing.assert_allclose(soft[:, 0], expected, atol=1e-5)
    assert said[0] == f"teacher 1 of 2 answers 10 texts: {folder / 'ngrams' / 'model'}"
    config.teacher.temperature = 4.0
    milder = soft_labels(config, bundles, TEXTS, ["bad", "good"], "cpu", said.append)
    assert milder is not None
    assert (abs(milder - 0.5) < abs(soft - 0.5)).all()


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_the_loss_is_the_weighted_sum_of_both_cross_entropies(
    multi_label: bool, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, said = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.5]], [[0.1, 0.7, 0.2], [0.6, 0.3, 0.9 if multi_label else 0.1]]
    gold = [[1.0, 0.0, 1.0 if multi_label else 0.0], [0.0, 0.0, 1.0]]

    def one(values: list[float], wanted: list[float]) -> float:
        if multi_label:
            shares = [1 / (1 + math.exp(-value)) for value in values]
            return -sum(q * math.log(p) + (1 - q) * math.log(1 - p) for p, q in zip(shares, wanted, strict=True))
        total = math.log(sum(map(math.exp, values)))
        return -sum(q * (value - total) for value, q in zip(values, wanted, strict=True))

    expected = sum(
        0.3 * temperature**2 * one([value / temperature for value in row], soft) + 0.7 * one(row, hard)
        for row, soft, hard in zip(scores, said, gold, strict=True)
    )
    model = RecurrentClassifier.__new__(RecurrentClassifier)
    nn.Module.__init__(model)
    model.multi_label, model.class_weights = multi_label, None
    monkeypatch.setattr(RecurrentClassifier, "forward", lambda self, batch: torch.tensor(scores))
    targets = torch.tensor(gold) if multi_label else torch.tensor(gold).argmax(dim=1)
    both = torch.tensor([True, True])
    soft_part = SoftLabels(torch.tensor(said), 0.3, temperature, labelled=both, answered=both)
    batch: Any = type("Batch", (), {"ngram_scores": None, "soft": soft_part, "targets": targets})()
    assert model.loss(batch).item() == pytest.approx(expected, rel=1e-5)
    batch.soft = replace(soft_part, labelled=torch.tensor([True, False]))
    assert model.loss(batch).item() == pytest.approx(expected - 0.7 * one(scores[1], gold[1]), rel=1e-5)
    batch.soft = replace(soft_part, answered=torch.tensor([True, False]))
    unanswered = one(scores[1], gold[1]) - 0.3 * temperature**2 * one([v / temperature for v in scores[1]], said[1])
    assert model.loss(batch).item() == pytest.approx(expected - 0.7 * one(scores[1], gold[1]) + unanswered, rel=1e-5)
    batch.soft = replace(soft_part, weight=1.0)
    alone = temperature**2 * sum(
        one([value / temperature for value in row], soft) for row, soft in zip(scores, said, strict=True)
    )
    assert model.loss(batch).item() == pytest.approx(alone, rel=1e-5)


def test_a_run_with_teachers_that_dies_ends_as_if_it_had_not(folder: Path, tmp_path: Path) -> None:
    config = taught(folder, "ngrams", model__ngrams=2, model__class_weights="balanced", trainer__checkpoint_steps=1)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, tmp_path / "killed"), 7), config, tmp_path / "killed", Processes())
    assert_same_weights(whole.model, train(config, tmp_path / "killed").model)


def test_texts_without_labels_are_answered_by_the_teachers_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_documents(tmp_path / "data" / "train.tsv", [*DOCUMENTS[:4], ("bad", "rude soup"), ("good", "kind soup")])
    dev = [one for one in make_documents(16, seed=2) if one not in DOCUMENTS]
    write_documents(tmp_path / "data" / "dev.tsv", dev)
    texts = tmp_path / "data" / "more.txt"
    lines = [*(text for _, text in DOCUMENTS), f"{dev[0][1].upper()} !"]
    texts.write_text("".join(f"{text}\n\n" for text in lines), encoding="utf-8")
    changes: dict[str, Any] = {"teacher__runs": str(folder / "ngrams"), "teacher__texts": str(texts), **LEARNING}
    said: list[str] = []
    config = tiny_classification(tmp_path / "data", **changes, model__ngrams=1)
    task = task_of(config, tmp_path / "one", said.append)
    assert said[0] == f"teacher.texts: 40 lines without labels (1 of dev or test left out), {texts}"
    assert task.ngram_scores is not None
    assert len(task.ngram_scores) == len(task.train.lengths) == 46
    assert [line for line in said if line.startswith("train: 46 documents are few to learn words from")]
    longer = {**changes, "trainer__epochs": 10, "teacher__weight": 1.0}
    assert train(tiny_classification(tmp_path / "data", **longer), tmp_path / "run").evaluate()["accuracy"] > 65
    texts.write_text("\n \n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"more.txt: expected texts for teacher.texts, one a line; found blank lines only"
    ):
        task_of(config, tmp_path / "one")
    config.teacher.texts = str(tmp_path / "mor.txt")
    with pytest.raises(
        DataError, match=r"mor.txt: no such file; expected one of texts without labels \(teacher.texts\)"
    ):
        task_of(config, tmp_path / "one")


def test_models_that_cannot_teach_are_refused(folder: Path, tmp_path: Path) -> None:
    refusal = partial(refusal_of, ClassificationTask, run=tmp_path / "run")
    (tmp_path / "data").mkdir()
    write_documents(tmp_path / "data" / "train.tsv", [("fair", "so so"), ("good", "lovely soup"), ("fine", "a room")])
    write_documents(tmp_path / "data" / "dev.tsv", [("fair", "so so")])
    run = folder / "subwords"
    assert refusal(tiny_classification(tmp_path / "data", teacher__runs=str(run))) == (
        "teacher.runs: expected models with the labels of this run, found one without 'fair', 'fine' "
        f"and with 'bad' in {run / 'model'}"
    )
    assert refusal(tiny_classification(tmp_path / "data", teacher__runs=str(run), data__multi_label=True)) == (
        f"teacher.runs: expected models with data.multi_label true, as this run has, found false in {run / 'model'}"
    )
