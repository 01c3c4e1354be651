"""Labelled files to encoded splits, and what the training split teaches about words, characters and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from seqnlp.config import DataConfig, ModelConfig
from seqnlp.errors import DataError
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import OUTSIDE, convert_tags, spans_from_tags, tag_set


def learn_tags(sentences: Sequence[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[str]:
    """All tags the model may give: the full set of its scheme for the training split's types, or the plain tags."""
    if model.scheme == "none":
        return sorted({tag for sentence in sentences for tag in sentence.tags})
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
    if len(tags) == 1:
        raise DataError(f"expected several tags in the training split, found '{tags[0]}' only", source)


def entity_types(sentences: Iterable[TaggedSentence], scheme: str) -> list[str]:
    """The sorted types of all entities."""
    return sorted({span.label for sentence in sentences for span in spans_from_tags(sentence.tags, scheme)})


def model_tags(sentences: Iterable[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[list[str]]:
    """The gold tags in the model's scheme."""
    return [convert_tags(sentence.tags, data.scheme, model.scheme) for sentence in sentences]


def report_unseen_labels(
    sentences: Iterable[TaggedSentence], known: Sequence[str], data: DataConfig, split: str, say: Callable[[str], None]
) -> None:
    """Say which labels of a split the training split never shows; they are scored, as misses."""
    found: Counter[str] = Counter()
    for sentence in sentences:
        labels = sentence.tags if data.scheme == "none" else [entity.label for entity in sentence.entities(data.scheme)]
        found.update(label for label in labels if label not in known)
    if found:
        names = ", ".join(f"{label} ({count}x)" for label, count in found.most_common())
        say(f"warning: the {split} split has labels that the training split never shows; they count as missed: {names}")
