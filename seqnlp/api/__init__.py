"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the model that is in the folder."""

from __future__ import annotations

from pathlib import Path

from seqnlp.api.classifier import Classification, Classifier, Explanation, WordContribution
from seqnlp.api.forecaster import Forecast, Forecaster, ForecastStream
from seqnlp.api.language_model import Completion, LanguageModel, Typed
from seqnlp.api.tagger import Span, TaggedText, Tagger, TagSequence
from seqnlp.api.translator import Hypothesis, Translation, Translator
from seqnlp.bundle import load_bundle

__all__ = [
    "Classification",
    "Classifier",
    "Completion",
    "Explanation",
    "Forecast",
    "ForecastStream",
    "Forecaster",
    "Hypothesis",
    "LanguageModel",
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

_CLASSES: dict[object, type[Tagger] | type[Translator] | type[Classifier] | type[LanguageModel] | type[Forecaster]] = {
    "translation": Translator,
    "classification": Classifier,
    "language_model": LanguageModel,
    "forecasting": Forecaster,
}


def load(path: str | Path) -> Tagger | Translator | Classifier | LanguageModel | Forecaster:
    """Load the model of a run, or a saved model folder.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
    """
    return _CLASSES.get(load_bundle(path).description.get("task"), Tagger)(path)
