"""What a classifier's recurrent layers read of a text."""

from __future__ import annotations

import torch

from seqnlp.bundle import Bundle
from seqnlp.models.as_network import word_inputs
from seqnlp.plots.gates import MAX_STEPS
from seqnlp.tasks.activations import LayerInput, check_steps
from seqnlp.tasks.classification.model import classifier_from_bundle


def layer_input(bundle: Bundle, text: str) -> LayerInput:
    """The words or subwords of a text, as vectors.

    Raises:
        SeqnlpError: the text has none, or too many for a picture.
    """
    loaded = classifier_from_bundle(bundle)
    words = loaded.saved.reader.read(text)
    check_steps(words, min(MAX_STEPS, loaded.saved.settings.window))
    inputs, encoder = word_inputs(loaded.model.embedder, loaded.saved.features, words), loaded.model.encoder
    if encoder.convolution is None:
        return LayerInput(encoder.recurrent, inputs, words)
    pool = encoder.convolution.pool
    shorter, _ = encoder.convolution(inputs[None], torch.tensor([len(words)]))  # (1, T', F)
    joined = [" ".join(words[start : start + pool]) for start in range(0, len(words), pool)]
    return LayerInput(encoder.recurrent, shorter[0], joined)
