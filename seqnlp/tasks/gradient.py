"""How much the loss at a step depends on what was read many steps before: |d loss at T / d input at T - d|.

The loss is that of the unit after step T (language models), of the last word's tag by itself (taggers), of the label
(classifiers); the inputs are the vectors that the recurrent layers read. Where a line falls by orders of magnitude, the
gradient has vanished (Hochreiter 1991; Bengio et al. 1994).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.config import ClassificationConfig, Config, LanguageModelConfig, TaggingConfig
from seqnlp.errors import ConfigError, DataError, RunError
from seqnlp.tasks.inside import with_context
from seqnlp.tasks.word_vectors import WordVectors

TEXTS = 50
"""Texts that are read, the longest ones, and so many places of a running text."""

FEWEST_TEXTS = 5
"""A distance that fewer texts reach is not shown: a mean of so few would jump."""

LONGEST = 250
"""Steps of the longest part of a text that is read."""

Norms = Iterator[Tensor]
"""Of each text the norms (T,) at distance 0, 1, ... from its last step."""


def gradient_norms(run: Path, config: Config, split: str) -> list[float]:
    """The mean norm at distance 0, 1, ... over texts of a split.

    Raises:
        RunError: no model there, or one of another kind.
        ConfigError: the run has no such split.
        DataError: the split cannot be read, or too few texts are in it.
    """
    if type(config) not in _READERS:
        raise RunError(
            f"{run} holds a {config.task} model; gradients over distance are shown of language models, taggers and "
            "classifiers (a translator's attention sees every step at no distance)"
        )
    if not getattr(config.data, split):
        raise ConfigError([f"data.{split}: this run was trained without a {split} split; choose another --split"])
    return _means(_READERS[type(config)](load_bundle(run), config, split), run, split)


def _means(texts: Iterable[Tensor], run: Path, split: str) -> list[float]:
    rows = [norms.double().numpy() for norms in texts]
    if len(rows) < FEWEST_TEXTS:
        raise DataError(f"{run}: expected at least {FEWEST_TEXTS} texts in {split}, found {len(rows)}")
    longest = sorted(map(len, rows))[-FEWEST_TEXTS]
    return [float(np.mean([row[distance] for row in rows if distance < len(row)])) for distance in range(longest)]


def _of(loss: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Norms (T,) by distance of the gradient of a loss of inputs (T, D)."""
    leaf = inputs.detach().clone()[None].requires_grad_()  # (1, T, D)
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(loss(leaf), leaf)
    norms: Tensor = gradient[0].norm(dim=1)  # (T,)
    return norms.flip(0)


def _classifier(bundle: Bundle, config: Config, split: str) -> Norms:
    from seqnlp.data.documents import load_documents
    from seqnlp.tasks.classification.model import classifier_from_bundle

    assert isinstance(config, ClassificationConfig)
    loaded = classifier_from_bundle(bundle)
    model, most = loaded.model, min(LONGEST, loaded.settings.window)
    known = [d for d in load_documents(config.data, split, lambda text: None) if set(d.labels) & set(loaded.labels)]
    read = [(loaded.reader.read(document.text)[-most:], document.labels) for document in known]
    vectors = WordVectors(model.embedder, loaded.features, torch.device("cpu"))
    for words, labels in sorted(filter(lambda pair: pair[0], read), key=lambda pair: -len(pair[0]))[:TEXTS]:
        (numbers,), rows = vectors.look_up([words])
        lengths, zero = torch.tensor([len(words)]), torch.zeros(1, dtype=torch.int64)
        targets = torch.tensor([[float(label in labels) for label in loaded.labels]])  # (1, K)

        def loss(inputs: Tensor, lengths: Tensor = lengths, zero: Tensor = zero, targets: Tensor = targets) -> Tensor:
            scores = model.scores(model.encoder(inputs, lengths), lengths, zero, zero, 1)  # (1, K)
            if loaded.multi_label:
                return functional.binary_cross_entropy_with_logits(scores, targets)
            return functional.cross_entropy(scores, targets)

        yield _of(loss, rows[torch.tensor(numbers)])


def _tagger(bundle: Bundle, config: Config, split: str) -> Norms:
    from seqnlp.data.sources import load_split
    from seqnlp.tasks.tagging.data import model_tags
    from seqnlp.tasks.tagging.model import tagger_from_bundle

    assert isinstance(config, TaggingConfig)
    loaded = tagger_from_bundle(bundle)
    model, sentences = loaded.model, load_split(config.data, split, lambda text: None)
    tags = model_tags(sentences, config.data, config.model)
    vectors = WordVectors(model.embedder, loaded.features, torch.device("cpu"))
    pairs = [(s.tokens[-LONGEST:], t[-1]) for s, t in zip(sentences, tags, strict=True) if t[-1] in loaded.tags]
    for words, tag in sorted(pairs, key=lambda pair: -len(pair[0]))[:TEXTS]:
        (numbers,), rows = vectors.look_up([words])
        lengths, target = torch.tensor([len(words)]), torch.tensor([loaded.tags.index(tag)])

        def loss(inputs: Tensor, lengths: Tensor = lengths, target: Tensor = target) -> Tensor:
            last = model.recurrent(inputs, lengths)[:, -1]  # (1, H)
            return functional.cross_entropy(model.project(last), target)

        yield _of(loss, with_context(loaded, rows[torch.tensor(numbers)], words))


def _language_model(bundle: Bundle, config: Config, split: str) -> Norms:
    from seqnlp.data.corpus import encode_corpus, load_text
    from seqnlp.tasks.language_model.model import in_direction, language_model_from_bundle

    assert isinstance(config, LanguageModelConfig)
    loaded = language_model_from_bundle(bundle)
    model = loaded.model
    units = in_direction(encode_corpus(load_text(config.data, split), loaded.units).units, model.config.direction)
    read = min(LONGEST, len(units) // 2)
    last = len(units) - 1 - read
    for place in np.unique(np.linspace(0, last, TEXTS if read else 0).astype(int)).tolist():
        part = torch.from_numpy(units[place : place + read + 1].astype(np.int64))  # (T + 1,)

        def loss(inputs: Tensor, target: Tensor = part[-1:]) -> Tensor:
            outputs, _ = model.layers(inputs, model.start(1))  # (1, T, H)
            return model.output.losses(outputs[:, -1], model.table, target).sum()

        yield _of(loss, model.embedding(part[:-1]) * model.config.embedding_dim**0.5)


_READERS: dict[type[Config], Callable[[Bundle, Config, str], Norms]] = {
    ClassificationConfig: _classifier,
    TaggingConfig: _tagger,
    LanguageModelConfig: _language_model,
}
