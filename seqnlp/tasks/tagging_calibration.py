"""Make the probabilities of a trained tagger mean what they say: one temperature, fitted on the dev split.

Scores are divided by T before probabilities are computed (Guo et al. 2017, here for whole sequences): the best tags do
not change, only how sure the model is of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.config import DataConfig
from seqnlp.metrics.calibration import fit_temperature
from seqnlp.tasks.prediction import TagPredictor
from seqnlp.tasks.tagging_model import LoadedTagger, tagger_from_bundle
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import spans_from_tags


def calibrate(folder: Path, dev: Sequence[TaggedSentence], data: DataConfig) -> float:
    """Fit the temperature of a saved tagger on the dev split and store it in the model folder; 1 without dev split."""
    if not dev:
        return 1.0
    saved = load_bundle(folder)
    temperature = find_temperature(tagger_from_bundle(saved), dev)
    save_bundle(folder, replace(saved, description={**saved.description, "temperature": round(temperature, 4)}))
    return temperature


def find_temperature(tagger: LoadedTagger, sentences: Sequence[TaggedSentence]) -> float:
    """The temperature at which the predicted spans' (or tags') probabilities best explain which of them are right.

    It minimises the negative log likelihood of "this prediction is right" over the predictions, the quantity that users
    of a threshold rely on.
    """
    predictor = TagPredictor(tagger.model, tagger.features, tagger.tags, tagger.scheme)
    words = [sentence.tokens for sentence in sentences]

    def negative_log_likelihood(temperature: float) -> float:
        predictor.temperature = temperature
        probabilities, correct = scored_predictions(predictor, words, sentences, tagger.data_scheme)
        if len(correct) == 0:
            return math.nan  # nothing was predicted, so there is nothing to calibrate
        probabilities = np.clip(probabilities, 1e-6, 1 - 1e-6)
        return float(-np.mean(np.where(correct, np.log(probabilities), np.log1p(-probabilities))))

    with torch.inference_mode():
        return fit_temperature(negative_log_likelihood)


def scored_predictions(
    predictor: TagPredictor, words: Sequence[Sequence[str]], sentences: Sequence[TaggedSentence], scheme: str
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Probability (N,) and rightness (N,) of each predicted span (or of each tag, for plain tags)."""
    probabilities: list[float] = []
    correct: list[bool] = []
    for sentence, prediction in zip(sentences, predictor.predict(words), strict=True):
        if scheme == "none":
            probabilities += prediction.probabilities
            correct += [gold == tag for gold, tag in zip(sentence.tags, prediction.tags, strict=True)]
        else:
            gold = set(spans_from_tags(sentence.tags, scheme))
            probabilities += [span.probability for span in prediction.spans]
            correct += [(span.start, span.end, span.label) in gold for span in prediction.spans]
    return np.array(probabilities), np.array(correct, dtype=bool)
