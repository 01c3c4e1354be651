"""What is fitted on the dev split once a tagger is trained: when to decide for an entity, and how sure to be of it.

*The outside penalty* decides how readily words are taken for entities. The most probable tags are not those with the
best expected F1: where the model is unsure, F1 gains by accepting spans less probable than one half (Lipton et al.
2014, "Optimal thresholding of classifiers to maximize F1 measure"; the threshold is half the best F1). Taking a
constant from the score of "outside" while decoding does that for whole sequences. The probabilities stay those of the
model. It is no larger than dev is sure of (``outside``).

*The temperature* makes the probabilities mean what they say. All scores of a sequence are divided by it before
probabilities are computed (Guo et al. 2017, here for whole sequences).

Then dev's mistakes are kept as numbers, which say what of an answer a person must look at (``review``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle, load_bundle, save_bundle
from seqnlp.metrics.calibration import fit_temperature
from seqnlp.metrics.entities import sentence_counts
from seqnlp.models.as_network import TensorSource
from seqnlp.tasks.tagging.model import tagger_from_bundle
from seqnlp.tasks.tagging.outside import PENALTIES, sure_penalty
from seqnlp.tasks.tagging.prediction import EmittedBatch, SentencePrediction, TagPredictor
from seqnlp.tasks.tagging.review import ENTITIES, TEXTS, Review, compared
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span


def calibrate(
    folder: Path, dev: Sequence[TaggedSentence], fit_outside: bool, context: TensorSource | None = None
) -> tuple[float, float]:
    """Fit both numbers for a saved tagger and store them in the model folder, with what dev's mistakes look like.

    Args:
        context: knows the contextual embeddings of dev already, which saves computing them.

    Returns:
        The outside penalty (0 unless ``fit_outside``, or for plain tags) and the temperature; 0 and 1 without dev.
    """
    if not dev:
        return 0.0, 1.0
    saved = load_bundle(folder)
    tagger = tagger_from_bundle(saved)
    predictor, scheme = tagger.predictor(context), tagger.saved.data_scheme
    batches = list(predictor.emit([sentence.tokens for sentence in dev]))
    penalty, temperature = _fitted(predictor, batches, dev, scheme, fit_outside)
    fitted = {"temperature": round(temperature, 4), "outside_penalty": round(penalty, 4)}
    weights = saved.weights
    if scheme != "none":
        predictor.temperature, predictor.outside_penalty = fitted["temperature"], fitted["outside_penalty"]
        weights = {**weights, **_review_tensors(predictor, batches, dev, scheme)}
    save_bundle(folder, replace(saved, description={**saved.description, **fitted}, weights=weights))
    return penalty, temperature


def take_over_calibration(folder: Path, earlier: Bundle) -> tuple[float, float]:
    """Store in a saved tagger's folder what was fitted for an earlier one that did not learn from dev.

    Returns:
        The outside penalty and the temperature.
    """
    saved, fitted = load_bundle(folder), ("outside_penalty", "temperature")
    numbers = {name: earlier.description[name] for name in fitted}
    review = {name: earlier.weights[name] for name in (ENTITIES, TEXTS) if name in earlier.weights}
    save_bundle(
        folder,
        replace(saved, description={**saved.description, **numbers}, weights={**saved.weights, **review}),
    )
    return float(numbers["outside_penalty"]), float(numbers["temperature"])


def _review_tensors(
    predictor: TagPredictor, batches: Sequence[EmittedBatch], dev: Sequence[TaggedSentence], scheme: str
) -> dict[str, NDArray[np.float32]]:
    """What dev's mistakes look like, for the model folder."""
    entropies = predictor.uncertainty_of(batches, len(dev), "entropy")
    review = Review.of_dev(compared(predictor.decode(batches, len(dev)), entropies, dev, scheme))
    return {ENTITIES: review.entities.astype(np.float32), TEXTS: review.texts.astype(np.float32)}


def _fitted(
    predictor: TagPredictor,
    batches: Sequence[EmittedBatch],
    dev: Sequence[TaggedSentence],
    scheme: str,
    fit_outside: bool,
) -> tuple[float, float]:
    """The outside penalty and the temperature."""

    def counts(penalty: float) -> NDArray[np.int64]:
        predictor.outside_penalty = penalty
        predictions = predictor.decode(batches, len(dev), probabilities=False)
        return sentence_counts(gold, [s.placed(found_spans(p)) for s, p in zip(dev, predictions, strict=True)])

    def negative_log_likelihood(temperature: float) -> float:
        predictor.temperature = temperature
        predictions = predictor.decode(batches, len(dev))
        probabilities, correct = scored_predictions(predictions, dev, scheme)
        if len(correct) == 0:
            return math.nan  # nothing was predicted, so there is nothing to calibrate
        probabilities = np.clip(probabilities, 1e-6, 1 - 1e-6)
        return float(-np.mean(np.where(correct, np.log(probabilities), np.log1p(-probabilities))))

    penalty = 0.0
    if fit_outside and scheme != "none":
        gold = [sentence.entities(scheme) for sentence in dev]
        penalty = sure_penalty(np.stack([counts(float(candidate)) for candidate in PENALTIES]))
    predictor.outside_penalty = penalty
    return penalty, fit_temperature(negative_log_likelihood)


def found_spans(prediction: SentencePrediction) -> list[Span]:
    """The entities of a prediction, without their probabilities."""
    return [Span(span.start, span.end, span.label) for span in prediction.spans]


def scored_predictions(
    predictions: Sequence[SentencePrediction], sentences: Sequence[TaggedSentence], scheme: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probability (N,) and rightness (N,) of each predicted span (or of each tag, for plain tags)."""
    probabilities: list[float] = []
    correct: list[bool] = []
    for sentence, prediction in zip(sentences, predictions, strict=True):
        if scheme == "none":
            probabilities += prediction.probabilities
            correct += [gold == tag for gold, tag in zip(sentence.tags, prediction.tags, strict=True)]
        else:
            gold_spans = set(sentence.entities(scheme))
            probabilities += [span.probability for span in prediction.spans]
            correct += [span in gold_spans for span in sentence.placed(found_spans(prediction))]
    return np.array(probabilities), np.array(correct, dtype=bool)
