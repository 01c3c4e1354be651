"""seqnlp: compact sequence models, from a recipe to a program that somebody can ship.

>>> import seqnlp
>>> tagger = seqnlp.Tagger("RUN")  # doctest: +SKIP
>>> tagger.tag("Velisk Korrasel moved from Port Ombril to Yensa.").spans  # doctest: +SKIP
>>> translator = seqnlp.Translator("ANOTHER_RUN")  # doctest: +SKIP
>>> translator.translate("Ein Hund läuft.").text  # doctest: +SKIP
>>> classifier = seqnlp.Classifier("A_THIRD_RUN")  # doctest: +SKIP
>>> classifier.classify("A lovely film.").label  # doctest: +SKIP
>>> seqnlp.LanguageModel("A_FOURTH_RUN").complete("I grew up in")  # doctest: +SKIP
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would take most of the time of `import seqnlp`

if TYPE_CHECKING:
    from typing import Any

    from seqnlp.api import (
        Classification,
        Classifier,
        Completion,
        DecodingConfig,
        Detection,
        DetectionStream,
        Detector,
        Event,
        Explanation,
        Forecast,
        Forecaster,
        ForecastStream,
        Hypothesis,
        LanguageModel,
        Report,
        Reranker,
        SamplingOptions,
        ScoredRow,
        ScoredText,
        Span,
        TaggedText,
        Tagger,
        TagSequence,
        Translation,
        Translator,
        TypedText,
        WordContribution,
        load,
    )
    from seqnlp.api.mapping import batch
    from seqnlp.api.training import resume, train
    from seqnlp.errors import ConfigError, DataError, RunError, SeqnlpError, TrainingError

__version__ = "0.1.0"
__all__ = [
    "Classification",
    "Classifier",
    "Completion",
    "ConfigError",
    "DataError",
    "DecodingConfig",
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
    "Reranker",
    "RunError",
    "SamplingOptions",
    "ScoredRow",
    "ScoredText",
    "SeqnlpError",
    "Span",
    "TagSequence",
    "TaggedText",
    "Tagger",
    "TrainingError",
    "Translation",
    "Translator",
    "TypedText",
    "WordContribution",
    "__version__",
    "batch",
    "load",
    "resume",
    "train",
]

_ERRORS = ("ConfigError", "DataError", "RunError", "SeqnlpError", "TrainingError")


def __getattr__(name: str) -> Any:
    """Names on first use: torch takes a second to import, and ``seqnlp --help`` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'seqnlp' has no attribute '{name}'")
    if name in _ERRORS:
        from seqnlp import errors

        return getattr(errors, name)
    if name == "batch":
        from seqnlp.api.mapping import batch

        return batch
    if name in ("resume", "train"):
        from seqnlp.api import training

        return getattr(training, name)
    from seqnlp import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return __all__
