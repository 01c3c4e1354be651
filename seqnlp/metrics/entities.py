"""Entity precision, recall and F1: a prediction is right if both edges and the type are those of a gold entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.metrics.scores import LabelScores, Scores
from seqnlp.text.tags import OUTSIDE, Span

SEQEVAL_SCHEMES = {"iob1": "IOB1", "iob2": "IOB2", "bioes": "IOBES", "bilou": "BILOU"}


def entity_scores(gold: Iterable[Sequence[Span]], predicted: Iterable[Sequence[Span]]) -> LabelScores:
    """Scores of the predicted entities of each sentence; micro F1 is what "the F1" means.

    Raises:
        ValueError: there are not as many predicted sentences as gold ones.
    """
    correct, guessed, actual = Counter[str](), Counter[str](), Counter[str]()
    for gold_spans, predicted_spans in zip(gold, predicted, strict=True):
        gold_set, predicted_set = set(gold_spans), set(predicted_spans)
        correct.update(span.label for span in gold_set & predicted_set)
        guessed.update(span.label for span in predicted_set)
        actual.update(span.label for span in gold_set)
    return LabelScores.from_counts(correct, guessed, actual)


def sentence_counts(gold: Iterable[Sequence[Span]], predicted: Iterable[Sequence[Span]]) -> NDArray[np.int64]:
    """Correct, predicted and gold entities of each sentence, ``(sentences, 3)``: what intervals are drawn from."""
    pairs = zip(map(set, gold), map(set, predicted), strict=True)
    counts = [(len(actual & guessed), len(guessed), len(actual)) for actual, guessed in pairs]
    return np.array(counts, dtype=np.int64).reshape(-1, 3)


def seqeval_scores(
    gold_tags: Iterable[Sequence[str]], predicted_tags: Iterable[Sequence[str]], scheme: str
) -> LabelScores:
    """The same scores as computed by seqeval in strict mode, the field's reference; tags are in ``scheme``.

    Raises:
        SeqnlpError: the scheme has no entities (``none``) or is unknown.
    """
    if scheme not in SEQEVAL_SCHEMES:
        raise SeqnlpError(f"expected tags in one of {', '.join(SEQEVAL_SCHEMES)} to find entities in, found '{scheme}'")
    import seqeval.metrics
    import seqeval.scheme

    gold, predicted = [list(tags) for tags in gold_tags], [list(tags) for tags in predicted_tags]
    labels = sorted({tag[2:] for tags in gold + predicted for tag in tags if tag != OUTSIDE})
    codes = {label: f"T{number:06}" for number, label in enumerate(labels)}  # seqeval strips hyphens of types
    gold, predicted = _coded(gold, codes), _coded(predicted, codes)
    if all(tag == "O" for tags in gold + predicted for tag in tags):
        return entity_scores([], [])  # seqeval fails where there is no entity
    rows = seqeval.metrics.classification_report(
        gold,
        predicted,
        mode="strict",
        scheme=getattr(seqeval.scheme, SEQEVAL_SCHEMES[scheme]),
        output_dict=True,
        zero_division=0,
    )
    micro, macro_mean, _ = (_scores_of(rows.pop(f"{average} avg")) for average in ("micro", "macro", "weighted"))
    return LabelScores(micro, macro_mean, {label: _scores_of(rows[codes[label]]) for label in labels})


def _coded(sentences: Sequence[Sequence[str]], codes: Mapping[str, str]) -> list[list[str]]:
    """The same tags with other names of the types."""
    return [[tag if tag == OUTSIDE else f"{tag[0]}-{codes[tag[2:]]}" for tag in tags] for tags in sentences]


def _scores_of(row: dict[str, Any]) -> Scores:
    return Scores(float(row["precision"]), float(row["recall"]), float(row["f1-score"]), int(row["support"]))
