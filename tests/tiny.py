"""Small made-up data and settings that tests train on in a second or two."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.tagging import TaggingConfig
from seqnlp.text.sentence import TaggedSentence

PERSONS = ("Sorrel", "Ada Sorrel", "Tamsin Oake", "Brand", "Wren Hollis")
PLACES = ("Brinmoor", "Lower Ashby", "Quarley", "Port Denholm")
TEMPLATES = (
    "PER lives in LOC .",
    "the old mill of LOC is 300 years old",
    "PER met PER near LOC !",
    "nobody came",
    "LOC",
)


def make_sentences(count: int, seed: int = 0) -> list[TaggedSentence]:
    """Sentences with persons and places, tagged in IOB2; the same for the same seed."""
    draw = random.Random(seed)
    sentences = []
    for number in range(count):
        tokens: list[str] = []
        tags: list[str] = []
        for word in draw.choice(TEMPLATES).split():
            names = {"PER": PERSONS, "LOC": PLACES}.get(word)
            words = draw.choice(names).split() if names else [word]
            tokens += words
            tags += [f"{'I' if position else 'B'}-{word}" for position in range(len(words))] if names else ["O"]
        sentences.append(TaggedSentence(tuple(tokens), tuple(tags), number + 1))
    return sentences


def write_conll(path: Path, sentences: Sequence[TaggedSentence]) -> None:
    """Write sentences as ``word<TAB>tag`` lines with a blank line after each."""
    blocks = ("".join(f"{token}\t{tag}\n" for token, tag in zip(s.tokens, s.tags, strict=True)) for s in sentences)
    path.write_text("\n".join(blocks) + "\n", encoding="utf-8")


def tiny_config(folder: Path, **changes: Any) -> TaggingConfig:
    """A small tagger on ``folder/train.conll`` and ``dev.conll``; changes as ``model__cell="gru"``."""
    return tiny(
        TaggingConfig,
        changes,
        data={"dir": str(folder), "train": "train.conll", "dev": "dev.conll"},
        model={"word_dim": 8, "character_dim": 5, "character_hidden_dim": 6, "hidden_dim": 8, "casing_dim": 2},
        learning_rate=0.02,
        trainer={"batch_sentences": 4},
    )


def write_tiny_data(folder: Path, train: int = 24, dev: int = 8) -> None:
    """Write ``train.conll`` and ``dev.conll``."""
    write_conll(folder / "train.conll", make_sentences(train, seed=1))
    write_conll(folder / "dev.conll", make_sentences(dev, seed=2))
