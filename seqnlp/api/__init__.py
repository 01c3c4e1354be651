"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the model that is in the folder."""

from __future__ import annotations

from pathlib import Path

from seqnlp.bundle import load_bundle
from seqnlp.metrics.events import Event
from seqnlp.task_table import TASKS, part_of
from seqnlp.tasks.anomaly_detection.api import Detection, DetectionStream, Detector
from seqnlp.tasks.anomaly_detection.stream import ScoredRow
from seqnlp.tasks.classification.api import Classification, Classifier, Explanation, WordContribution
from seqnlp.tasks.forecasting.api import Forecast, Forecaster, ForecastStream
from seqnlp.tasks.language_model.api import Completion, LanguageModel, Typed
from seqnlp.tasks.saved_evaluation import Report
from seqnlp.tasks.tagging.api import Span, TaggedText, Tagger, TagSequence
from seqnlp.tasks.translation.api import Hypothesis, Translation, Translator

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
    "Report",
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


def load(path: str | Path) -> Model:
    """Load the model of a run, or a saved model folder.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
    """
    task = load_bundle(path).description.get("task")
    model: Model = part_of(task if task in TASKS else next(iter(TASKS)), "model")(path)
    return model
