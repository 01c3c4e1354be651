"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the model that is in the folder."""

from __future__ import annotations

from pathlib import Path

from seqnlp.api.classifier import Classification, Classifier, Explanation, WordContribution
from seqnlp.api.detector import Detection, DetectionStream, Detector
from seqnlp.api.forecaster import Forecast, Forecaster, ForecastStream
from seqnlp.api.language_model import Completion, LanguageModel, Typed
from seqnlp.api.tagger import Span, TaggedText, Tagger, TagSequence
from seqnlp.api.translator import Hypothesis, Translation, Translator
from seqnlp.bundle import load_bundle
from seqnlp.metrics.events import Event
from seqnlp.tasks.anomaly_detection.stream import ScoredRow

__all__ = [
    "Classification",
    "Classifier",
    "Completion",
    "Detection",
    "DetectionStream",
    "Detector",
    "Event",
    "Explanation",
    "Forecast",
    "ForecastStream",
    "Forecaster",
    "Hypothesis",
    "LanguageModel",
    "ScoredRow",
    "Span",
    "TagSequence",
    "TaggedText",
    "Tagger",
    "Translation",
    "Translator",
    "Typed",
    "WordContribution",
    "load",
]

Model = Tagger | Translator | Classifier | LanguageModel | Forecaster | Detector

_CLASSES: dict[object, type[Model]] = {
    "translation": Translator,
    "classification": Classifier,
    "language_model": LanguageModel,
    "forecasting": Forecaster,
    "anomaly_detection": Detector,
}


def load(path: str | Path) -> Model:
    """Load the model of a run, or a saved model folder.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
    """
    return _CLASSES.get(load_bundle(path).description.get("task"), Tagger)(path)
