"""A language model's folder as a module of torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.models.as_network import torch_device
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.language_model.saved import SavedLanguageModel, read_language_model


@dataclass(frozen=True)
class LoadedLanguageModel:
    """A language model from a model folder as a module of torch, ready to use."""

    model: RecurrentLanguageModel
    saved: SavedLanguageModel


def describe(config: LanguageModelConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "language_model",
        "lowercase": config.data.lowercase,
        "model": asdict(config.model),
        "about": asdict(config.about),
    }


def language_model_from_bundle(bundle: Bundle) -> LoadedLanguageModel:
    """The language model of a model folder as a module of torch; see :func:`language_model_from_saved`."""
    return language_model_from_saved(read_language_model(bundle))


def language_model_from_saved(saved: SavedLanguageModel, device: str = "cpu") -> LoadedLanguageModel:
    """A saved language model as a module of torch, in inference mode; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
        SeqnlpError: there is no such device.
    """
    model = with_weights(
        lambda: RecurrentLanguageModel(saved.settings, len(saved.tokens)), saved.weights, saved.folder / TENSORS
    )
    return LoadedLanguageModel(model.to(torch_device(device)), saved)
