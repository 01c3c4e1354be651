"""How a translation looks: plain lines, Moses' n-best lists, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seqnlp.json_text import json_line
from seqnlp.tasks.translation.answers import OutputOptions, translation_fields, word_attention
from seqnlp.text.alignment import pharaoh

if TYPE_CHECKING:
    from seqnlp.api import Hypothesis, Translation

_ONE_LINE = str.maketrans("\n\r\t", "   ")
"""A model that writes bytes can write these; a line and its columns must survive it."""


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
    return json_line(translation_fields(answer, shown))


def _pharaoh(answer: Translation, hypothesis: Hypothesis, shown: OutputOptions) -> str:
    weights = word_attention(answer, hypothesis, shown.by_piece)[2]
    return " ".join(f"{source}-{target}" for source, target in pharaoh(weights))
