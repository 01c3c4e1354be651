"""What the encoder of a translator reads of a text."""

from __future__ import annotations

import torch

from seqnlp.bundle import Bundle
from seqnlp.plots.gates import MAX_STEPS
from seqnlp.tasks.activations import SHOWN_END, LayerInput, check_steps
from seqnlp.tasks.translation.model import translator_from_bundle
from seqnlp.text.subwords import END


def layer_input(bundle: Bundle, text: str) -> LayerInput:
    """The words or subwords of a text, as vectors.

    Raises:
        SeqnlpError: the text has none, or too many for a picture.
    """
    loaded = translator_from_bundle(bundle)
    subwords = loaded.saved.vocabularies.source
    (pieces,) = subwords.encode([text])
    check_steps(pieces, MAX_STEPS - 1)
    inputs = loaded.model.embed_source(torch.tensor([*pieces, END]))  # (T, E)
    return LayerInput(loaded.model.encoder, inputs, [*subwords.pieces(pieces), SHOWN_END])
