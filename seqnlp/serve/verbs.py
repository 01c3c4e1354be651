"""What each verb does: model, items and options to an answer each, with the fields that the commands write as JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.errors import DataError, SeqnlpError
from seqnlp.serve import answers, questions
from seqnlp.tasks.arguments import text

if TYPE_CHECKING:
    from seqnlp.api import Classifier, Detector, Forecaster, LanguageModel, Tagger, Translator
    from seqnlp.tasks.classification.api import Explaining

Answers = list[dict[str, Any]]


@dataclass(frozen=True)
class Verb:
    """A verb.

    Attributes:
        summary: of its path in the OpenAPI description.
        question: what a client sends.
        answer: model, items, options in the order of the question's fields -> an answer each.
        answered: what an answer looks like.
    """

    summary: str
    question: type[questions.Question]
    answer: Callable[..., Answers]
    answered: type[answers.Described]


def tag(model: Tagger, texts: Sequence[str], nbest: int, min_probability: float) -> Answers:
    """As ``seqnlp tag --output jsonl``."""
    if min_probability and model.plain_tags:
        raise SeqnlpError("min_probability leaves out entities; this model gives every word a tag")
    return [one.to_dict() for one in model.tag_texts(texts, nbest=nbest, min_probability=min_probability)]


def classify(model: Classifier, texts: Sequence[str], explain: Explaining) -> Answers:
    """As ``seqnlp classify --output jsonl``."""
    return [one.to_dict() for one in model.classify_texts(texts, explain=explain)]


def translate(
    model: Translator,
    texts: Sequence[str],
    nbest: int,
    beam: int | None,
    scores: bool,
    alignments: bool,
    attention: bool,
) -> Answers:
    """As ``seqnlp translate --output jsonl``."""
    from seqnlp.tasks.translation.answers import OutputOptions, translation_fields
    from seqnlp.text.split_sentences import is_unspaced

    decoding = replace(model.decoding, beam=beam) if beam else model.decoding
    if nbest > decoding.beam:
        raise SeqnlpError(f"nbest: expected at most the beam ({decoding.beam}), found {nbest}; add 'beam': {nbest}")
    by_piece = is_unspaced(model.source_language), is_unspaced(model.target_language)
    shown = OutputOptions(nbest, scores, alignments, attention, by_piece)
    translations = model.translate_lines(texts, decoding=decoding, nbest=nbest, attention=alignments or attention)
    return [translation_fields(one, shown) for one in translations]


def score(model: Translator, pairs: Sequence[tuple[str, str]]) -> Answers:
    """As ``seqnlp score --output jsonl``."""
    return [one.to_dict() for one in model.score_lines(*(list(side) for side in zip(*pairs, strict=True)))]


def complete(model: LanguageModel, texts: Sequence[str], top: int, typing: bool) -> Answers:
    """As ``seqnlp complete --output jsonl``."""
    return [
        {"text": text, "completions": [one.to_dict() for one in model.complete(text, top, typing=typing)]}
        for text in texts
    ]


def forecast(model: Forecaster, series: Sequence[str], horizon: int, level: float) -> Answers:
    """As ``seqnlp forecast --output jsonl``, with what was done about the series."""
    return [_with_notes(one, lambda path, say: _forecast(model, path, horizon, level, say)) for one in series]


def _forecast(model: Forecaster, path: Path, horizon: int, level: float, say: Callable[[str], None]) -> dict[str, Any]:
    return model.forecast(path, horizon, level=level, say=say).to_dict()


def detect(model: Detector, series: Sequence[str], false_alarms: float | None, gap: int | None, rows: bool) -> Answers:
    """As ``seqnlp detect --output jsonl``: the events, also the rows, and what was done about the series."""
    return [_with_notes(one, lambda path, say: _detect(model, path, false_alarms, gap, rows, say)) for one in series]


def _detect(
    model: Detector, path: Path, false_alarms: float | None, gap: int | None, rows: bool, say: Callable[[str], None]
) -> dict[str, Any]:
    detection = model.detect(path, false_alarms, gap=gap, say=say)
    answer = detection.to_dict()
    return {**answer, "rows": [row.to_dict(model.columns) for row in detection.rows]} if rows else answer


def _with_notes(series: str, answer: Callable[[Path, Callable[[str], None]], dict[str, Any]]) -> dict[str, Any]:
    """The answer for a series, which is read from a file as the commands read theirs; no message names that file."""
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as folder:
        path = Path(folder) / "series.csv"
        path.write_bytes(text(series, "series").encode())
        try:
            fields = answer(path, notes.append)
        except DataError as problem:
            raise DataError(str(problem).replace(str(path), "series")) from None
    return {**fields, "notes": [note.replace(str(path), "series") for note in notes]}


VERBS = {
    "tag": Verb("Tag texts", questions.TagQuestion, tag, answers.Tagged),
    "classify": Verb("Label texts", questions.ClassifyQuestion, classify, answers.Classified),
    "translate": Verb("Translate texts", questions.TranslateQuestion, translate, answers.Translated),
    "score": Verb("How probable given translations are", questions.ScoreQuestion, score, answers.Scored),
    "complete": Verb("The most probable next words", questions.CompleteQuestion, complete, answers.Completed),
    "forecast": Verb("What comes after a series", questions.ForecastQuestion, forecast, answers.Forecast),
    "detect": Verb("Anomalies in a series", questions.DetectQuestion, detect, answers.Detected),
}
