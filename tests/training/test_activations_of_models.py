"""What is shown of each kind of model is what happens in it: gates while it reads, gradients of its own loss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import tiny_config, write_tiny_data
from tiny_documents import tiny_classification, write_tiny_documents
from tiny_pairs import tiny_translation, write_tiny_pairs
from tiny_text import tiny_language_model, write_tiny_text
from torch import Tensor, nn

from seqnlp import Classifier, Tagger, Translator
from seqnlp.api import LanguageModel
from seqnlp.bundle import load_bundle
from seqnlp.config.common import Config
from seqnlp.errors import ConfigError, DataError, RunError, SeqnlpError
from seqnlp.launch import start
from seqnlp.models.as_network import TorchWords
from seqnlp.models.language_model_as_network import TorchLanguageModel
from seqnlp.nn.cells import CELLS
from seqnlp.tasks.activations import SHOWN_END, text_activations
from seqnlp.tasks.classification.model import classifier_from_bundle
from seqnlp.tasks.gradient import gradient_norms
from seqnlp.tasks.word_vectors import WordVectors


def trained(config: Config, folder: Path) -> Path:
    config.trainer.epochs = 1
    config.run = str(folder / "run")
    return start(config)


def heard(module: nn.Module, use: Callable[[], Any]) -> Tensor:
    """The outputs (T, H) of a module while something uses it, of all its calls one after the other."""
    parts = []

    def keep(module: nn.Module, inputs: object, outputs: Any) -> None:
        parts.append(outputs[0][0] if isinstance(outputs, tuple) else outputs[0])

    handle = module.register_forward_hook(keep)
    use()
    handle.remove()
    return torch.cat(parts).float()


def top(inside: Any) -> Tensor:
    deepest = max(layer.depth for layer in inside.layers)
    return torch.cat([layer.values["hidden"] for layer in inside.layers if layer.depth == deepest], dim=1)


@pytest.mark.parametrize("cell", CELLS)
def test_a_tagger_is_seen_as_it_tags(cell: str, tmp_path: Path) -> None:
    write_tiny_data(tmp_path)
    run = trained(tiny_config(tmp_path, model__cell=cell, model__num_layers=2), tmp_path)
    tagger: Any = Tagger(run, engine="torch")
    text = "Ada Sorrel met Brand in Quarley."
    outputs = heard(tagger._predictor.network.model.recurrent, lambda: tagger.tag(text))
    inside = text_activations(run, text)
    assert inside.steps == ["Ada", "Sorrel", "met", "Brand", "in", "Quarley", "."]
    assert [(layer.depth, layer.backwards) for layer in inside.layers] == [(1, False), (1, True), (2, False), (2, True)]
    torch.testing.assert_close(top(inside), outputs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("convolution", [0, 4])
def test_a_classifier_is_seen_as_it_classifies(convolution: int, tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    run = trained(tiny_classification(tmp_path, model__convolution_dim=convolution), tmp_path)
    classifier: Any = Classifier(run, engine="torch")
    text = "not awful but fine , this soup"
    outputs = heard(classifier._predictor.network.model.encoder.recurrent, lambda: classifier.classify(text))
    inside = text_activations(run, text)
    words = text.split()
    pairs = [" ".join(words[start : start + 2]) for start in range(0, 7, 2)]
    assert inside.steps == (pairs if convolution else words)
    torch.testing.assert_close(top(inside), outputs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", ["words", "characters"])
def test_a_language_model_is_seen_as_it_reads(kind: str, tmp_path: Path) -> None:
    write_tiny_text(tmp_path)
    run = trained(tiny_language_model(tmp_path, tokenizer__kind=kind), tmp_path)
    text = "Mira is from Velland"

    def read() -> None:
        model = LanguageModel(run, engine="torch")
        network = model._reader.network
        assert isinstance(network, TorchLanguageModel)
        hooked.append(heard(network.model.layers, lambda: model.start(text).finish()))

    hooked: list[Tensor] = []
    read()
    inside = text_activations(run, text)
    shown = [" Mira", " is", " from", " Velland"] if kind == "words" else list(text)
    assert inside.steps == [SHOWN_END, *shown]
    torch.testing.assert_close(top(inside), hooked[0], atol=1e-5, rtol=0)


def test_a_model_that_reads_backwards_is_shown_in_the_order_of_the_text(tmp_path: Path) -> None:
    write_tiny_text(tmp_path)
    run = trained(tiny_language_model(tmp_path, model__direction="backward"), tmp_path)
    inside = text_activations(run, "Mira is from Velland")
    assert inside.steps == [" Mira", " is", " from", " Velland", SHOWN_END]
    assert all(layer.backwards for layer in inside.layers)
    first = inside.layers[0].values["forget gate"]
    after = text_activations(run, "Joren is from Velland").layers[0].values["forget gate"]
    torch.testing.assert_close(first[1:], after[1:])  # what it has read so far is the same
    assert not torch.equal(first[0], after[0])


def test_the_encoder_of_a_translator_is_seen_as_it_translates(tmp_path: Path) -> None:
    write_tiny_pairs(tmp_path)
    run = trained(tiny_translation(tmp_path), tmp_path)
    translator: Any = Translator(run, engine="torch")
    text = (tmp_path / "dev.de").read_text(encoding="utf-8").splitlines()[0]
    model = translator._predictor.networks[0].model.float()
    outputs = heard(model.encoder, lambda: translator.translate(text))
    inside = text_activations(run, text)
    assert "".join(inside.steps[:-1]).replace("\u2581", " ").strip() == text
    torch.testing.assert_close(top(inside), outputs, atol=1e-5, rtol=0)


def test_texts_that_cannot_be_shown_are_refused(tmp_path: Path) -> None:
    write_tiny_documents(tmp_path)
    run = trained(tiny_classification(tmp_path), tmp_path)
    with pytest.raises(SeqnlpError, match="--text: expected some words, found none"):
        text_activations(run, " ")
    with pytest.raises(SeqnlpError, match=r"holds at most 200 words.*found 10,000; give it one sentence"):
        text_activations(run, "soup " * 10_000)


def test_the_gradient_of_a_classifier_is_that_of_its_loss(tmp_path: Path) -> None:
    """By finite differences of every feature of every word."""
    write_tiny_documents(tmp_path, dev=12)
    config = tiny_classification(tmp_path, model__bidirectional=False, model__pooling="last")
    run = trained(config, tmp_path)
    (tmp_path / "dev.tsv").write_text("good\tthe soup was fine\n" * 5, encoding="utf-8")
    norms = gradient_norms(run, config, "dev")
    assert len(norms) == 4
    loaded = classifier_from_bundle(load_bundle(run))
    model = loaded.model
    vectors = WordVectors(TorchWords(model.embedder), loaded.saved.features)
    (numbers,), rows = vectors.look_up([["the", "soup", "was", "fine"]])
    inputs = torch.from_numpy(rows[numbers])  # (T, D)
    zero, lengths = torch.zeros(1, dtype=torch.int64), torch.tensor([4])

    def loss(moved: Tensor) -> float:
        scores = model.scores(model.encoder(moved[None], lengths), lengths, zero, zero, 1)
        return float(-scores.double().log_softmax(dim=1)[0, loaded.saved.labels.index("good")])

    for distance, norm in enumerate(norms):
        slopes = []
        for feature in range(inputs.size(1)):
            step = torch.zeros_like(inputs)  # (T, D)
            step[3 - distance, feature] = 1e-2
            slopes.append((loss(inputs + step) - loss(inputs - step)) / 2e-2)
        assert norm == pytest.approx(sum(slope**2 for slope in slopes) ** 0.5, rel=0.02)


def test_every_kind_of_model_but_a_translator_has_gradients(tmp_path: Path) -> None:
    for name, write, make in (
        ("tagger", lambda folder: write_tiny_data(folder, dev=30), tiny_config),
        ("text", write_tiny_text, tiny_language_model),
        ("documents", write_tiny_documents, tiny_classification),
    ):
        folder = tmp_path / name
        folder.mkdir()
        write(folder)
        config = make(folder)
        norms = gradient_norms(trained(config, folder), config, "dev")
        assert len(norms) > 2
        assert all(norm > 0 for norm in norms)


def test_gradients_that_cannot_be_had_say_why(tmp_path: Path) -> None:
    write_tiny_data(tmp_path, dev=4)
    config = tiny_config(tmp_path)
    run = trained(config, tmp_path)
    with pytest.raises(DataError, match="expected at least 5 texts in dev, found 4"):
        gradient_norms(run, config, "dev")
    with pytest.raises(ConfigError, match=r"data\.test: this run was trained without a test split"):
        gradient_norms(run, config, "test")
    with pytest.raises(RunError, match="holds a translation model; gradients over distance are shown of language"):
        gradient_norms(run, tiny_translation(tmp_path), "dev")
