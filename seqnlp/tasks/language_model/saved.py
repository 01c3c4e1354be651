"""A language model's folder as data: settings, tokens, weights; whatever computes with it starts here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.errors import RunError
from seqnlp.networks.graph import Array
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.text.language_tokens import Tokens, tokens_from_folder
from seqnlp.text.written_tokens import END_MARK

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True)
class SavedLanguageModel:
    """Everything that a language model's folder says.

    Attributes:
        settings: of the network.
        tokens: what it reads.
        lowercase: whether its text is lower-cased.
        weights: by name.
        folder: where they are from.
    """

    settings: RecurrentLanguageModelConfig
    tokens: Tokens
    lowercase: bool
    weights: dict[str, Array]
    folder: Path


def in_direction(tokens: NDArray[Number], direction: str) -> NDArray[Number]:
    """Tokens (N,), or their losses, as a model of this direction reads them; its own inverse."""
    return tokens if direction == "forward" else tokens[::-1].copy()


def read_language_model(bundle: Bundle) -> SavedLanguageModel:
    """What a model folder says.

    Raises:
        RunError: another task's model, or a field that is missing, unknown or of another kind.
    """
    saved = bundle.settings_of("language_model", "a language model")
    settings, lowercase = saved.section("model", RecurrentLanguageModelConfig), saved.flag("lowercase")
    saved.end("about")
    return SavedLanguageModel(settings, _tokens(bundle), lowercase, bundle.weights, bundle.folder)


def _tokens(bundle: Bundle) -> Tokens:
    vocabulary = bundle.facts
    kind = vocabulary.text("kind", ("words", "characters", "subwords"))
    known: dict[str, Any] = {"kind": kind}
    if kind == "words":
        known |= {"splitter": tokenizer_in(vocabulary, "splitter"), "words": vocabulary.texts("words")}
    if kind == "characters":
        known |= {"characters": vocabulary.texts("characters")}
    if kind != "subwords" and END_MARK not in known[kind]:
        raise RunError(f"{vocabulary.path}: {kind}: expected the end of a line among them; copy the model again")
    return tokens_from_folder(known, bundle.subwords)
