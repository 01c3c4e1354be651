"""What is told of a translation: its fields, as every output of JSON has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.alignment import GivenWords, merge_attention, pharaoh

if TYPE_CHECKING:
    from seqnlp.tasks.translation.api import Hypothesis, Translation


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


def score_fields(answer: Hypothesis) -> dict[str, Any]:
    """How probable a given translation is, as ``seqnlp score --output jsonl`` writes it."""
    return {
        "log_probability": round(answer.log_probability, 4),
        "pieces": answer.pieces,
        "token_log_probabilities": [round(value, 4) for value in answer.token_log_probabilities],
    }


def _fields(answer: Translation, hypothesis: Hypothesis, shown: OutputOptions) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "translation": hypothesis.text,
        "score": round(hypothesis.score, 4),
        "log_probability": round(hypothesis.log_probability, 4),
    }
    if shown.scores:
        fields["pieces"] = hypothesis.pieces
        fields["token_log_probabilities"] = [round(value, 4) for value in hypothesis.token_log_probabilities]
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
