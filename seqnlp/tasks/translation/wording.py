"""What a translator computed, in words: subwords with their probabilities as translations of texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from seqnlp.decode.hypotheses import Decoded
from seqnlp.tasks.translation.answers import END_PIECE, Hypothesis, Translation
from seqnlp.tasks.translation.joined_parts import joined_translations
from seqnlp.tasks.translation.parts import TextParts
from seqnlp.tasks.translation.saved import Vocabularies


class Wording:
    """Answers from what was decoded and scored.

    Args:
        subwords: of both languages.
        parts: that texts are cut into.
        language: of the translations.
    """

    def __init__(self, subwords: Vocabularies, parts: TextParts, language: str) -> None:
        self._subwords, self._parts, self._language = subwords, parts, language

    def translation(
        self, text: str, lines: Sequence[list[list[int]]], decoded: Sequence[list[Decoded]], attention: bool
    ) -> Translation:
        """The answer for a text.

        Args:
            lines: the subwords of the parts of each line.
            decoded: the translations of each part, best first.
            attention: whether it is kept.
        """
        parts = [*chain.from_iterable(lines)]
        pieces = [piece for ids in parts for piece in self._subwords.source.pieces(ids)]
        if not parts:
            return Translation(text, [END_PIECE], [Hypothesis("", 0.0, 0.0, [], [])])
        if len(parts) == 1:
            hypotheses = [self._hypothesis(one) for one in decoded[0]]
            words = self._subwords.source.words_of_pieces(text) if attention else []
            return Translation(text, [*pieces, END_PIECE], hypotheses, piece_words=words)
        attention = attention and self._parts.fits(len(pieces))
        of_parts = [[*map(self._hypothesis, part)] for part in decoded]
        hypotheses = joined_translations(of_parts, [*map(len, lines)], self._language, attention)
        words = self._parts.words_of_pieces(text, parts) if attention else []
        return Translation(text, [*pieces, END_PIECE], hypotheses, len(parts), words)

    def scored(self, text: str, parts: Sequence[tuple[list[int], list[float]]]) -> Hypothesis:
        """A given translation, by the subwords of its parts, END between them, and their log probabilities."""
        pieces = [piece for ids, _ in parts for piece in [*self._subwords.target.pieces(ids), END_PIECE]][:-1]
        scores = [score for _, scores in parts for score in scores]
        return Hypothesis(text, sum(scores), sum(scores), pieces, scores)

    def text(self, decoded: Decoded) -> str:
        """A translation as a line: bytes may spell any character, even one that ends it."""
        text = self._subwords.target.decode(decoded.tokens)
        return " ".join(text.split()) if not text.isprintable() else text

    def _hypothesis(self, decoded: Decoded) -> Hypothesis:
        return Hypothesis(
            self.text(decoded),
            decoded.score,
            decoded.log_probability,
            self._subwords.target.pieces(decoded.tokens),
            list(decoded.token_log_probs),
            decoded.attention,
        )
