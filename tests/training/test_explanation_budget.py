"""Integrated gradients of paths that jump: bounded work, spent where most is missing, and the rest is said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from command import TINY, output
from tiny_documents import make_documents

import seqnlp
from seqnlp.tasks.classification import explanation as classification_explanation
from seqnlp.tasks.classification.explanation import MAX_PARTS, NUM_SEGMENTS, POINTS, FloatArray, integrated


class Curve:
    """The log-odds along a path of one word, and how often a part of it was asked for."""

    def __init__(self, *jumps: float, steepness: float = 1e7) -> None:
        self.jumps, self.steepness, self.asked = jumps, steepness, 0

    def at(self, place: float) -> float:
        return place + sum(math.tanh(self.steepness * (place - jump)) for jump in self.jumps) / 2

    def slope(self, place: float) -> float:
        bends = (1 - math.tanh(self.steepness * (place - jump)) ** 2 for jump in self.jumps)
        return 1 + self.steepness * sum(bends) / 2

    def integral(self, start: float, end: float) -> tuple[FloatArray, float]:
        self.asked += 1
        places, weights = np.polynomial.legendre.leggauss(POINTS)
        inner = start + (end - start) * (places + 1) / 2
        actual = sum(w * self.slope(x) for x, w in zip(inner, weights, strict=True)) * (end - start) / 2
        return np.array([actual]), self.at(end) - self.at(start)


def test_a_smooth_path_needs_no_more_than_its_stretches() -> None:
    curve = Curve()
    assert integrated(curve.integral) == pytest.approx([1.0])
    assert curve.asked == NUM_SEGMENTS


def test_a_steep_place_is_found_and_computed() -> None:
    curve = Curve(0.337, steepness=500)
    assert integrated(curve.integral) == pytest.approx([curve.at(1) - curve.at(0)], abs=0.01)
    assert NUM_SEGMENTS < curve.asked < MAX_PARTS


@pytest.mark.parametrize("count", [1, 3, 40, 1000])
def test_any_number_of_jumps_costs_the_same_at_most(count: int) -> None:
    curve = Curve(*np.random.default_rng(0).random(count).tolist())
    actual = integrated(curve.integral)
    assert np.isfinite(actual).all()
    assert curve.asked <= MAX_PARTS


@pytest.mark.parametrize("words", [30, 120])
def test_a_network_that_flips_often_is_explained_in_bounded_work(
    words: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output("train", "recipe=classification/demo", f"run={tmp_path}/run", *TINY, "trainer.epochs=1")
    classifier = seqnlp.Classifier(tmp_path / "run", engine="torch")
    with torch.no_grad():
        for weights in classifier._predictor.network.model.encoder.parameters():
            weights *= 6.0  # the recurrent state jumps at many places of the path
    asked = []
    integral = classification_explanation._Path.integral

    def counted(path: classification_explanation._Path, start: float, end: float) -> tuple[FloatArray, float]:
        asked.append(end - start)
        return integral(path, start, end)

    monkeypatch.setattr(classification_explanation._Path, "integral", counted)
    text = " ".join(document for _, document in make_documents(words, seed=5)).split()[:words]
    why = classifier.classify(" ".join(text), explain="gradients").explanation
    assert why is not None
    assert NUM_SEGMENTS < len(asked) <= MAX_PARTS
    total = sum(each.value for each in why.words)
    assert why.empty_log_odds + total + why.gap == pytest.approx(why.log_odds, abs=1e-4)
