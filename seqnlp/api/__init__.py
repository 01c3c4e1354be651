"""Use a trained model from Python: ``seqnlp.load("RUN")`` gives the tagger or the translator that is in the folder."""

from __future__ import annotations

from pathlib import Path

from seqnlp.api.tagger import Span, TaggedText, Tagger, TagSequence
from seqnlp.api.translator import Hypothesis, Translation, Translator
from seqnlp.bundle import load_bundle

__all__ = ["Hypothesis", "Span", "TagSequence", "TaggedText", "Tagger", "Translation", "Translator", "load"]


def load(path: str | Path) -> Tagger | Translator:
    """Load the model of a run, or a saved model folder.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
    """
    return Translator(path) if load_bundle(path).description.get("task") == "translation" else Tagger(path)
