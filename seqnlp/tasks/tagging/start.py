"""A tagger that goes on from another one: old labels keep their scores, new ones begin as "outside" less a margin.

A path of tags with a new label scores as much as the same path with "outside" there, less ``NEW_LABEL_MARGIN`` a
word. So the best tags of any text are those of the start until the run has learnt something.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from seqnlp.config.tagging import DataConfig, TaggingConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.tasks import start
from seqnlp.tasks.pretrained_vectors import Vectors
from seqnlp.tasks.tagging.saved import SavedTagger, read_tagger
from seqnlp.text.tags import OUTSIDE
from seqnlp.text.tokenize import AUTO

TaggerStart = start.Start[SavedTagger]


def tagger_start(config: TaggingConfig) -> TaggerStart | None:
    """The tagger that a run begins with, if it begins with one.

    Raises:
        RunError: there is none, it is of another task, or its settings are others.
    """
    if not config.start_from:
        return None
    bundle = start.start_bundle(config)
    saved = read_tagger(bundle)
    start.refuse_other_settings(config, saved.settings, config.model)
    start.refuse_other(config, "contextual embeddings", *map(_read, (bool(saved.readers), bool(config.model.context))))
    return TaggerStart(saved, bundle)


def with_its_tokenizer(data: DataConfig, config: TaggingConfig, begun: TaggerStart) -> DataConfig:
    """The data's settings with the tokenizer of the start.

    Raises:
        RunError: another one was asked for.
    """
    if data.tokenizer != AUTO:
        start.refuse_other(config, "data.tokenizer", begun.saved.tokenizer, data.tokenizer)
    return replace(data, tokenizer=begun.saved.tokenizer)


def features_of(
    config: TaggingConfig, begun: TaggerStart, learnt: WordFeatures, vectors: Vectors | None
) -> WordFeatures:
    """What the start and this run's data know of words.

    Raises:
        RunError: vectors of another width, or for a tagger without.
    """
    start.refuse_other_width(config, begun.saved.word_dim, vectors)
    return start.joined_features(config, begun.saved.features, learnt, vectors)


def take_over(config: TaggingConfig, begun: TaggerStart, model: RecurrentTagger) -> None:
    """Give a tagger the weights of the start.

    Raises:
        RunError: they do not fit.
    """
    tags = begun.saved.tags
    row = tags.index(OUTSIDE) if OUTSIDE in tags else None  # plain tags: all may stand anywhere, so the mean will do
    labels = ("project.weight", "project.bias", "crf.start_transitions", "crf.end_transitions", "crf.transitions")
    start.take_over_weights(config, model, begun.bundle, {**start.WORD_ROWS, **dict.fromkeys(labels, row)})
    with torch.no_grad():
        model.project.bias[len(tags) :] -= start.NEW_LABEL_MARGIN


def _read(context: bool) -> str:
    return "that it reads (model.context)" if context else "none (model.context empty)"
