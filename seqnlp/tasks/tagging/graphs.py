"""The graphs of a tagger, for the runtimes of other languages."""

from __future__ import annotations

import numpy as np

from seqnlp.bundle import Bundle
from seqnlp.networks.language_model import reader_graph
from seqnlp.networks.shapes import reader_dim
from seqnlp.networks.tagger import crf_of, tagger_graph
from seqnlp.networks.word_rows import below, words_graph
from seqnlp.tasks.exported import Exported
from seqnlp.tasks.tagging.saved import read_tagger
from seqnlp.text.tags import OUTSIDE


def graphs(bundle: Bundle) -> Exported:
    """The graphs of a model folder by name, and what one must know to use them."""
    saved = read_tagger(bundle)
    crf = None if saved.settings.output == "softmax" else crf_of(saved.tags, saved.scheme, saved.weights)
    penalties = np.array([saved.outside_penalty * (tag == OUTSIDE) for tag in saved.tags], dtype=np.float32)  # (K,)
    context_dim = sum(reader_dim(reader.settings) for reader in saved.readers)
    notes = (
        "Each line of a text is read by itself. "
        f"Tags are those of scheme {saved.scheme}, numbered from 0 as in labels.json. "
        + (
            "seqnlp takes the best tag of each word that may follow the one before. "
            if crf is None
            else f"`tags` are the best ones that are legal, {saved.outside_penalty:g} (the outside penalty) taken from "
            "the emissions of `O`. "
        )
        + f"For probabilities seqnlp divides all scores by {saved.temperature:g} (temperature), without that penalty."
    )
    named = {
        "words": words_graph(
            below(saved.weights, "embedder"), saved.settings.fine_tune, bool(len(saved.features.pieces))
        ),
        "tagger": tagger_graph(saved.settings, saved.weights, context_dim, crf, penalties),
    }
    for reader in saved.readers:
        named[f"characters_{reader.settings.direction}"] = reader_graph(reader.settings, reader.weights)
    if saved.readers:
        notes += (
            " `context` is, for each word, what the character models say after the last character of it that they "
            "read, side by side in the order of `character_models` in vocabulary.json: each reads a line feed and the "
            "words with single spaces between them, one that reads backward from the last character to the first."
        )
    return Exported(named, notes, saved.tokenizer)
