"""From a model folder to a language model that is ready to use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import TENSORS, Bundle
from seqnlp.config import LanguageModelConfig, RecurrentLanguageModelConfig
from seqnlp.errors import RunError
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.text.language_tokens import END_MARK, Tokens, tokens_from_folder

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True)
class LoadedLanguageModel:
    """A language model from a model folder, ready to use."""

    model: RecurrentLanguageModel
    tokens: Tokens
    lowercase: bool


def in_direction(tokens: NDArray[Number], direction: str) -> NDArray[Number]:
    """Tokens (N,), or their losses, as a model of this direction reads them; its own inverse."""
    return tokens if direction == "forward" else tokens[::-1].copy()


def describe(config: LanguageModelConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "language_model",
        "lowercase": config.data.lowercase,
        "model": asdict(config.model),
        "about": asdict(config.about),
    }


def language_model_from_bundle(bundle: Bundle) -> LoadedLanguageModel:
    """Rebuild the language model of a model folder, in inference mode.

    Raises:
        RunError: another task's model, an unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("language_model", "a language model")
    saved = bundle.settings
    saved.text("task")
    settings, lowercase = saved.section("model", RecurrentLanguageModelConfig), saved.flag("lowercase")
    saved.end("about")
    tokens = _tokens(bundle)
    model = with_weights(lambda: RecurrentLanguageModel(settings, len(tokens)), bundle.weights, bundle.folder / TENSORS)
    return LoadedLanguageModel(model, tokens, lowercase)


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
