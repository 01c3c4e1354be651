"""How a translation looks: plain lines, Moses' n-best lists, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqnlp.text.alignment import merge_attention, pharaoh

if TYPE_CHECKING:
    from seqnlp.api import Hypothesis, Translation

_ONE_LINE = str.maketrans("\n\r\t", "   ")
"""A model that writes bytes can write these; a line and its columns must survive it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is written of each translation beside its text.

    Attributes:
        nbest: how many of the best translations of a line.
        scores: what the translations were ranked by, and in JSON the log probability of each subword.
        alignments: pairs of a source word and a target word, from 0.
        attention: JSON: for each target word the weight of each source word.
    """

    nbest: int = 1
    scores: bool = False
    alignments: bool = False
    attention: bool = False


Writer = Callable[["Translation", int, Shown], str]
"""A translation and its line number (from 0) to the lines that are written."""


def choose_writer(output: str, nbest: int) -> Writer:
    """The writer of an output format; text with several translations a line is a Moses n-best list."""
    if output == "jsonl":
        return write_jsonl
    return write_text if nbest == 1 else write_moses


def write_text(answer: Translation, number: int, shown: Shown) -> str:
    """One line: the translation, then after a tab each the score and the Pharaoh pairs, if asked for."""
    best = answer.hypotheses[0]
    columns = [best.text]
    if shown.scores:
        columns.append(f"{best.score:.4f}")
    if shown.alignments:
        columns.append(_pharaoh(answer, best))
    return "\t".join(column.translate(_ONE_LINE) for column in columns) + "\n"


def write_moses(answer: Translation, number: int, shown: Shown) -> str:
    """``line ||| translation ||| score`` for each of the best, and ``||| pairs`` if asked for."""
    lines = []
    for hypothesis in answer.hypotheses[: shown.nbest]:
        columns = [str(number), hypothesis.text.translate(_ONE_LINE), f"{hypothesis.score:.4f}"]
        if shown.alignments:
            columns.append(_pharaoh(answer, hypothesis))
        lines.append(" ||| ".join(columns) + "\n")
    return "".join(lines)


def write_jsonl(answer: Translation, number: int, shown: Shown) -> str:
    """One object a line; ``nbest`` lists all that were asked for, the best again among them."""
    row = {"source": answer.source, **_fields(answer, answer.hypotheses[0], shown)}
    if answer.parts > 1:
        row["parts"] = answer.parts
    if shown.nbest > 1:
        row["nbest"] = [_fields(answer, hypothesis, shown) for hypothesis in answer.hypotheses[: shown.nbest]]
    return json.dumps(row, ensure_ascii=False) + "\n"


def _fields(answer: Translation, hypothesis: Hypothesis, shown: Shown) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "translation": hypothesis.text,
        "score": round(hypothesis.score, 4),
        "log_probability": round(hypothesis.log_probability, 4),
    }
    if shown.scores:
        fields["pieces"] = hypothesis.pieces
        fields["token_log_probabilities"] = [round(value, 4) for value in hypothesis.token_log_probabilities]
    if shown.alignments or shown.attention:
        source_words, target_words, weights, pairs = _words(answer, hypothesis)
        fields |= {"source_words": source_words, "target_words": target_words}
        if shown.alignments:
            fields["alignment"] = [list(pair) for pair in pairs]
        if shown.attention:
            fields["attention"] = weights
    return fields


def _pharaoh(answer: Translation, hypothesis: Hypothesis) -> str:
    return " ".join(f"{source}-{target}" for source, target in _words(answer, hypothesis)[3])


def _words(
    answer: Translation, hypothesis: Hypothesis
) -> tuple[list[str], list[str], list[list[float]], list[tuple[int, int]]]:
    """Source words, target words, one row of weights a target word, and the aligned pairs."""
    if hypothesis.attention is None or not hypothesis.pieces:
        return [], [], [], []
    rows = hypothesis.attention[: len(hypothesis.pieces)]  # without that of the end
    source_words, target_words, weights = merge_attention(rows, answer.source_pieces, hypothesis.pieces)
    rounded = [[round(float(weight), 4) for weight in row] for row in weights]
    return list(source_words), list(target_words), rounded, pharaoh(weights)
