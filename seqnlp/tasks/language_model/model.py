"""From a model folder to a language model that is ready to use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.config import LanguageModelConfig, RecurrentLanguageModelConfig, read_section
from seqnlp.errors import RunError
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.text.units import Units, units_from_folder

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True)
class LoadedLanguageModel:
    """A language model from a model folder, ready to use."""

    model: RecurrentLanguageModel
    units: Units
    lowercase: bool


def in_direction(units: NDArray[Number], direction: str) -> NDArray[Number]:
    """Units (N,), or their losses, as a model of this direction reads them; its own inverse."""
    return units if direction == "forward" else units[::-1].copy()


def describe(config: LanguageModelConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "language_model",
        "lowercase": config.data.lowercase,
        "model": asdict(config.model),
        "about": asdict(config.about),
    }


def language_model_from_bundle(bundle: Bundle) -> LoadedLanguageModel:
    """Rebuild the language model of a model folder, in inference mode.

    Raises:
        RunError: another task's model, an unknown key, or weights that do not fit the settings.
    """
    description = dict(bundle.description)
    if description.get("task") != "language_model":
        raise RunError(f"this is a model for {description.get('task')}, not a language model")
    try:
        del description["task"]
        settings = read_section(RecurrentLanguageModelConfig, description.pop("model"), "model.")
        lowercase = bool(description.pop("lowercase"))
    except KeyError as missing:
        raise RunError(f"the model's config.yaml lacks the key {missing}; it was changed or not saved whole") from None
    description.pop("about", None)
    if description:
        unknown = next(iter(description))
        raise RunError(f"the model's config.yaml has the unknown key '{unknown}'; install a newer seqnlp")
    units = units_from_folder(bundle.vocabulary, bundle.subwords)
    model = RecurrentLanguageModel(settings, len(units))
    try:
        model.load_state_dict(bundle.tensors)
    except RuntimeError as problem:
        raise RunError(f"the model's weights do not fit its config.yaml: {problem}") from problem
    return LoadedLanguageModel(model.eval().requires_grad_(False), units, lowercase)
