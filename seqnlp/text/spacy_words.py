"""Words by the rules of a language, from spaCy's blank pipelines: ``spacy:fr``, ``spacy:de``, ..."""

from __future__ import annotations

from functools import cache
from typing import Any

from seqnlp.errors import SeqnlpError

PREFIX = "spacy:"


def spacy_places(text: str, kind: str) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each word of a text; tokens of nothing but spaces are left out.

    Args:
        kind: ``spacy:`` and the code of a language.

    Raises:
        SeqnlpError: spaCy is not installed, or does not know the language.
    """
    places = [(token.idx, token.idx + len(token.text)) for token in _tokenizer(kind)(text)]
    return [(start, end) for start, end in places if not text[start:end].isspace()]


@cache
def _tokenizer(kind: str) -> Any:
    language = kind.removeprefix(PREFIX)
    try:
        import spacy
    except ImportError:
        raise SeqnlpError(f"the tokenizer '{kind}' needs spaCy: pip install 'seqnlp[spacy]'") from None
    try:
        return spacy.blank(language).tokenizer
    except ImportError as problem:  # spaCy's way to say that there is no such language, or that it lacks a package
        reason = " ".join(str(problem).split())[:200]
        raise SeqnlpError(f"the tokenizer '{kind}': spaCy cannot cut this language ({reason})") from None
