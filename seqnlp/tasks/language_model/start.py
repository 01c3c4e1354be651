"""A language model that goes on from another one, with its tokens: those that it does not know are unknown."""

from __future__ import annotations

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.tasks import start
from seqnlp.tasks.language_model.saved import SavedLanguageModel, read_language_model

LanguageModelStart = start.Start[SavedLanguageModel]


def language_model_start(config: LanguageModelConfig) -> LanguageModelStart | None:
    """The language model that a run begins with, if it begins with one.

    Raises:
        RunError: there is none, it is of another task, or its settings or its tokenizer are others.
    """
    if not config.start_from:
        return None
    bundle = start.start_bundle(config)
    saved = read_language_model(bundle)
    free = ("activation_penalty", "change_penalty")
    start.refuse_other_settings(config, saved.settings, config.model, free)
    here = config.tokenizer.kind if config.tokenizer.kind in ("words", "characters") else "subwords"
    start.refuse_other(config, "tokenizer.kind", str(bundle.vocabulary.get("kind")), here)
    lowercase = str(saved.lowercase).lower(), str(config.data.lowercase).lower()
    start.refuse_other(config, "data.lowercase", *lowercase)
    return LanguageModelStart(saved, bundle)
