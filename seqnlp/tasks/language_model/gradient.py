"""Gradients over distance in a language model: the loss is that of the token after the last step."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.data.corpus import encode_corpus, load_text
from seqnlp.tasks.gradient import MAX_LENGTH, TEXTS, Norms, gradient_norms_of
from seqnlp.tasks.language_model.model import language_model_from_bundle
from seqnlp.tasks.language_model.saved import in_direction


def gradient(bundle: Bundle, config: LanguageModelConfig, split: str) -> Norms:
    """Of each text of a split the norms at distance 0, 1, ... from its last step."""
    loaded = language_model_from_bundle(bundle)
    model = loaded.model
    tokens = in_direction(
        encode_corpus(load_text(config.data, split), loaded.saved.tokens).tokens, model.config.direction
    )
    read = min(MAX_LENGTH, len(tokens) // 2)
    last = len(tokens) - 1 - read
    for place in np.unique(np.linspace(0, last, TEXTS if read else 0).astype(int)).tolist():
        part = torch.from_numpy(tokens[place : place + read + 1].astype(np.int64))  # (T + 1,)

        def loss(inputs: Tensor, target: Tensor = part[-1:]) -> Tensor:
            outputs, _ = model.layers(inputs, model.start(1))  # (1, T, H)
            return model.output.losses(outputs[:, -1], model.table, target).sum()

        yield gradient_norms_of(loss, model.embedding(part[:-1]) * model.config.embedding_dim**0.5)
