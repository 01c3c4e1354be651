"""The page of a language model goes on with a text as the language model does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output, refusal
from page_answers import needs_node, page_answers, random_lines, variants
from page_models import make_language_model

import seqnlp
from seqnlp.decode.sampling import SamplingOptions, probabilities
from seqnlp.tasks.activations import text_activations

TEXTS = [
    *(
        "",
        "the soup",
        "the soup ",
        "The room can't",
        "s",
        "the  soups\twas f",
        "the soup .\n",
        "the\nsou",
        "\n",
        "ξ the",
        "the\u00a0soup\u3000wa",
        "the soup\r\n",
        "\u2003",
        "the so\u00adup \u200bwas ",
    ),
    *random_lines(12, seed=9),
]
VARIANTS: dict[str, dict[str, Any]] = {
    "words": {},
    "words at spaces, adaptive": {"splitter": "whitespace", "adaptive_head": 4, "lowercase": True, "cell": "gru"},
    "characters": {"kind": "characters", "tie_embeddings": False, "cell": "peephole"},
    "adaptive characters": {"kind": "characters", "adaptive_head": 6, "num_layers": 3, "cell": "rnn"},
    "bpe": {"kind": "bpe"},
    "unigram": {"kind": "unigram", "num_layers": 1, "hidden_dim": 6},
}
OPTIONS = SamplingOptions(0.7, 9, 0.8)


@needs_node
@pytest.mark.parametrize("name", variants(VARIANTS, "words at spaces, adaptive", "unigram"))
def test_the_page_goes_on_as_python_does(tmp_path: Path, name: str) -> None:
    folder = make_language_model(tmp_path, **VARIANTS[name])
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    model: Any = seqnlp.load(folder)
    options = {"temperature": OPTIONS.temperature, "topK": OPTIONS.top_k, "topP": OPTIONS.top_p}
    questions = [{"text": text, "options": options} for text in TEXTS]
    for text, actual in zip(TEXTS, page_answers("language_model", questions, tmp_path / "page.html"), strict=True):
        for completions, typing, top in ((actual["typing"], True, 5), (actual["finished"], False, 3)):
            expected = model.complete(text, top, typing=typing)
            assert [one["word"] for one in completions] == [one.word for one in expected], text
            sure = [one.probability for one in expected]
            assert [one["probability"] for one in completions] == pytest.approx(sure, abs=2e-5)
        log_probs = model.start(text).finish().place.log_probs
        weights = probabilities(log_probs, model.tokens.special_ids, OPTIONS)
        np.testing.assert_allclose(actual["weights"], weights, atol=1e-5)
        assert actual["generated"] == "".join(model.generate(text, 12, SamplingOptions(1e-4))), text


@needs_node
def test_the_gates_are_those_that_plot_draws(tmp_path: Path) -> None:
    folder = make_language_model(tmp_path)
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    (actual,) = page_answers("gates", ["the soup was fine"], tmp_path / "page.html")
    for layer, right in zip(actual, text_activations(folder, "the soup was fine").layers, strict=True):
        gates = [step["forget gate"] for step in layer["steps"]]
        np.testing.assert_allclose(gates, right.values["forget gate"].numpy(), atol=2e-5)


def test_a_model_that_reads_backwards_cannot_go_on(tmp_path: Path) -> None:
    folder = make_language_model(tmp_path, direction="backward")
    assert "reads backwards" in refusal("export", folder, "--page", tmp_path / "page.html")
