"""How a translation looks: plain lines, Moses' n-best lists, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.cli.json_text import json_line
from seqnlp.text.alignment import GivenWords, merge_attention, pharaoh

if TYPE_CHECKING:
    from seqnlp.api import Hypothesis, Translation

_ONE_LINE = str.maketrans("\n\r\t", "   ")
"""A model that writes bytes can write these; a line and its columns must survive it."""


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


Writer = Callable[["Translation", int, OutputOptions], str]
"""A translation and its line number (from 0) to the lines that are written."""


def choose_writer(output: str, nbest: int) -> Writer:
    """The writer of an output format; text with several translations a line is a Moses n-best list."""
    if output == "jsonl":
        return write_jsonl
    return write_text if nbest == 1 else write_moses


def write_text(answer: Translation, number: int, shown: OutputOptions) -> str:
    """One line: the translation, then after a tab each the score and the Pharaoh pairs, if asked for."""
    best = answer.hypotheses[0]
    columns = [best.text]
    if shown.scores:
        columns.append(f"{best.score:.4f}")
    if shown.alignments:
        columns.append(_pharaoh(answer, best, shown))
    return "\t".join(column.translate(_ONE_LINE) for column in columns) + "\n"


def write_moses(answer: Translation, number: int, shown: OutputOptions) -> str:
    """``line ||| translation ||| score`` for each of the best, and ``||| pairs`` if asked for."""
    lines = []
    for hypothesis in answer.hypotheses[: shown.nbest]:
        columns = [str(number), hypothesis.text.translate(_ONE_LINE), f"{hypothesis.score:.4f}"]
        if shown.alignments:
            columns.append(_pharaoh(answer, hypothesis, shown))
        lines.append(" ||| ".join(columns) + "\n")
    return "".join(lines)


def write_jsonl(answer: Translation, number: int, shown: OutputOptions) -> str:
    """One object a line; ``nbest`` lists all that were asked for, the best again among them."""
    row = {"source": answer.source, **_fields(answer, answer.hypotheses[0], shown)}
    if answer.parts > 1:
        row["parts"] = answer.parts
    if shown.nbest > 1:
        row["nbest"] = [_fields(answer, hypothesis, shown) for hypothesis in answer.hypotheses[: shown.nbest]]
    return json_line(row)


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


def _pharaoh(answer: Translation, hypothesis: Hypothesis, shown: OutputOptions) -> str:
    weights = word_attention(answer, hypothesis, shown.by_piece)[2]
    return " ".join(f"{source}-{target}" for source, target in pharaoh(weights))


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
