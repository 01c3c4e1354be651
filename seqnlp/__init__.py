"""seqnlp: compact sequence models, from a recipe to a program that somebody can ship.

>>> import seqnlp
>>> tagger = seqnlp.load("RUN")  # doctest: +SKIP
>>> tagger.tag("Velisk Korrasel moved from Port Ombril to Yensa.").spans  # doctest: +SKIP
>>> translator = seqnlp.load("ANOTHER_RUN")  # doctest: +SKIP
>>> translator.translate("Ein Hund läuft.").text  # doctest: +SKIP
>>> classifier = seqnlp.load("A_THIRD_RUN")  # doctest: +SKIP
>>> classifier.classify("A lovely film.").label  # doctest: +SKIP
>>> seqnlp.load("A_FOURTH_RUN").complete("I grew up in")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqnlp.api import Classifier, Detector, LanguageModel, Tagger, Translator, load

__version__ = "0.1.0"
__all__ = ["Classifier", "Detector", "LanguageModel", "Tagger", "Translator", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """``load`` and the classes on first use: torch takes a second to import, and ``seqnlp --help`` needs none of it."""
    if name in ("Classifier", "Detector", "LanguageModel", "Tagger", "Translator", "load"):
        from seqnlp import api

        return getattr(api, name)
    raise AttributeError(f"module 'seqnlp' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
