"""What any other model says of texts, read from a file (``teacher.answers``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.data.overlap import normalized_text
from seqnlp.errors import DataError, did_you_mean
from seqnlp.tasks.model_answers import ROUNDING, SUM_TOLERANCE, found_in, refuse_no_probability
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.jsonl import shown
from seqnlp.text.language_tokens import plain_line


def read_answers(path: Path, labels: Sequence[str], multi_label: bool) -> dict[str, FloatArray]:
    """The probabilities (K,) of the labels by plain text, of ``{"text": "a text", "probabilities": {"label": 0.9}}``.

    That is one row a line, or the items of one array. Of texts that differ by spaces alone the first counts.

    Raises:
        DataError: it has no answers, labels are missing or unknown, numbers are no probabilities,
            or a text has two different answers; with the line.
    """
    found: dict[str, FloatArray] = {}

    def read(row: Any, line: int) -> Iterator[tuple[str, FloatArray]]:
        yield _answer(fields_of(row), labels, multi_label)

    for text, answer in converted_rows(path, "json", read):
        if np.abs(found.setdefault(text, answer) - answer).max() > ROUNDING:
            raise DataError(f"expected one answer for each text (teacher.answers), found two for {shown(text)}", path)
    if not found:
        raise DataError(
            "expected JSON lines with text and probabilities (teacher.answers); found blank lines only", path
        )
    first: dict[str, FloatArray] = {}
    for text, answer in found.items():
        first.setdefault(plain_line(text), answer)
    return first


def _answer(row: Mapping[str, Any], labels: Sequence[str], multi_label: bool) -> tuple[str, FloatArray]:
    """The text and its answer (K,). Where rows had such fields before, ``seqnlp classify`` adds others."""
    row = {**row, **{name: row[other] for name in ("text", "probabilities") if (other := f"predicted_{name}") in row}}
    text, said = row.get("text"), row.get("probabilities")
    if not isinstance(text, str):
        raise DataError(f"expected a text in 'text', found {found_in(row, 'text')}")
    if not isinstance(said, dict):
        raise DataError(f"expected probabilities by label in 'probabilities', found {found_in(row, 'probabilities')}")
    for name in labels:
        if name not in said:
            raise DataError(
                f"expected a probability of '{name}', found those of {', '.join(map(repr, said)) or 'none'}"
            )
    for name, value in said.items():
        if name not in labels:
            raise DataError(f"no label of this run: '{name}'{did_you_mean(name, labels)}")
        refuse_no_probability(name, value)
    answer = np.array([said[name] for name in labels], dtype=np.float64)  # (K,)
    if multi_label:
        return text, answer
    if abs(answer.sum() - 1) > SUM_TOLERANCE:
        raise DataError(f"expected probabilities that sum up to 1, found {answer.sum():.4g}")
    return text, answer / answer.sum()


def milder(answers: FloatArray, temperature: float, multi_label: bool) -> FloatArray:
    """Probabilities (N, K) as they would be if the scores behind them were divided by a temperature."""
    if multi_label:
        return milder(np.stack([answers, 1 - answers], axis=-1), temperature, False)[..., 0]
    likely = (answers / answers.max(axis=-1, keepdims=True)) ** (1 / temperature)  # (..., K), of which one is 1
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True))


def texts_to_learn(
    answers: Mapping[str, FloatArray], known: Collection[str], kept_out: Collection[str]
) -> tuple[list[str], int]:
    """The answered texts that train lacks, and how many were left out because dev or test holds them; no blank one.

    Args:
        known: the texts of train, plain.
        kept_out: texts of dev and test, normalized; letters' case and spaces make no other text.
    """
    more = [text for text in answers if text and text not in known]
    learnt = [text for text in more if normalized_text(text) not in kept_out]
    return learnt, len(more) - len(learnt)


def answered_rows(
    answers: Mapping[str, FloatArray], texts: Sequence[str], width: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The answers (N, K) for plain texts, zeros where there is none, and for which (N,) there is one."""
    answered, nothing = np.array([text in answers for text in texts], dtype=bool), np.zeros(width)  # (N,), (K,)
    return np.array([answers.get(text, nothing) for text in texts]).reshape(-1, width), answered
