"""Words by the rules of a language."""

from __future__ import annotations

import sys

import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.text.spacy_words import _tokenizer
from seqnlp.text.tokenize import tokenize

TEXT = "L'homme dit qu'il  viendra aujourd'hui , à 10 h.\n"


def test_french_is_cut_by_french_rules_with_exact_places() -> None:
    pytest.importorskip("spacy")
    tokens = tokenize(TEXT, "spacy:fr")
    assert [token.text for token in tokens][:7] == ["L'", "homme", "dit", "qu'", "il", "viendra", "aujourd'hui"]
    assert all(TEXT[token.start : token.end] == token.text for token in tokens)
    assert "".join(token.text for token in tokens) == "".join(TEXT.split())


def test_a_language_that_spacy_does_not_know_is_refused() -> None:
    pytest.importorskip("spacy")
    with pytest.raises(SeqnlpError, match="'spacy:qq': spaCy cannot cut this language"):
        tokenize("a", "spacy:qq")


def test_without_spacy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    _tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SeqnlpError, match=r"needs spaCy: pip install 'seqnlp\[spacy\]'"):
        tokenize("a", "spacy:fr")


def test_invisible_characters_neither_cut_words_nor_are_words() -> None:
    pytest.importorskip("spacy")
    tokens = tokenize("\ufeffl'oi\u00adseau\u200b vole\u200e. \u2060", "spacy:fr")
    assert [token.text for token in tokens] == ["l'", "oi\u00adseau", "vole", "."]
    assert [(token.start, token.end) for token in tokens] == [(1, 3), (3, 10), (12, 16), (17, 18)]
