"""From settings to a tagger: the one builder that training and loading share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from seqnlp.bundle import TENSORS, Bundle
from seqnlp.bundle_fields import Fields
from seqnlp.config import DataConfig, ModelConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.data.sources import split_format
from seqnlp.models.contextual import ContextualEmbedder
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.nn.context import ContextInput
from seqnlp.nn.recurrent import Recurrent
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.tasks.tagging.contextual import split_context
from seqnlp.tasks.word_features import build_embedder, word_features
from seqnlp.text.tags import PREFIXES


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
    recurrent = Recurrent(
        embedder.output_dim + (context.output_dim if context else 0),
        model.hidden_dim,
        cell=model.cell,
        num_layers=model.num_layers,
        bidirectional=model.bidirectional,
        dropout=model.hidden_dropout,
        forget_bias=model.forget_bias,
    )
    return RecurrentTagger(embedder, recurrent, tags, model.scheme, model.output, model.input_dropout, context)


@dataclass(frozen=True)
class LoadedTagger:
    """A tagger from a model folder, ready to use."""

    model: RecurrentTagger
    features: WordFeatures
    tags: list[str]
    scheme: str
    data_scheme: str
    tokenizer: str
    temperature: float
    outside_penalty: float
    context: ContextualEmbedder | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)


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
    settings = {key: value for key, value in asdict(model).items() if key not in ("vectors", "word_dim", "context")}
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
    """Rebuild the tagger of a model folder, in inference mode.

    Raises:
        RunError: another task's model, an unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("tagging", "for tagging")
    bundle, context = split_context(bundle)
    saved = bundle.settings
    saved.text("task")
    settings, word_dim = saved.section("model", ModelConfig), saved.count("word_dim", 1)
    data_scheme, tokenizer = saved.text("data_scheme", ("none", *PREFIXES)), tokenizer_in(saved, "tokenizer")
    temperature, outside_penalty = saved.number("temperature"), saved.number("outside_penalty")
    columns = saved.fields("columns") if "columns" in saved else None
    saved.end("about")
    features = word_features(bundle.facts)
    model = with_weights(
        lambda: build_tagger(settings, features, bundle.labels, word_dim, context.dim if context else 0),
        bundle.tensors,
        bundle.folder / TENSORS,
    )
    return LoadedTagger(
        model,
        features,
        bundle.labels,
        settings.scheme,
        data_scheme,
        tokenizer,
        temperature,
        outside_penalty,
        context,
        _columns(columns) if columns else {"format": "conll", "token": 0},
    )


def _columns(saved: Fields) -> dict[str, Any]:
    columns: dict[str, Any] = {"format": saved.text("format"), "token": saved.count("token", -99)}
    if "tag" in saved:
        columns["tag"] = saved.count("tag", -99)
    if "comment" in saved:
        columns["comment"] = saved.text("comment")
    saved.end()
    return columns
