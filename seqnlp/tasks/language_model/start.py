"""A language model that goes on from another one, with its tokens: those that it does not know are unknown."""

from __future__ import annotations

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.tasks import start
from seqnlp.tasks.language_model.saved import SavedLanguageModel, read_language_model
from seqnlp.text.language_tokens import SUBWORD_FILE, WordTokens
from seqnlp.text.sentencepiece_file import trained_with

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
    kind = str(bundle.vocabulary.get("kind"))
    if kind == "subwords":
        kind = trained_with(saved.tokens.to_files()[SUBWORD_FILE]).get("kind", config.tokenizer.kind)
    start.refuse_other(config, "tokenizer.kind", kind, config.tokenizer.kind)
    if isinstance(saved.tokens, WordTokens):
        start.refuse_other(config, "tokenizer.splitter", saved.tokens.splitter, config.tokenizer.splitter)
    lowercase = str(saved.lowercase).lower(), str(config.data.lowercase).lower()
    start.refuse_other(config, "data.lowercase", *lowercase)
    return LanguageModelStart(saved, bundle)
