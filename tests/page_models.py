"""Models of chance weights, small, for pages to show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from page_answers import chance_weights, save_model

from seqnlp.config import ModelConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.tasks.tagging.model import build_tagger, describe
from seqnlp.text.tags import tag_set
from seqnlp.text.vocabulary import Vocabulary

FEATURES = WordFeatures(
    Vocabulary(["met", "oake", ".", "in", "years", "a", "b"], unknown=True),
    Vocabulary(["Wren", "quarley", "000", "0,000.0", "oake", "x", "-"], unknown=True),
    Vocabulary(list("aeinrstTWOm.#0"), unknown=True),
    lowercase=True,
)
_SMALL = {"character_dim": 4, "character_hidden_dim": 7, "hidden_dim": 9, "casing_dim": 3}


def make_tagger(
    folder: Path, tokenizer: str = "words", labels: tuple[str, ...] = ("PER", "LOC"), **changes: Any
) -> Path:
    """A model folder of a tagger with chance weights."""
    model = ModelConfig(**{**_SMALL, **changes})
    tags = ["NOUN", "VERB", "O"] if model.scheme == "none" else tag_set(labels, model.scheme)
    features = WordFeatures(FEATURES.words, FEATURES.vector_words, FEATURES.characters, model.lowercase)
    weights = chance_weights(build_tagger(model, features, tags, 6), seed=len(changes))
    if "embedder.vectors.codes" in weights:
        weights["embedder.vectors.codes"][0] = 0
        weights["embedder.vectors.scales"] = np.abs(weights["embedder.vectors.scales"]) / 50
    scheme = "none" if model.scheme == "none" else "iob2"
    description = describe(model, 6, scheme, tokenizer, {"data": "made-up lines"})
    description |= {"temperature": 1.7, "outside_penalty": 0.0 if scheme == "none" else 0.4}
    return save_model(folder / "model", description, weights, features.to_dict(), tags)
