"""Fine-tuning: the model that a run begins with (``start_from``), and what of it the run must share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.bundle_files import TENSORS, VOCABULARY
from seqnlp.config.common import Config
from seqnlp.data.lexicon import FIRST_CHARACTER, Lexicon, WordFeatures, normalized
from seqnlp.errors import RunError
from seqnlp.tasks.pretrained_vectors import Vectors
from seqnlp.text.files import file_digest
from seqnlp.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from torch import nn

    from seqnlp.nn.embed import WordEmbedder
    from seqnlp.nn.grow import Row

Saved = TypeVar("Saved")

_FREE = (
    "vectors",
    "piece_vectors",
    "word_dim",
    "context",
    "min_count",
    "forget_bias",
    "metric",
    "class_weights",
    "fit_outside",
    "ngrams",
)
"""Settings of models that a run may change, beside all dropouts: they decide no weight's size or meaning."""

NEW_LABEL_MARGIN = 4.0
"""What a new label scores below the label it begins as a copy of, so that it is not given before it is learnt."""

WORD_ROWS: Mapping[str, Row] = {
    "embedder.table.weight": 0,
    "embedder.characters.embedding.weight": FIRST_CHARACTER,
    "embedder.vectors.codes": 0,
    "embedder.vectors.scales": 0,
}
"""New words and characters begin as the unknown one, as which they were read so far; vectors as none."""


@dataclass(frozen=True)
class Start(Generic[Saved]):
    """The model that a run begins with, and its folder."""

    saved: Saved
    bundle: Bundle


def start_bundle(config: Config) -> Bundle:
    """The model that a run begins with.

    Raises:
        RunError: there is none, or it is of another task.
    """
    return bundle_of_setting(config, "start_from", config.start_from)


def bundle_of_setting(config: Config, setting: str, folder: str) -> Bundle:
    """A model that a setting of the run names.

    Raises:
        RunError: there is none, or it is of another task.
    """
    from seqnlp.training.checkpoint import has_checkpoint

    try:
        bundle = load_bundle(folder)
    except RunError as problem:
        resumed = has_checkpoint(Path(config.run))
        advice = "; the run began with it and cannot go on without it" if resumed else ""
        raise RunError(f"{setting}: {problem}{advice}") from None
    if bundle.task != config.task:
        found = f"found one of task={bundle.task} in {folder}"
        raise RunError(f"{setting}: expected a model of task={config.task}, {found}")
    return bundle


def start_digests(bundle: Bundle) -> dict[str, str]:
    """The digest of the model that a run began with; a checkpoint that began with another one is refused."""
    digest = file_digest(bundle.folder / TENSORS) + file_digest(bundle.folder / VOCABULARY)
    return {"the model of start_from": digest}


def name_of(bundle: Bundle) -> str:
    """What a model card calls the model."""
    return str(bundle.metrics.get("recipe") or "a model without a name")


def begins_with(config: Config, new: Mapping[str, int]) -> str:
    """What to say of the start.

    Args:
        new: how many words, labels and so on it has not.
    """
    return f"begins with the weights of {config.start_from}; new: " + ", ".join(
        f"{count:,} {what}" for what, count in new.items()
    )


def refuse_other_settings(config: Config, saved: Any, own: Any, free: Iterable[str] = ()) -> None:
    """Stop at settings of the model that decide what its weights mean, and are not those of the start.

    Args:
        saved, own: the model's settings there and here.
        free: those of this task that may differ, beside the usual ones.

    Raises:
        RunError: with what to type.
    """
    theirs, ours = asdict(saved), asdict(own)
    kept = [name for name in ours if name not in (*_FREE, *free) and "dropout" not in name and name != "weight_drop"]
    different = [name for name in kept if theirs[name] != ours[name]]
    if different:
        here = ", ".join(f"{name} {_shown(ours[name])}" for name in different)
        wanted = " ".join(f"model.{name}={_shown(theirs[name])}" for name in different)
        raise RunError(
            f"start_from: expected the settings of the model in {config.start_from}, found {here}; give {wanted}"
        )


