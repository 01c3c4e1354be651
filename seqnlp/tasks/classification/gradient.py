"""Gradients over distance in a classifier: the loss is that of the label."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.bundle import Bundle
from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import load_documents
from seqnlp.models.as_network import TorchWords
from seqnlp.tasks.classification.model import classifier_from_bundle
from seqnlp.tasks.gradient import MAX_LENGTH, TEXTS, Norms, gradient_norms_of
from seqnlp.tasks.word_vectors import WordVectors


def gradient(bundle: Bundle, config: ClassificationConfig, split: str) -> Norms:
    """Of each text of a split the norms at distance 0, 1, ... from its last step."""
    loaded = classifier_from_bundle(bundle)
    model, saved = loaded.model, loaded.saved
    most = min(MAX_LENGTH, saved.settings.window)
    known = [d for d in load_documents(config.data, split, lambda text: None) if set(d.labels) & set(saved.labels)]
    read = [(saved.reader.read(document.text)[-most:], document.labels) for document in known]
    vectors = WordVectors(TorchWords(model.embedder), saved.features)
    for words, labels in sorted(filter(lambda pair: pair[0], read), key=lambda pair: -len(pair[0]))[:TEXTS]:
        (numbers,), rows = vectors.look_up([words])
        lengths, zero = torch.tensor([len(words)]), torch.zeros(1, dtype=torch.int64)
        targets = torch.tensor([[float(label in labels) for label in saved.labels]])  # (1, K)

        def loss(inputs: Tensor, lengths: Tensor = lengths, zero: Tensor = zero, targets: Tensor = targets) -> Tensor:
            scores = model.scores(model.encoder(inputs, lengths), lengths, zero, zero, 1)  # (1, K)
            if saved.multi_label:
                return functional.binary_cross_entropy_with_logits(scores, targets)
            return functional.cross_entropy(scores, targets)

        yield gradient_norms_of(loss, torch.from_numpy(rows[numbers]))
