"""What a page needs of a tagger."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqnlp.bundle import Bundle
from seqnlp.networks.tagger import crf_of
from seqnlp.page.file import PageModel
from seqnlp.tasks.saved_tokenizer import pattern_for_page
from seqnlp.tasks.tagging.saved import SavedEncoder, read_tagger
from seqnlp.tasks.tokens_page import tokens_for_page
from seqnlp.text.language_tokens import CharacterTokens


def page_model(bundle: Bundle) -> PageModel:
    """The tagger as data for JavaScript.

    Raises:
        RunError: the folder is no tagger.
        SeqnlpError: it has something that a page cannot do.
    """
    saved = read_tagger(bundle)
    model = saved.settings
    names = ("scheme", "fine_tune", "cell", "num_layers", "bidirectional", "output")
    settings = {
        "tags": saved.tags,
        "vocabulary": saved.features.to_dict(),
        "pattern": pattern_for_page(saved.tokenizer),
        "temperature": saved.temperature,
        "outside_penalty": saved.outside_penalty,
        "model": {name: getattr(model, name) for name in names},
        "readers": [_reader(one) for one in saved.readers],
    }
    weights = {name: array for name, array in saved.weights.items() if not name.startswith("crf.")}
    transitions = crf_of(saved.tags, saved.scheme, saved.weights).transitions.astype(np.float32)  # exact: they were
    for number, one in enumerate(saved.readers):
        weights |= {f"readers.{number}.{name}": array for name, array in one.weights.items()}
    return PageModel("tagger_page.mjs", settings, {**weights, "transitions": transitions.ravel()})


def _reader(saved: SavedEncoder) -> dict[str, Any]:
    """A character model as data for JavaScript, without its weights."""
    names = ("cell", "num_layers", "embedding_dim", "direction")
    return {
        "tokens": tokens_for_page(CharacterTokens(saved.characters)),
        "lowercase": saved.lowercase,
        "model": {name: getattr(saved.settings, name) for name in names},
    }
