"""Where the character models of contextual embeddings come from: runs of language models, or a tagger's own folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle, weights_of
from seqnlp.bundle_files import TENSORS, find_model
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.errors import ConfigError, RunError
from seqnlp.models.contextual import CharacterEncoder, ContextualEmbedder
from seqnlp.models.language_model import LanguageModelEncoder
from seqnlp.networks.graph import Array
from seqnlp.saved_weights import with_weights
from seqnlp.task_table import part_of
from seqnlp.tasks.tagging.saved import KEY, SavedEncoder
from seqnlp.text.language_tokens import CharacterTokens


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
        actual = " and ".join(f"{run} reading {direction}" for run, direction in zip(runs, directions, strict=True))
        expected = "expected one language model that reads forward and one that reads backward, or one of them"
        raise ConfigError([f"model.context: {expected}; found {actual}"])
    return embedder


def add_context(bundle: Bundle, context: ContextualEmbedder | None) -> Bundle:
    """A tagger's folder with the character models in it, so that it is complete by itself."""
    if context is None:
        return bundle
    readers = context.readers
    described = [{"lowercase": reader.lowercase, "model": asdict(reader.reader.config)} for reader in readers]
    weights = {
        f"{KEY}.{number}.{name}": array
        for number, reader in enumerate(readers)
        for name, array in weights_of(_rounded(reader.reader.state_dict())).items()
    }
    return replace(
        bundle,
        description={**bundle.description, KEY: described},
        vocabulary={**bundle.vocabulary, KEY: [reader.tokens.to_vocabulary() for reader in readers]},
        weights={**bundle.weights, **weights},
    )


def read_context(readers: Sequence[SavedEncoder]) -> ContextualEmbedder | None:
    """The character models of a tagger's folder; None if it has none.

    Raises:
        RunError: weights that do not fit.
    """
    if not readers:
        return None
    return ContextualEmbedder(
        [_make(one.settings, one.characters, one.lowercase, one.weights, one.folder) for one in readers]
    )


def _unfit(run: str) -> str:
    """Why a folder cannot be read as a language model of characters, or nothing."""
    try:
        find_model(run)
    except RunError as problem:
        train = f"seqnlp train recipe=language_model/web_characters run={run}"
        return f"model.context: {problem}. `{train}` trains one; with model.direction=backward one that reads backward"
    bundle = load_bundle(run)
    if bundle.task != "language_model":
        return f"model.context: expected language models of characters, found one for {bundle.task} in {run}"
    kind = bundle.vocabulary.get("kind")
    if kind != "characters":
        return f"model.context: expected language models of characters, found one of {kind} in {run}"
    return ""


def _reader_of(bundle: Bundle) -> CharacterEncoder:
    """What reads in a language model's folder; its output layer is left out."""
    loaded = part_of("language_model", "load")(bundle)
    names = LanguageModelEncoder(loaded.model.config, len(loaded.saved.tokens)).state_dict()
    tensors = {name: tensor for name, tensor in loaded.model.state_dict().items() if name in names}
    characters = loaded.saved.tokens.to_vocabulary()["characters"]
    return _make(loaded.model.config, characters, loaded.saved.lowercase, weights_of(_rounded(tensors)), bundle.folder)


def _make(
    settings: RecurrentLanguageModelConfig,
    characters: Sequence[str],
    lowercase: bool,
    weights: dict[str, Array],
    folder: Path,
) -> CharacterEncoder:
    tokens = CharacterTokens(characters)
    reader = with_weights(lambda: LanguageModelEncoder(settings, len(tokens)), weights, folder / TENSORS)
    return CharacterEncoder(reader, tokens, lowercase)


def _rounded(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.half() for name, tensor in tensors.items()}
