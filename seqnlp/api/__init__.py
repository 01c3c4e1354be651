"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the tagger, translator or classifier there."""

from __future__ import annotations

from pathlib import Path

from seqnlp.api.classifier import Classification, Classifier, Explanation, WordContribution
from seqnlp.api.tagger import Span, TaggedText, Tagger, TagSequence
from seqnlp.api.translator import Hypothesis, Translation, Translator
from seqnlp.bundle import load_bundle

__all__ = [
    "Classification",
    "Classifier",
    "Explanation",
    "Hypothesis",
    "Span",
    "TagSequence",
    "TaggedText",
    "Tagger",
    "Translation",
    "Translator",
    "WordContribution",
    "load",
]

_CLASSES: dict[str, type[Tagger] | type[Translator] | type[Classifier]] = {
    "translation": Translator,
    "classification": Classifier,
}


def load(path: str | Path) -> Tagger | Translator | Classifier:
    """Load the model of a run, or a saved model folder.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
    """
    return _CLASSES.get(str(load_bundle(path).description.get("task")), Tagger)(path)
