"""What a tagger's recurrent layers read of a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqnlp.bundle import Bundle
from seqnlp.models.as_network import word_inputs
from seqnlp.tasks.activations import LayerInput, check_steps
from seqnlp.tasks.tagging.model import LoadedTagger, tagger_from_bundle
from seqnlp.text.tokenize import tokenize


def layer_input(bundle: Bundle, text: str) -> LayerInput:
    """The words or subwords of a text, as vectors.

    Raises:
        SeqnlpError: the text has none, or too many for a picture.
    """
    loaded = tagger_from_bundle(bundle)
    words = [token.text for token in tokenize(text, loaded.saved.tokenizer)]
    check_steps(words)
    return LayerInput(
        loaded.model.recurrent,
        with_context(loaded, word_inputs(loaded.model.embedder, loaded.saved.features, words), words),
        words,
    )


def with_context(loaded: LoadedTagger, inputs: Tensor, words: Sequence[str]) -> Tensor:
    """Words' vectors (T, D), and beside them the contextual embeddings of a tagger that reads any: (T, D + C')."""
    if loaded.context is None or loaded.model.context is None:
        return inputs
    context = loaded.context.read([words])  # (T, C)
    return torch.cat([inputs, loaded.model.context(context[None])[0]], dim=-1)
