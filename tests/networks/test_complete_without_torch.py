"""A language model where there is no torch: the same words, text and perplexity."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_models import make_language_model
from tasks_in_process import trained_task
from tiny_text import tiny_language_model, write_tiny_text
from without import run_without

from seqnlp.api import LanguageModel
from seqnlp.bundle import load_bundle
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.tasks.language_model.evaluation import evaluate
from seqnlp.tasks.language_model.task import LanguageModelTask

KINDS: dict[str, dict[str, Any]] = {
    "words": {"tokenizer__kind": "words", "model__adaptive_head": 10},
    "characters": {"tokenizer__kind": "characters", "model__cell": "gru", "model__tie_embeddings": False},
}


@pytest.fixture(scope="module", params=list(KINDS))
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, LanguageModelConfig]:
    """A trained run and its settings."""
    folder = tmp_path_factory.mktemp("text")
    write_tiny_text(folder)
    config, run = tiny_language_model(folder, **KINDS[request.param]), folder / "run"
    trained_task(LanguageModelTask, config, run)
    return run, config


def test_words_and_texts_are_those_of_torch(trained: tuple[Path, LanguageModelConfig]) -> None:
    run, _ = trained
    wanted = LanguageModel(run, engine="torch")
    for engine in ("auto", "onnxruntime", "numpy"):
        model = LanguageModel(run, engine=engine, threads=1)
        for text in ("", "Mira is", "Joren likes Vel"):
            for typing in (False, True):
                words, expected = (one.complete(text, typing=typing) for one in (model, wanted))
                assert [one.word for one in words] == [one.word for one in expected]
                probabilities = [[one.probability for one in each] for each in (words, expected)]
                np.testing.assert_allclose(*probabilities, atol=1e-5)
        assert "".join(model.generate("Mira", 20)) == "".join(wanted.generate("Mira", 20))
    assert repr(LanguageModel(run, engine="numpy")).endswith(", engine='numpy')")


@pytest.mark.parametrize("kind", ["words", "characters", "bpe"])
@pytest.mark.parametrize("space", ["\t", "\r", "\x1c", "\x85", "\u00a0", "\u2028", "\u3000"])
def test_white_space_of_any_kind_finishes_a_word_as_in_training(tmp_path: Path, kind: str, space: str) -> None:
    model = LanguageModel(make_language_model(tmp_path, kind=kind, splitter="whitespace"))
    for text in ("the soup", "the soup ", "the soup\nwas f", "the soup \n"):
        other = text.replace(" ", space)
        for typing in (False, True):
            assert model.complete(other, typing=typing) == model.complete(text, typing=typing)
        assert [*model.generate(other, 9)] == [*model.generate(text, 9)]
    assert model.complete(space, typing=True) == model.complete("")


@pytest.mark.parametrize("kind", ["words", "characters", "bpe"])
def test_a_text_is_the_same_typed_key_by_key(tmp_path: Path, kind: str) -> None:
    model = LanguageModel(make_language_model(tmp_path, kind=kind, splitter="whitespace", lowercase=True))
    for text in ("The SOUP wa", "ΛΟΓΟΣ ΛΟΓΟΣ", "the ΛΟΓΟΣ ", "İ the\nSoup İ"):
        whole = typed = model.start(text)
        typed = model.start()
        for key in text:
            typed = typed.type(key)
        assert (typed.word, typed.complete(), typed.finish().complete()) == (
            *(whole.word, whole.complete(), whole.finish().complete()),
        )


def test_a_text_is_gone_on_with_without_torch(trained: tuple[Path, LanguageModelConfig]) -> None:
    run, _ = trained
    for without in ("torch", "torch,onnx,onnxruntime"):
        completed = run_without(without, "complete", run, "Mira is", "--output", "jsonl")
        assert completed.returncode == 0
        words = [one["word"] for one in json.loads(completed.stdout)["completions"]]
        assert words == [one.word for one in LanguageModel(run).complete("Mira is")]
    generated = run_without("torch", "generate", run, "--prompt", "Mira", "--length", "9")
    assert generated.stdout == "Mira" + "".join(LanguageModel(run).generate("Mira", 9)) + "\n"


def test_a_text_costs_what_it_cost_in_training(trained: tuple[Path, LanguageModelConfig]) -> None:
    run, config = trained
    dev = load_bundle(run).metrics["dev"]["perplexity"]
    assert evaluate(run, config, "dev", lambda text: None, keep=False).scores.per_word == pytest.approx(dev, rel=1e-4)


def test_in_int8_it_is_nearly_the_same(trained: tuple[Path, LanguageModelConfig]) -> None:
    run, config = trained
    exact, small = LanguageModel(run), LanguageModel(run, precision="int8")
    sure = [[one.probability for one in model.complete("Mira is", 3)] for model in (exact, small)]
    assert sure[1] == pytest.approx(sure[0], abs=0.05)
    costs = [
        evaluate(run, config, "dev", lambda text: None, keep=False, precision=precision).scores.per_word
        for precision in ("fp32", "int8")
    ]
    assert costs[1] == pytest.approx(costs[0], rel=0.02)
