"""A classifier's printed digits: the same for a text alone and among others, whatever fp32 makes of the last bits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from command import TINY, output
from numpy.typing import NDArray
from tiny_documents import make_documents

import seqnlp
from seqnlp.cli.classify_output import write_jsonl, write_tsv
from seqnlp.tasks.classification.digits import OFF, undecided
from seqnlp.tasks.classification.prediction import DocumentPredictor, predicted, probabilities

Scores = NDArray[np.float64]


def said(scores: Scores, multi_label: bool) -> list[tuple[list[float], list[int]]]:
    """Printed probabilities of each row, and the labels given, the most probable first."""
    sure, chosen = probabilities(scores, multi_label), predicted(scores, multi_label)
    return [
        (np.round(row, 4).tolist(), sorted(np.flatnonzero(given).tolist(), key=lambda label: -row[label]))
        for row, given in zip(sure, chosen, strict=True)
    ]


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("labels", [2, 3, 7])
def test_what_is_decided_stays_so_wherever_the_scores_are_within_their_error(labels: int, multi_label: bool) -> None:
    draw = np.random.default_rng(labels)
    scores = draw.normal(scale=3, size=(1000, labels))
    scores[0] = 0.0  # a tie
    off = draw.uniform(1e-6, 1e-5, size=1000)
    open_ones = undecided(scores, off, multi_label)
    assert open_ones[0]
    assert open_ones.mean() < 0.4
    before = said(scores, multi_label)
    for _ in range(10):
        after = said(scores + off[:, None] * draw.choice([-1.0, -0.5, 1.0], size=scores.shape), multi_label)
        moved = np.array([one != other for one, other in zip(before, after, strict=True)])
        assert not (moved & ~open_ones).any()
        assert moved.any()


def test_scores_far_from_any_edge_are_decided() -> None:
    scores = np.log(np.array([[0.71234, 0.28766], [0.9, 0.1]]))
    assert not undecided(scores, np.full(2, 1e-5), False).any()
    assert undecided(np.log(np.array([[0.712349999, 0.287650001]])), np.full(1, 1e-5), False).all()
    assert undecided(np.array([[1e-6, 9.0, -9.0]]), np.full(1, 1e-5), True).all()
    assert not undecided(np.zeros((0, 2)), np.zeros(0), False).any()


@pytest.mark.parametrize("character_model", ["none", "cnn"])
@pytest.mark.parametrize("pooling", ["attention", "last"])
def test_noise_in_the_last_bits_is_never_printed(
    character_model: str, pooling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (f"model.character_model={character_model}", f"model.pooling={pooling}", "model.ngrams=1")
    output("train", "recipe=classification/demo", f"run={tmp_path}/run", *TINY, "trainer.epochs=2", *settings)
    texts = [" ".join(text for _, text in make_documents(1 + n % 4, seed=n)) for n in range(100)] + ["", "zyx " * 300]
    calm = [write_jsonl(answer) for answer in seqnlp.Classifier(tmp_path / "run").classify_texts(texts)]
    model = seqnlp.Classifier(tmp_path / "run")
    network, draw = DocumentPredictor.network_scores, np.random.default_rng(0)

    def noisy(predictor: DocumentPredictor, documents: Sequence[Sequence[str]]) -> Scores:
        scores = network(predictor, documents)
        exact = predictor is not model._predictor
        return scores if exact else scores + OFF * draw.uniform(-1, 1, size=scores.shape)

    monkeypatch.setattr(DocumentPredictor, "network_scores", noisy)
    for _ in range(5):
        assert [write_jsonl(answer) for answer in model.classify_texts(texts)] == calm
    alone = [model.classify(text) for text in texts]
    assert [write_jsonl(answer) for answer in alone] == calm
    assert len({write_tsv(answer) for answer in alone}) > 40
