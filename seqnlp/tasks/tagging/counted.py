"""What a tagger's answers count for, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import load_bundle
from seqnlp.config.tagging import DataConfig, TaggingConfig
from seqnlp.data.sources import document_lines
from seqnlp.metrics.entities import sentence_counts
from seqnlp.metrics.paired_counts import CountedScore, f1_of, percent_of
from seqnlp.tasks.counted import CountedAnswers
from seqnlp.tasks.tagging.evaluation import PredictedSplit, predicted_split
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import spans_from_tags

_Counted = tuple[CountedScore, Sequence[object], Sequence[object]]
"""A score, and the gold answers and the model's that it is of, (S,)."""


def counted_tags(run: Path, config: TaggingConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Right, predicted and gold entities of each sentence or, where tags mark none, right tags and tags.

    The arguments and errors are those of :func:`seqnlp.tasks.tagging.evaluation.evaluate`.
    """
    predicted, scheme = predicted_split(load_bundle(run), config, split, say), config.data.scheme
    score, gold, answers = _counted_tags(predicted) if scheme == "none" else _counted_entities(predicted, scheme)
    return CountedAnswers(
        unit="sentences",
        examples=[(one.scored_tokens, right) for one, right in zip(predicted.sentences, gold, strict=True)],
        answers=answers,
        scores=[score],
        documents=_documents(config.data, split, predicted.sentences),
    )


def _counted_tags(predicted: PredictedSplit) -> _Counted:
    gold, answers = [one.tags for one in predicted.sentences], [tuple(tags) for tags in predicted.tags]
    right = [sum(map(str.__eq__, *pair)) for pair in zip(gold, answers, strict=True)]
    counts = np.array([right, [len(tags) for tags in gold]], dtype=np.float64).T  # (S, 2)
    return CountedScore("accuracy", counts, percent_of), gold, answers


def _counted_entities(predicted: PredictedSplit, scheme: str) -> _Counted:
    gold = [tuple(one.entities(scheme)) for one in predicted.sentences]
    pairs = zip(predicted.sentences, predicted.tags, strict=True)
    answers = [tuple(one.placed(spans_from_tags(tags, scheme))) for one, tags in pairs]
    return CountedScore("F1", sentence_counts(gold, answers).astype(np.float64), f1_of), gold, answers


def _documents(config: DataConfig, split: str, sentences: Sequence[TaggedSentence]) -> NDArray[np.int64]:
    """The document (S,) of each sentence; empty where the data name none."""
    starts = document_lines(config, split, sentences)
    lines = [sentence.line for sentence in sentences]
    return np.searchsorted(starts, lines, side="right") if starts else np.zeros(0, dtype=np.int64)
