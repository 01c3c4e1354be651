"""Classifying where there is no torch: the same answers; explanations say that they need it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command import TINY, output, refusal
from without import run_without

from seqnlp.api import Classifier

TEXTS = ["a lovely soup", "", "the waiter was rude and the soup was cold", "zyx " * 300, "東京 ☃"]


SETTINGS = ["model.ngrams=1 model.pooling=attention", "model.long=hierarchical model.window=4"]


@pytest.fixture(scope="module", params=SETTINGS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run."""
    folder = tmp_path_factory.mktemp("run")
    output(
        "train", "recipe=classification/demo", f"run={folder}/run", *TINY, "trainer.epochs=2", *request.param.split()
    )
    return folder / "run"


def test_answers_are_those_of_torch(run: Path) -> None:
    with_torch = Classifier(run, engine="torch").classify_texts(TEXTS)
    for engine in ("auto", "numpy"):
        for actual, wanted in zip(Classifier(run, engine=engine).classify_texts(TEXTS), with_torch, strict=True):
            assert actual.labels == wanted.labels
            sure = list(wanted.probabilities.values())
            np.testing.assert_allclose(list(actual.probabilities.values()), sure, atol=1e-5)


def test_lines_are_classified_without_torch(run: Path) -> None:
    actual = run_without("torch", "classify", run, "--output", "jsonl", text="\n".join(TEXTS) + "\n")
    assert actual.returncode == 0, actual.stderr
    labels = [json.loads(line)["label"] for line in actual.stdout.splitlines()]
    assert labels == [answer.label for answer in Classifier(run, engine="torch").classify_texts(TEXTS)]


def test_an_explanation_needs_torch_and_says_so(run: Path) -> None:
    actual = run_without("torch", "classify", run, "--explain", text="a lovely soup\n")
    assert actual.returncode == 2
    assert "the engine torch needs torch, which is not installed; `pip install torch`" in actual.stderr
    explained = Classifier(run).classify("a lovely soup", explain="gradients")
    assert (
        explained.explanation
        == Classifier(run, engine="torch").classify("a lovely soup", explain="gradients").explanation
    )


def test_in_int8_answers_are_near_and_depend_on_no_other_text(run: Path) -> None:
    small = Classifier(run, precision="int8")
    together, wanted = small.classify_texts(TEXTS), Classifier(run).classify_texts(TEXTS)
    assert [small.classify(text) for text in TEXTS] == together
    sure = [[list(answer.probabilities.values()) for answer in answers] for answers in (together, wanted)]
    np.testing.assert_allclose(sure[0], sure[1], atol=0.05)


def test_evaluation_tells_what_int8_costs_and_keeps_nothing(run: Path) -> None:
    before = (run / "model" / "metrics.json").read_bytes()
    report = json.loads(output("evaluate", run, "--precision", "int8", "--json"))
    assert report["split"] == "test"
    assert (run / "model" / "metrics.json").read_bytes() == before
    assert "leave out --predictions" in refusal("evaluate", run, "--precision", "int8", "--predictions", "x.jsonl")
