"""Where the character models of contextual embeddings come from: runs of language models, or a tagger's own folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from torch import Tensor

from seqnlp.bundle import TENSORS, Bundle, find_model, load_bundle
from seqnlp.config import RecurrentLanguageModelConfig
from seqnlp.errors import ConfigError, RunError
from seqnlp.models.contextual import CharacterReader, ContextualEmbedder
from seqnlp.models.language_model import UnitReader
from seqnlp.saved_weights import with_weights
from seqnlp.task_table import part_of
from seqnlp.text.units import CharacterUnits

KEY = "character_models"
"""What the parts of a tagger's folder that belong to the character models are called."""


def load_context(runs: Sequence[str]) -> ContextualEmbedder:
    """The character models of some runs; their weights are rounded to 16 bits, as a tagger's folder keeps them.

    Raises:
        ConfigError: a folder holds no language model of characters, or two read in the same direction.
        RunError: a model is damaged or too new.
    """
    problems = [problem for run in runs if (problem := _unfit(run))]
    if problems:
        raise ConfigError(problems)
    embedder = ContextualEmbedder([_reader_of(load_bundle(run)) for run in runs])
    directions = embedder.directions
    if len(set(directions)) < len(directions):
        found = " and ".join(f"{run} reading {direction}" for run, direction in zip(runs, directions, strict=True))
        expected = "expected one language model that reads forward and one that reads backward, or one of them"
        raise ConfigError([f"model.context: {expected}; found {found}"])
    return embedder


def add_context(bundle: Bundle, context: ContextualEmbedder | None) -> Bundle:
    """A tagger's folder with the character models in it, so that it is complete by itself."""
    if context is None:
        return bundle
    readers = context.readers
    described = [{"lowercase": reader.lowercase, "model": asdict(reader.reader.config)} for reader in readers]
    tensors = {
        f"{KEY}.{number}.{name}": tensor
        for number, reader in enumerate(readers)
        for name, tensor in _rounded(reader.reader.state_dict()).items()
    }
    return replace(
        bundle,
        description={**bundle.description, KEY: described},
        vocabulary={**bundle.vocabulary, KEY: [reader.units.to_vocabulary() for reader in readers]},
        tensors={**bundle.tensors, **tensors},
    )


def split_context(bundle: Bundle) -> tuple[Bundle, ContextualEmbedder | None]:
    """The inverse of :func:`add_context`.

    Raises:
        RunError: a part is missing or does not fit.
    """
    if KEY not in bundle.description:
        return bundle, None
    described, characters = bundle.settings.several(KEY), bundle.facts.several(KEY)
    if len(described) != len(characters):
        raise RunError(f"{bundle.folder} describes {len(described)} character models and has {len(characters)}")
    readers = [
        _make(
            one.section("model", RecurrentLanguageModelConfig),
            vocabulary.texts("characters"),
            one.flag("lowercase"),
            _below(bundle.tensors, f"{KEY}.{number}."),
            bundle.folder,
        )
        for number, (one, vocabulary) in enumerate(zip(described, characters, strict=True))
    ]
    own = replace(
        bundle,
        description={key: value for key, value in bundle.description.items() if key != KEY},
        vocabulary={key: value for key, value in bundle.vocabulary.items() if key != KEY},
        tensors={name: tensor for name, tensor in bundle.tensors.items() if not name.startswith(f"{KEY}.")},
    )
    return own, ContextualEmbedder(readers)


def _unfit(run: str) -> str:
    """Why a folder cannot be read as a language model of characters, or nothing."""
    try:
        find_model(run)
    except RunError as problem:
        train = f"seqnlp train recipe=language_model/web_characters run={run}"
        return f"model.context: {problem}. `{train}` trains one; with model.direction=backward one that reads backward"
    bundle = load_bundle(run)
    task = bundle.description.get("task")
    if task != "language_model":
        return f"model.context: expected language models of characters, found one for {task} in {run}"
    kind = bundle.vocabulary.get("kind")
    if kind != "characters":
        return f"model.context: expected language models of characters, found one of {kind} in {run}"
    return ""


def _reader_of(bundle: Bundle) -> CharacterReader:
    """What reads in a language model's folder; its output layer is left out."""
    loaded = part_of("language_model", "load")(bundle)
    names = UnitReader(loaded.model.config, len(loaded.units)).state_dict()
    tensors = {name: tensor for name, tensor in loaded.model.state_dict().items() if name in names}
    characters = loaded.units.to_vocabulary()["characters"]
    return _make(loaded.model.config, characters, loaded.lowercase, _rounded(tensors), bundle.folder)


def _make(
    settings: RecurrentLanguageModelConfig,
    characters: Sequence[str],
    lowercase: bool,
    tensors: dict[str, Tensor],
    folder: Path,
) -> CharacterReader:
    units = CharacterUnits(characters)
    reader = with_weights(lambda: UnitReader(settings, len(units)), tensors, folder / TENSORS)
    return CharacterReader(reader, units, lowercase)


def _rounded(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.half() for name, tensor in tensors.items()}


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
