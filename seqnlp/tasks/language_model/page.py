"""What a page needs of a language model."""

from __future__ import annotations

from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.config.language_model import cluster_sizes
from seqnlp.errors import SeqnlpError
from seqnlp.page.file import PageModel
from seqnlp.page.sentencepiece import read_sentencepiece
from seqnlp.tasks.language_model.saved import read_language_model
from seqnlp.tasks.saved_tokenizer import pattern_for_page
from seqnlp.text.language_tokens import CharacterTokens, SubwordTokens, Tokens, WordTokens


def page_model(bundle: Bundle) -> PageModel:
    """The language model as data for JavaScript.

    Raises:
        RunError: the folder is no language model.
        SeqnlpError: it reads backwards, or has something else that a page cannot do.
    """
    saved = read_language_model(bundle)
    model = saved.settings
    if model.direction == "backward":
        raise SeqnlpError("--page: this language model reads backwards, so that it cannot go on with a text")
    names = ("cell", "embedding_dim", "num_layers", "tie_embeddings")
    settings = {
        "lowercase": saved.lowercase,
        "tokens": _described(saved.tokens),
        "clusters": cluster_sizes(len(saved.tokens), model.adaptive_head),
        "model": {name: getattr(model, name) for name in names},
    }
    return PageModel("language_model_page.mjs", settings, saved.weights)


def _described(tokens: Tokens) -> dict[str, Any]:
    described: dict[str, Any] = {
        "end": tokens.end,
        "special": list(tokens.special_ids),
        "pieces": tokens.pieces,
        "pattern": "",
        "subwords": None,
    }
    match tokens:
        case WordTokens():
            pattern = "" if tokens.splitter == "whitespace" else pattern_for_page(tokens.splitter)
            return {**described, "kind": "words", "pattern": pattern}
        case CharacterTokens():
            return {**described, "kind": "characters"}
        case SubwordTokens():
            return {**described, "kind": "subwords", "subwords": read_sentencepiece(tokens.subwords.to_bytes())}
    raise SeqnlpError(f"--page: a page cannot read tokens of the kind {type(tokens).__name__}")
