"""The page of a tagger says what the tagger says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output
from page_answers import needs_node, page_answers, random_lines, variants
from page_models import make_tagger
from tasks_in_process import trained_task
from tiny import tiny_config, write_tiny_data
from tiny_characters import train_pair

import seqnlp
from seqnlp.tasks.activations import text_activations
from seqnlp.tasks.tagging.task import TaggingTask

NAMES = ["Tamsin Oake met Wren Hollis in LOWER Ashby.", "#quarley 300 years, @Ada 3,000.5 x2", "x", "", "İnönü ΟΔΟΣ"]
LINES = [*NAMES, *random_lines(60, seed=5), " ".join(f"Pneumonoultramicroscopicsilicovolcano{n}" for n in range(20))]
VARIANTS: dict[str, dict[str, Any]] = {
    "lstm": {},
    "gru in three layers": {"cell": "gru", "num_layers": 3, "character_model": "lstm"},
    "rnn forwards": {"cell": "rnn", "bidirectional": False, "casing_dim": 0},
    "peephole in two layers": {"cell": "peephole", "num_layers": 2, "character_model": "none", "scheme": "iob2"},
    "softmax": {"output": "softmax", "fine_tune": False, "lowercase": False},
    "softmax in iob2": {"output": "softmax", "scheme": "iob2"},
    "plain tags": {"scheme": "none"},
    "word pieces": {"pieces": ("a", "w", "##r", "##re", "tam", "##sin", "holl", "##is", "@", "2", "##2", "i", "ο")},
}


def same_answers(folder: Path, page: Path) -> None:
    """The page answers as Python does, with probabilities to 4 digits and more."""
    tagger: Any = seqnlp.load(folder)
    expected = tagger._predictor.predict([[t.text for t in tagger.tag(line).tokens] for line in LINES], nbest=3)
    answers = page_answers("tagging", [{"text": line, "nbest": 3} for line in LINES], page)
    for line, right, actual in zip(LINES, expected, answers, strict=True):
        tokens = tagger.tag(line).tokens
        assert [token["text"] for token in actual["tokens"]] == [token.text for token in tokens]
        assert actual["tags"] == right.tags, line
        assert [(s["first"], s["last"], s["label"]) for s in actual["spans"]] == [
            (s.start, s.end, s.label) for s in right.spans
        ]
        probabilities = [span.probability for span in right.spans]
        assert [span["probability"] for span in actual["spans"]] == pytest.approx(probabilities, abs=2e-5)
        assert actual["probabilities"] == pytest.approx(right.probabilities, abs=2e-5)
        assert [n["probability"] for n in actual["nbest"]] == pytest.approx([p for p, _ in right.nbest], abs=2e-5)
        assert len(actual["nbest"]) == len(right.nbest)
        assert not right.nbest or actual["nbest"][0]["tags"] == right.nbest[0][1]


@needs_node
@pytest.mark.parametrize(
    "name", variants(VARIANTS, "rnn forwards", "softmax in iob2", "gru in three layers", "word pieces")
)
def test_the_page_tags_as_python_does(tmp_path: Path, name: str) -> None:
    folder = make_tagger(tmp_path, **VARIANTS[name])
    said = output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    assert said.startswith(f"{tmp_path / 'page.html'}: 0.")
    same_answers(folder, tmp_path / "page.html")


@needs_node
def test_a_page_in_int8_tags_as_a_folder_in_int8_does(tmp_path: Path) -> None:
    folder = make_tagger(tmp_path, hidden_dim=30)
    output("export", folder, "--page", tmp_path / "page.html")
    output("export", folder, "--page", tmp_path / "large.html", "--precision", "fp32")
    output("export", folder, "--int8", tmp_path / "small")
    assert (tmp_path / "page.html").stat().st_size < (tmp_path / "large.html").stat().st_size - 20_000
    same_answers(tmp_path / "small", tmp_path / "page.html")


@needs_node
@pytest.mark.parametrize("cell", variants(["lstm", "peephole", "gru", "rnn"], "lstm", "rnn"))
def test_the_gates_are_those_that_plot_draws(tmp_path: Path, cell: str) -> None:
    folder = make_tagger(tmp_path, cell=cell, num_layers=2)
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    expected = text_activations(folder, NAMES[0]).layers
    (actual,) = page_answers("gates", [NAMES[0]], tmp_path / "page.html")
    assert [(layer["depth"], layer["backwards"]) for layer in actual] == [(w.depth, w.backwards) for w in expected]
    for layer, right in zip(actual, expected, strict=True):
        assert set(layer["steps"][0]) == set(right.values)
        for name, values in right.values.items():
            np.testing.assert_allclose([step[name] for step in layer["steps"]], values.numpy(), atol=2e-5)


@needs_node
@pytest.mark.parametrize("dim", variants([0, 5], 0))
def test_a_tagger_that_reads_character_models_has_a_page(tmp_path: Path, dim: int) -> None:
    write_tiny_data(tmp_path, 8, 4)
    pair = train_pair(tmp_path)
    config = tiny_config(tmp_path, model__context=pair, model__context_dim=dim, trainer__epochs=1)
    run = tmp_path / "run"
    trained_task(TaggingTask, config, run)
    output("export", run, "--page", tmp_path / "page.html", "--precision", "fp32")
    same_answers(run, tmp_path / "page.html")
    output("export", run, "--page", tmp_path / "small.html")
    output("export", run, "--int8", tmp_path / "small")
    same_answers(tmp_path / "small", tmp_path / "small.html")
