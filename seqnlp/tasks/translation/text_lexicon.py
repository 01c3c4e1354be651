"""A lexicon that reads texts: the words it compares are lower-cased, in one form of their characters (NFKC)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqnlp.models.translation_lexicon import TranslationLexicon
from seqnlp.text.split_sentences import is_unspaced
from seqnlp.text.tokenize import tokenize, visible


@dataclass(frozen=True)
class TextLexicon:
    """How probable translations of texts are by the words in them.

    Attributes:
        lexicon: of words.
        source_language, target_language: their names.
    """

    lexicon: TranslationLexicon
    source_language: str
    target_language: str

    def log_probabilities(self, source: str, translations: Iterable[str]) -> list[float]:
        """The natural log probability of each translation of a text."""
        words = [lexicon_words(text, self.target_language) for text in translations]
        return self.lexicon.log_probabilities(lexicon_words(source, self.source_language), words)


def lexicon_words(text: str, language: str) -> Sequence[str]:
    """Runs of letters and digits, and all other characters; where a language writes no spaces, all characters."""
    kind = "characters" if is_unspaced(language) else "split"
    tokens = tokenize(unicodedata.normalize("NFKC", text).lower(), kind)
    return [visible(token.text) for token in tokens]
