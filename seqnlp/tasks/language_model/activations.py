"""What a language model's recurrent layers read of a text."""

from __future__ import annotations

import torch

from seqnlp.bundle import Bundle
from seqnlp.plots.gates import MAX_STEPS
from seqnlp.tasks.activations import SHOWN_END, LayerInput, check_steps
from seqnlp.tasks.language_model.model import language_model_from_bundle
from seqnlp.text.language_tokens import plain_line
from seqnlp.text.written_tokens import END_MARK


def layer_input(bundle: Bundle, text: str) -> LayerInput:
    """The words or subwords of a text, as vectors.

    Raises:
        SeqnlpError: the text has none, or too many for a picture.
    """
    loaded = language_model_from_bundle(bundle)
    model, tokens = loaded.model, loaded.saved.tokens
    line = tokens.encode(plain_line(text, loaded.saved.lowercase))[:-1]
    check_steps(line, MAX_STEPS - 1)
    backward = model.config.direction == "backward"
    read = [tokens.end, *(line[::-1] if backward else line)]  # the end of the line before, or of this one
    shown = [SHOWN_END if tokens.pieces[one] == END_MARK else tokens.pieces[one] or "<unk>" for one in read]
    inputs = model.embedding(torch.tensor(read)) * model.config.embedding_dim**0.5  # (T, E)
    return LayerInput(model.layers, inputs, shown, reversed=backward)
