"""What pages need of the tokens of a language model."""

from __future__ import annotations

from typing import Any

from seqnlp.errors import SeqnlpError
from seqnlp.page.sentencepiece import read_sentencepiece
from seqnlp.tasks.saved_tokenizer import pattern_for_page
from seqnlp.text.language_tokens import CharacterTokens, SubwordTokens, Tokens, WordTokens


def tokens_for_page(tokens: Tokens) -> dict[str, Any]:
    """The tokens as data for JavaScript.

    Raises:
        SeqnlpError: they are of a kind that a page cannot read.
    """
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
