"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the model that is in the folder.

Names are looked up on first use: a tagger does not need what a forecaster needs.
"""

from __future__ import annotations

from functools import reduce
from importlib import import_module
from inspect import signature
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seqnlp.task_table import TASKS, part_of

if TYPE_CHECKING:
    from seqnlp.config.translation import DecodingConfig
    from seqnlp.decode.sampling import SamplingOptions
    from seqnlp.metrics.events import Event
    from seqnlp.networks.engine import Engine
    from seqnlp.tasks.anomaly_detection.api import Detection, DetectionStream, Detector
    from seqnlp.tasks.anomaly_detection.stream import ScoredRow
    from seqnlp.tasks.classification.api import Classification, Classifier, Explanation, WordContribution
    from seqnlp.tasks.forecasting.answers import Forecast
    from seqnlp.tasks.forecasting.api import Forecaster
    from seqnlp.tasks.forecasting.stream import ForecastStream
    from seqnlp.tasks.language_model.api import Completion, LanguageModel, ScoredText, TypedText
    from seqnlp.tasks.saved_evaluation import Report
    from seqnlp.tasks.saved_model import SavedModel
    from seqnlp.tasks.tagging.answers import Span, TaggedText, TagSequence
    from seqnlp.tasks.tagging.api import Tagger
    from seqnlp.tasks.translation.answers import Hypothesis, Translation
    from seqnlp.tasks.translation.api import Translator
    from seqnlp.tasks.translation.network import TranslatorPrecision
    from seqnlp.tasks.translation.reranking import Reranker
    from seqnlp.text.tokenize import Token
    from seqnlp.training.callbacks import Epoch, Step

    Model: TypeAlias = Tagger | Translator | Classifier | LanguageModel | Forecaster | Detector

__all__ = [
    "Classification",
    "Classifier",
    "Completion",
    "DecodingConfig",
    "Detection",
    "DetectionStream",
    "Detector",
    "Epoch",
    "Event",
    "Explanation",
    "Forecast",
    "ForecastStream",
    "Forecaster",
    "Hypothesis",
    "LanguageModel",
    "Report",
    "Reranker",
    "SamplingOptions",
    "SavedModel",
    "ScoredRow",
    "ScoredText",
    "Span",
    "Step",
    "TagSequence",
    "TaggedText",
    "Tagger",
    "Token",
    "Translation",
    "Translator",
    "TypedText",
    "WordContribution",
    "load",
]

_HOMES = {
    "seqnlp.tasks.classification.api": ("Classification", "Classifier", "Explanation", "WordContribution"),
    "seqnlp.tasks.anomaly_detection.api": ("Detection", "DetectionStream", "Detector"),
    "seqnlp.tasks.forecasting.answers": ("Forecast",),
    "seqnlp.tasks.forecasting.api": ("Forecaster",),
    "seqnlp.tasks.forecasting.stream": ("ForecastStream",),
    "seqnlp.tasks.language_model.api": ("Completion", "LanguageModel", "ScoredText", "TypedText"),
    "seqnlp.tasks.saved_evaluation": ("Report",),
    "seqnlp.tasks.saved_model": ("SavedModel",),
    "seqnlp.tasks.tagging.answers": ("Span", "TagSequence", "TaggedText"),
    "seqnlp.tasks.tagging.api": ("Tagger",),
    "seqnlp.tasks.translation.answers": ("Hypothesis", "Translation"),
    "seqnlp.tasks.translation.api": ("Translator",),
    "seqnlp.tasks.translation.reranking": ("Reranker",),
    "seqnlp.config.translation": ("DecodingConfig",),
    "seqnlp.decode.sampling": ("SamplingOptions",),
    "seqnlp.metrics.events": ("Event",),
    "seqnlp.tasks.anomaly_detection.stream": ("ScoredRow",),
    "seqnlp.text.tokenize": ("Token",),
    "seqnlp.training.callbacks": ("Epoch", "Step"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker would take any name, misspelt ones too

    def __getattr__(name: str) -> Any:
        if name == "Model":  # whatever load returns
            return reduce(or_, (part_of(task, "model") for task in TASKS))
        if name not in _HOME_OF:
            raise AttributeError(f"module 'seqnlp.api' has no attribute '{name}'")
        return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__


def load(
    path: str | Path,
    *,
    engine: Engine = "auto",
    device: str = "cpu",
    threads: int = 0,
    precision: TranslatorPrecision = "auto",
) -> Model:
    """Load the model of a run, a saved model folder, or ``OWNER/NAME[@REVISION]`` of the Hugging Face Hub.

    Args:
        engine, device, threads, precision: as of the model's class; forecasters and detectors have one precision.

    Raises:
        RunError: there is no model, it is damaged or too new, or the Hub cannot be reached.
        WrongValueError: no such engine or precision.
        SeqnlpError: the engine is not installed, or does not compute on the device or in the precision.
    """
    from seqnlp.bundle_files import task_of
    from seqnlp.errors import WrongValueError

    task = task_of(path)
    kind = part_of(task, "model")
    options: dict[str, Any] = {"engine": engine, "device": device, "threads": threads}
    if "precision" in signature(kind).parameters:
        options["precision"] = precision
    elif precision != "auto":
        raise WrongValueError(f"precision: a model for {task} has only one, found '{precision}'; leave it out")
    model: Model = kind(path, **options)
    return model
