"""The page of a classifier says what the classifier says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output
from page_answers import needs_node, page_answers, random_lines, variants
from page_models import make_classifier

import seqnlp
from seqnlp.tasks.activations import text_activations

TEXTS = [
    "Tamsin Oake met Wren Hollis in LOWER Ashby.",
    "#quarley 300 years, @Ada 3,000.5 x2",
    "x",
    "",
    "  ",
    "a b " * 9,
]
LINES = [*TEXTS, *random_lines(60, seed=6)]
VARIANTS: dict[str, dict[str, Any]] = {
    "max": {"ngrams": 3},
    "mean of windows": {"pooling": "mean", "window": 5, "overlap": 2, "num_layers": 2, "casing_dim": 3},
    "attention over windows": {"pooling": "attention", "window": 4, "long": "hierarchical", "cell": "gru", "ngrams": 1},
    "last, truncated": {
        "pooling": "last",
        "window": 6,
        "long": "truncated",
        "bidirectional": False,
        "cell": "peephole",
    },
    "convolution": {"convolution_dim": 5, "character_model": "cnn", "multi_label": True, "cell": "rnn"},
    "wide convolution": {"convolution_dim": 3, "convolution_width": 5, "convolution_pool": 3, "pooling": "last"},
    "bpe": {"kind": "bpe", "lowercase": False, "ngrams": 2, "multi_label": True},
    "unigram": {"kind": "unigram", "pooling": "attention"},
}


@needs_node
@pytest.mark.parametrize("name", variants(VARIANTS, "last, truncated", "wide convolution", "unigram"))
def test_the_page_classifies_as_python_does(tmp_path: Path, name: str) -> None:
    folder = make_classifier(tmp_path, **VARIANTS[name])
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    classifier: Any = seqnlp.load(folder)
    answers = page_answers("classification", LINES, tmp_path / "page.html")
    for line, right, actual in zip(LINES, classifier.classify_texts(LINES), answers, strict=True):
        assert actual["probabilities"] == pytest.approx(list(right.probabilities.values()), abs=2e-5), line
        assert [classifier.labels[label] for label in actual["chosen"]] == right.labels
        assert len(actual["tokens"]) == right.words


@needs_node
def test_what_attention_looks_at_is_what_python_says(tmp_path: Path) -> None:
    folder = make_classifier(tmp_path, pooling="attention", window=4)
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    classifier: Any = seqnlp.load(folder)
    (actual,) = page_answers("classification", TEXTS[:1], tmp_path / "page.html")
    expected = [word.value for word in classifier.classify(TEXTS[0], explain="attention").explanation.words]
    shares = np.array(actual["looked"])
    np.testing.assert_allclose(shares / shares.sum(), np.array(expected) / sum(expected), atol=1e-5)


@needs_node
def test_the_gates_after_a_convolution_are_those_that_plot_draws(tmp_path: Path) -> None:
    folder = make_classifier(tmp_path, convolution_dim=5)
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    (actual,) = page_answers("gates", TEXTS[:1], tmp_path / "page.html")
    for layer, right in zip(actual, text_activations(folder, TEXTS[0]).layers, strict=True):
        cells = [step["cell state"] for step in layer["steps"]]
        np.testing.assert_allclose(cells, right.values["cell state"].numpy(), atol=2e-5)
