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
    from seqnlp.api import (
        Classification,
        Classifier,
        Completion,
        DecodingConfig,
        Detection,
        DetectionStream,
        Detector,
        Epoch,
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
        SavedModel,
        ScoredRow,
        ScoredText,
        Span,
        Step,
        TaggedText,
        Tagger,
        TagSequence,
        Token,
        Translation,
        Translator,
        TypedText,
        WordContribution,
        load,
    )
    from seqnlp.api.mapping import batch
    from seqnlp.api.training import resume, train
    from seqnlp.errors import (
        ConfigError,
        DataError,
        RunError,
        SeqnlpError,
        TrainingError,
        WrongTypeError,
        WrongValueError,
    )

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
    "RunError",
    "SamplingOptions",
    "SavedModel",
    "ScoredRow",
    "ScoredText",
    "SeqnlpError",
    "Span",
    "Step",
    "TagSequence",
    "TaggedText",
    "Tagger",
    "Token",
    "TrainingError",
    "Translation",
    "Translator",
    "TypedText",
    "WordContribution",
    "WrongTypeError",
    "WrongValueError",
    "__version__",
    "batch",
    "load",
    "resume",
    "train",
]

if not TYPE_CHECKING:  # a type checker would take any name, misspelt ones too

    def __getattr__(name: str) -> object:
        """Names on first use: torch takes a second to import, and ``seqnlp --help`` needs none of it."""
        if name not in __all__:
            raise AttributeError(f"module 'seqnlp' has no attribute '{name}'")
        if name.endswith("Error"):
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