def _shown(value: object) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "''"


def refuse_other(config: Config, what: str, wanted: str, actual: str) -> None:
    """Stop where something must be as in the start and is not.

    Args:
        what: its name, such as ``the columns``.

    Raises:
        RunError: with both.
    """
    if wanted != actual:
        raise RunError(f"start_from: expected {what} {wanted}, as {config.start_from} has, found {actual}")


def refuse_other_width(config: Config, width: int, vectors: Vectors | None) -> None:
    """Stop at vectors of another width than the start's words have.

    Raises:
        RunError: with both.
    """
    if vectors and vectors.words:
        refuse_other(config, "vectors of width", str(width), str(vectors.width))


def take_over_weights(
    config: Config, model: nn.Module, bundle: Bundle, rows: Mapping[str, Row] | None = None, own: tuple[str, ...] = ()
) -> None:
    """Give a model the weights of the start.

    Args:
        rows: of weights that may grow, what new rows begin as.
        own: beginnings of the names of those that stay what they are here.

    Raises:
        RunError: they do not fit.
    """
    from seqnlp.nn.grow import UnfitWeightsError, take_over

    mine = model.state_dict()
    known = {name: tensor for name, tensor in bundle.tensors.items() if name in mine and not name.startswith(own)}
    known |= {name: tensor for name, tensor in mine.items() if own and name.startswith(own)}
    try:
        take_over(model, known, rows or {})
    except UnfitWeightsError as problem:
        raise RunError(f"start_from: the weights of {config.start_from} do not fit this run: {problem}") from None


def joined(old: Sequence[str], new: Iterable[str]) -> list[str]:
    """The old names in their order, then those that are new."""
    known = set(old)
    return [*old, *(name for name in new if name not in known)]


def joined_features(config: Config, start: WordFeatures, new: WordFeatures, vectors: Vectors | None) -> WordFeatures:
    """What the start knows of words, and then what this run's data and vectors have beside it; its pieces stay its own.

    Raises:
        RunError: vectors for a start that reads none, or those of pieces for one without.
    """
    if vectors and vectors.words and not start.num_vectors:
        raise RunError(f"start_from: {config.start_from} reads no pretrained vectors; leave model.vectors empty")
    if vectors and vectors.pieces and not len(start.pieces):
        raise RunError(f"start_from: {config.start_from} reads no word pieces; leave model.piece_vectors empty")
    words, characters = (
        Vocabulary(joined(mine.words, theirs.words))
        for mine, theirs in ((start.words, new.words), (start.characters, new.characters))
    )
    more = [vectors.words[row] for row in _new_rows(start, vectors)] if vectors else []
    rows = Vocabulary([*start.vector_words.words, *more])
    return WordFeatures(words, rows, characters, start.lowercase, start.pieces)


def fill_new_words(embedder: WordEmbedder, start: WordFeatures, vectors: Vectors | None, lexicon: Lexicon) -> None:
    """Put the vectors of words that the start has none of into an embedder that took over its weights.

    Corrections of new words begin at zero.

    Args:
        lexicon: of the training split.
    """
    import torch

    forms = lexicon.columns()
    new = forms.word_ids >= len(start.words)  # (N,)
    has_vector = torch.from_numpy(forms.vectors.lengths[new] > 0)
    embedder.start_corrections_at_zero(torch.from_numpy(forms.word_ids[new]), has_vector)
    if vectors and embedder.vectors is not None:
        embedder.vectors.fill(vectors.values[_new_rows(start, vectors)], first=start.num_vectors + 1)


def _new_rows(start: WordFeatures, vectors: Vectors) -> list[int]:
    """The vectors of words that the start has not learnt: what it says of others must not change."""
    return [
        row
        for row, word in enumerate(vectors.words)
        if word not in start.vector_words and normalized(word, start.lowercase) not in start.words
    ]
