"""What a translator answers, and its fields as every output of JSON has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.plots.answers import pairs_html
from seqnlp.text.alignment import GivenWords, merge_attention, pharaoh

END_PIECE = "</s>"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation of a text.

    Attributes:
        text: the translation.
        score: what the search ranks by: the log probability with length and coverage penalty; or what translations
            were reranked by.
        log_probability: of the whole translation under the model, its end included.
        pieces: its subwords.
        token_log_probabilities: of each subword, and of the end.
        attention: (T + 1, S + 1) weights of the source's subwords and END for each subword and END, if asked for; it
            does not count where hypotheses are compared.
    """

    text: str
    score: float
    log_probability: float
    pieces: list[str]
    token_log_probabilities: list[float]
    attention: NDArray[np.float32] | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """How probable a given translation is, as ``seqnlp score --output jsonl`` writes it."""
        return {
            "log_probability": round(self.log_probability, 4),
            "pieces": self.pieces,
            "token_log_probabilities": [round(value, 4) for value in self.token_log_probabilities],
        }


@dataclass(frozen=True, slots=True)
class Translation:
    """The answer for one text.

    Attributes:
        source: the text as given.
        source_pieces: its subwords, END last.
        hypotheses: translations, best first, never none; a blank text has the empty one.
        parts: how many parts a text of several lines or sentences, or an over-long one, was cut into; each was
            translated alone.
        piece_words: for each subword but END the number of the word between spaces of ``source`` that it is of;
            empty unless the attention was asked for, and where subwords go beyond the parts of a text.
    """

    source: str
    source_pieces: list[str]
    hypotheses: list[Hypothesis]
    parts: int = 1
    piece_words: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The best translation."""
        return self.hypotheses[0].text

    def to_dict(self) -> dict[str, Any]:
        """The answer as ``seqnlp translate --output jsonl`` writes it; ``nbest`` has all translations."""
        return translation_fields(self, OutputOptions(nbest=len(self.hypotheses)))

    def _repr_html_(self) -> str:
        return pairs_html([(self.source, self.text)])


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What is written of each translation beside its text.

    Attributes:
        nbest: how many of the best translations of a line.
        scores: what the translations were ranked by, and in JSON the log probability of each subword.
        alignments: pairs of a source word and a target word, from 0.
        attention: JSON: for each target word the weight of each source word.
        by_piece: whether the source, and the target, are written without spaces, so that "words" are subwords.
    """

    nbest: int = 1
    scores: bool = False
    alignments: bool = False
    attention: bool = False
    by_piece: tuple[bool, bool] = (False, False)


def translation_fields(answer: Translation, shown: OutputOptions) -> dict[str, Any]:
    """The answer as ``seqnlp translate --output jsonl`` writes it.

    ``nbest`` lists all that were asked for, the best again among them.
    """
    row = {"source": answer.source, **_fields(answer, answer.hypotheses[0], shown)}
    if answer.parts > 1:
        row["parts"] = answer.parts
    if shown.nbest > 1:
        row["nbest"] = [_fields(answer, hypothesis, shown) for hypothesis in answer.hypotheses[: shown.nbest]]
    return row


def _fields(answer: Translation, hypothesis: Hypothesis, shown: OutputOptions) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "translation": hypothesis.text,
        "score": round(hypothesis.score, 4),
        "log_probability": round(hypothesis.log_probability, 4),
    }
    if shown.scores:
        fields |= hypothesis.to_dict()
    if shown.alignments or shown.attention:
        source_words, target_words, weights = word_attention(answer, hypothesis, shown.by_piece)
        fields |= {"source_words": source_words, "target_words": target_words}
        if shown.alignments:
            fields["alignment"] = [list(pair) for pair in pharaoh(weights)]
        if shown.attention:
            fields["attention"] = [[round(float(weight), 4) for weight in row] for row in weights]
    return fields


def word_attention(
    answer: Translation, hypothesis: Hypothesis, by_piece: tuple[bool, bool]
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Source words (Sw), target words (Tw) and weights (Tw, Sw); none if there is no attention, as for a blank line."""
    if hypothesis.attention is None or not hypothesis.pieces:
        return [], [], np.zeros((0, 0))
    rows = hypothesis.attention[: len(hypothesis.pieces)]  # without that of the end
    numbers = [] if by_piece[0] else answer.piece_words
    given = GivenWords(answer.source.split(), numbers) if numbers else None
    return merge_attention(
        rows,
        answer.source_pieces,
        hypothesis.pieces,
        source_by_piece=by_piece[0],
        target_by_piece=by_piece[1],
        given=given,
    )
