"""From settings to a tagger: the one builder that training and loading share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.tagging import DataConfig, ModelConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.data.sources import split_format
from seqnlp.models.as_network import TensorSource, TorchContext, TorchTagger, torch_device
from seqnlp.models.contextual import ContextualEmbedder
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.nn.context import ContextInput
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.tagging.contextual import read_context
from seqnlp.tasks.tagging.prediction import TagPredictor
from seqnlp.tasks.tagging.saved import SavedTagger, read_tagger
from seqnlp.tasks.word_features import build_embedder, build_recurrent


def build_tagger(
    model: ModelConfig, features: WordFeatures, tags: Sequence[str], word_dim: int, context_dim: int = 0
) -> RecurrentTagger:
    """A tagger with fresh weights.

    Args:
        features: decides the sizes of the tables.
        tags: every tag, in the model's scheme.
        word_dim: width of the word embedding (that of the vectors, if there are any).
        context_dim: width of the contextual embeddings; 0: there are none.
    """
    embedder = build_embedder(model, features, word_dim)
    context = ContextInput(context_dim, model.context_dim, model.context_dropout) if context_dim else None
    recurrent = build_recurrent(model, embedder.output_dim + (context.output_dim if context else 0))
    return RecurrentTagger(embedder, recurrent, tags, model.scheme, model.output, model.input_dropout, context)


@dataclass(frozen=True)
class LoadedTagger:
    """A tagger from a model folder as a module of torch, ready to use."""

    model: RecurrentTagger
    saved: SavedTagger
    context: ContextualEmbedder | None = None

    def predictor(self, context: TensorSource | None = None) -> TagPredictor:
        """What tags with it, without a temperature and a penalty.

        Args:
            context: knows the contextual embeddings, if not the tagger's own character models.
        """
        saved = self.saved
        return module_predictor(self.model, saved.features, saved.tags, saved.scheme, context or self.context)


def module_predictor(
    model: RecurrentTagger,
    features: WordFeatures,
    tags: Sequence[str],
    scheme: str,
    context: TensorSource | None = None,
) -> TagPredictor:
    """What tags with a module of torch, without a temperature and a penalty."""
    source = None if context is None else TorchContext(context)
    return TagPredictor(TorchTagger(model), features, tags, scheme, context=source)


def columns_of(data: DataConfig) -> dict[str, Any]:
    """How column files are read: as the training data were, or CoNLL where those had no columns."""
    form = split_format(data, "train")
    if form == "conllu":
        return {"format": "conllu", "token": 1}
    if form != "conll":
        return {"format": "conll", "token": 0}
    columns = {"format": "conll", "token": int(data.token_column), "tag": int(data.tag_column)}
    return columns if data.comment == "auto" else {**columns, "comment": data.comment}


def describe(
    model: ModelConfig, word_dim: int, data_scheme: str, tokenizer: str, about: dict[str, Any]
) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    settings = {
        key: value
        for key, value in asdict(model).items()
        if key not in ("vectors", "piece_vectors", "word_dim", "context")
    }
    return {
        "task": "tagging",
        "data_scheme": data_scheme,
        "tokenizer": tokenizer,
        "word_dim": word_dim,
        "temperature": 1.0,
        "outside_penalty": 0.0,
        "model": settings,
        "about": about,
    }


def tagger_from_bundle(bundle: Bundle) -> LoadedTagger:
    """The tagger of a model folder as a module of torch; see :func:`tagger_from_saved`."""
    return tagger_from_saved(read_tagger(bundle))


def tagger_from_saved(saved: SavedTagger, device: str = "cpu") -> LoadedTagger:
    """A saved tagger as a module of torch, in inference mode; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
    """
    place, context = torch_device(device), read_context(saved.readers)
    dims = (saved.word_dim, context.dim if context else 0)
    model = with_weights(
        lambda: build_tagger(saved.settings, saved.features, saved.tags, *dims), saved.weights, saved.folder / TENSORS
    )
    return LoadedTagger(model.to(place), saved, context.to(place) if context else None)
