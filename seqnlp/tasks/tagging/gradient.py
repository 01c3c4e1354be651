"""Gradients over distance in a tagger: the loss is that of the last word's tag by itself."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.bundle import Bundle
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.models.as_network import TorchWords
from seqnlp.tasks.gradient import MAX_LENGTH, TEXTS, Norms, gradient_norms_of
from seqnlp.tasks.tagging.activations import with_context
from seqnlp.tasks.tagging.data import model_tags
from seqnlp.tasks.tagging.model import tagger_from_bundle
from seqnlp.tasks.word_vectors import WordVectors


def gradient(bundle: Bundle, config: TaggingConfig, split: str) -> Norms:
    """Of each text of a split the norms at distance 0, 1, ... from its last step."""
    loaded = tagger_from_bundle(bundle)
    model, saved = loaded.model, loaded.saved
    data = replace(config.data, tokenizer=saved.tokenizer, accept_cut_words=True)
    sentences = load_split(data, split, lambda text: None)
    tags = model_tags(sentences, config.data, config.model)
    vectors = WordVectors(TorchWords(model.embedder), saved.features)
    pairs = [(s.tokens[-MAX_LENGTH:], t[-1]) for s, t in zip(sentences, tags, strict=True) if t[-1] in saved.tags]
    for words, tag in sorted(pairs, key=lambda pair: -len(pair[0]))[:TEXTS]:
        (numbers,), rows = vectors.look_up([words])
        lengths, target = torch.tensor([len(words)]), torch.tensor([saved.tags.index(tag)])

        def loss(inputs: Tensor, lengths: Tensor = lengths, target: Tensor = target) -> Tensor:
            last = model.recurrent(inputs, lengths)[:, -1]  # (1, H)
            return functional.cross_entropy(model.project(last), target)

        yield gradient_norms_of(loss, with_context(loaded, torch.from_numpy(rows[numbers]), words))
