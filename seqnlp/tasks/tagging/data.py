"""Labelled files to encoded splits, and what the training split teaches about words, characters and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from seqnlp.config.tagging import DataConfig, ModelConfig
from seqnlp.data.encode import EncodedSplit, encode_split
from seqnlp.data.label_suspicions import unseen_labels
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.partial import known_tags
from seqnlp.data.repeated_texts import contradictions, shared
from seqnlp.errors import DataError
from seqnlp.text.garbled import garbled_note
from seqnlp.text.partial_tags import named_tags
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import OUTSIDE, convert_tags, spans_from_tags, tag_set


def learn_tags(sentences: Sequence[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[str]:
    """All tags the model may give: the full set of its scheme for the training split's types, or the plain tags."""
    if model.scheme == "none":
        return sorted({tag for sentence in sentences for tag in _named(sentence)})
    return tag_set(entity_types(sentences, data.scheme), model.scheme)


def refuse_one_tag(tags: Sequence[str], source: str) -> None:
    """Pass if there is anything to learn: more than one tag.

    Raises:
        DataError: the training split has no entities, or one plain tag only.
    """
    if tags == [OUTSIDE]:
        raise DataError(
            "expected entities in the training split, found the tag O only; is data.tag_column right?", source
        )
    if len(tags) < 2:
        actual = f"'{tags[0]}' only" if tags else "none that is known"
        raise DataError(f"expected several tags in the training split, found {actual}", source)


def entity_types(sentences: Iterable[TaggedSentence], scheme: str) -> list[str]:
    """The sorted types of all entities, also of those that are not known for sure."""
    types: set[str] = set()
    for sentence in sentences:
        if sentence.partial:
            types |= {tag.partition("-")[2] for tag in named_tags(sentence.tags) if tag != OUTSIDE}
        else:
            types |= {span.label for span in spans_from_tags(sentence.tags, scheme)}
    return sorted(types)


def labels_of(tags: Sequence[str], scheme: str) -> list[str]:
    """The types of entities that a model's tags can say, or the plain tags."""
    if scheme == "none":
        return list(tags)
    return sorted({tag.partition("-")[2] for tag in tags if tag != OUTSIDE})


def _named(sentence: TaggedSentence) -> Sequence[str]:
    return named_tags(sentence.tags) if sentence.partial else sentence.tags


def model_tags(sentences: Iterable[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[list[str]]:
    """The gold tags in the model's scheme; those that are known in part as they are."""
    return [
        list(sentence.tags) if sentence.partial else convert_tags(sentence.tags, data.scheme, model.scheme)
        for sentence in sentences
    ]


def encoded(
    sentences: Sequence[TaggedSentence], data: DataConfig, model: ModelConfig, lexicon: Lexicon, tags: Sequence[str]
) -> EncodedSplit:
    """The training split as arrays, with what is known of its tags and what its sentences count for.

    Args:
        tags: of the model.

    Raises:
        DataError: no sentence counts for anything.
    """
    index, gold = {tag: number for number, tag in enumerate(tags)}, model_tags(sentences, data, model)
    split = encode_split(sentences, gold, lexicon, index)
    weights = np.array([sentence.weight for sentence in sentences], dtype=np.float32)  # (S,)
    if not weights.any():
        raise DataError(f"expected a sentence whose weight ('{data.weight_column}') is more than 0, found none")
    known = known_tags(sentences, gold, data.scheme, model.scheme, index)
    return replace(split, known=known, weights=None if (weights == 1).all() else weights)


def report_unseen_labels(
    sentences: Iterable[TaggedSentence], known: Sequence[str], data: DataConfig, split: str, say: Callable[[str], None]
) -> None:
    """Say which labels of a split the training split never shows; they are scored, as misses."""
    unseen: Counter[str] = Counter()
    for sentence in sentences:
        labels = sentence.tags if data.scheme == "none" else [entity.label for entity in sentence.entities(data.scheme)]
        unseen.update(label for label in labels if label not in known)
    if note := unseen_labels(unseen, known, split):
        say(note)


def report_repeated(
    sentences: Sequence[TaggedSentence], dev: Sequence[TaggedSentence], say: Callable[[str], None]
) -> None:
    """Say where sentences of train contradict each other or are garbled, and where dev has many that train has, too."""
    known = [(sentence.tokens, sentence.tags) for sentence in sentences if not sentence.partial]
    notes = contradictions(known, "sentence", "other tags")
    if garbled := garbled_note((" ".join(tokens) for tokens, _ in known), "sentences"):
        notes.append(garbled)
    for note in notes:
        say(f"train: {note}")
    for warning in shared((sentence.tokens for sentence in dev), (tokens for tokens, _ in known), "dev"):
        say(warning)
