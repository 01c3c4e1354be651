"""What happens inside the recurrent layers of any text model while it reads a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.nn.carried import CarriedLayers
from seqnlp.nn.inside import LayerInside, look_inside
from seqnlp.nn.recurrent import Recurrent
from seqnlp.plots.gates import MOST_STEPS
from seqnlp.tasks.classification.model import LoadedClassifier
from seqnlp.tasks.tagging.model import LoadedTagger
from seqnlp.tasks.word_vectors import WordVectors
from seqnlp.text.subwords import END
from seqnlp.text.tokenize import tokenize

SHOWN_END = "⏎"
"""How the end of a line is shown."""


@dataclass(frozen=True)
class TextInside:
    """A text as T steps, and what the layers hold at each.

    Attributes:
        steps: what is read, (T,): words, subwords, characters, or neighbours that a convolution puts together.
        layers: of each layer and direction.
    """

    steps: list[str]
    layers: list[LayerInside]


@dataclass(frozen=True)
class _Reading:
    """A core, what it reads, (T, D), and how that is shown, (T,)."""

    core: Recurrent | CarriedLayers
    inputs: Tensor
    steps: list[str]
    reversed: bool = False


def text_inside(path: str | Path, text: str) -> TextInside:
    """What a saved tagger, classifier, language model or translator's encoder holds at each step of a text.

    Raises:
        RunError: there is no model, or one of another kind.
        SeqnlpError: the text has no words, or too many for a picture.
    """
    bundle = load_bundle(path)
    task = str(bundle.description.get("task"))
    if task not in _READERS:
        raise RunError(f"{path} is a model for {task}; gates are shown of models for {', '.join(_READERS)}")
    with torch.no_grad():
        reading = _READERS[task](bundle, text)
        layers = look_inside(reading.core, reading.inputs)
    if reading.reversed:
        turned = [{name: value.flip(0) for name, value in layer.values.items()} for layer in layers]
        layers = [replace(layer, backwards=True, values=v) for layer, v in zip(layers, turned, strict=True)]
        return TextInside(reading.steps[::-1], layers)
    return TextInside(reading.steps, layers)


def _tagger(bundle: Bundle, text: str) -> _Reading:
    from seqnlp.tasks.tagging.model import tagger_from_bundle

    loaded = tagger_from_bundle(bundle)
    words = [token.text for token in tokenize(text, loaded.tokenizer)]
    _check(words)
    return _Reading(loaded.model.recurrent, with_context(loaded, word_inputs(loaded, words), words), words)


def _classifier(bundle: Bundle, text: str) -> _Reading:
    from seqnlp.tasks.classification.model import classifier_from_bundle

    loaded = classifier_from_bundle(bundle)
    words = loaded.reader.read(text)
    _check(words, min(MOST_STEPS, loaded.settings.window))
    inputs, encoder = word_inputs(loaded, words), loaded.model.encoder
    if encoder.convolution is None:
        return _Reading(encoder.recurrent, inputs, words)
    pool = encoder.convolution.pool
    shorter, _ = encoder.convolution(inputs[None], torch.tensor([len(words)]))  # (1, T', F)
    joined = [" ".join(words[start : start + pool]) for start in range(0, len(words), pool)]
    return _Reading(encoder.recurrent, shorter[0], joined)


def _language_model(bundle: Bundle, text: str) -> _Reading:
    from seqnlp.tasks.language_model.model import language_model_from_bundle
    from seqnlp.text.units import END_MARK, plain_line

    loaded = language_model_from_bundle(bundle)
    model, units = loaded.model, loaded.units
    line = units.encode(plain_line(text, loaded.lowercase))[:-1]
    _check(line, MOST_STEPS - 1)
    backward = model.config.direction == "backward"
    read = [units.end, *(line[::-1] if backward else line)]  # the end of the line before, or of this one
    shown = [SHOWN_END if units.surfaces[one] == END_MARK else units.surfaces[one] or "<unk>" for one in read]
    inputs = model.embedding(torch.tensor(read)) * model.config.embedding_dim**0.5  # (T, E)
    return _Reading(model.layers, inputs, shown, reversed=backward)


def _encoder(bundle: Bundle, text: str) -> _Reading:
    from seqnlp.tasks.translation.model import translator_from_bundle

    loaded = translator_from_bundle(bundle)
    subwords = loaded.vocabularies.source
    (pieces,) = subwords.encode([text])
    _check(pieces, MOST_STEPS - 1)
    inputs = loaded.model.embed_source(torch.tensor([*pieces, END]))  # (T, E)
    return _Reading(loaded.model.encoder, inputs, [*subwords.pieces(pieces), SHOWN_END])


_READERS: dict[str, Callable[[Bundle, str], _Reading]] = {
    "tagging": _tagger,
    "classification": _classifier,
    "language_model": _language_model,
    "translation": _encoder,
}


def word_inputs(loaded: LoadedTagger | LoadedClassifier, words: Sequence[str]) -> Tensor:
    """The vectors (T, D) of words by themselves."""
    vectors = WordVectors(loaded.model.embedder, loaded.features, torch.device("cpu"))
    (numbers,), rows = vectors.look_up([words])
    return rows[torch.tensor(numbers)]


def with_context(loaded: LoadedTagger, inputs: Tensor, words: Sequence[str]) -> Tensor:
    """Words' vectors (T, D), and beside them the contextual embeddings of a tagger that reads any: (T, D + C')."""
    if loaded.context is None or loaded.model.context is None:
        return inputs
    context = loaded.context.read([words])  # (T, C)
    return torch.cat([inputs, loaded.model.context(context[None])[0]], dim=-1)


def _check(steps: Sequence[object], most: int = MOST_STEPS) -> None:
    if not steps:
        raise SeqnlpError("--text: expected some words, found none")
    if len(steps) > most:
        raise SeqnlpError(
            f"--text: a picture of gates holds at most {most:,} words, subwords or characters, as this model reads "
            f"them; found {len(steps):,}; give it one sentence"
        )
