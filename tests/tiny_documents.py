"""Small made-up documents and settings that a classifier trains on in a second or two."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.classification import ClassificationConfig

WORDS = {"good": ("fine", "lovely", "fresh", "kind"), "bad": ("awful", "stale", "rude", "dull")}
THINGS = ("soup", "room", "film", "view", "bread")


def make_documents(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Pairs of label and text; the same for the same seed."""
    draw = random.Random(seed)
    documents = []
    for _ in range(count):
        label = draw.choice(list(WORDS))
        other = "bad" if label == "good" else "good"
        thing, own = draw.choice(THINGS), draw.choice(WORDS[label])
        carriers = (f"the {thing} was {own}", f"not {draw.choice(WORDS[other])} but {own} , this {thing} !", own)
        documents.append((label, draw.choice(carriers)))
    return documents


def write_documents(path: Path, documents: list[tuple[str, str]]) -> None:
    """Write ``label<TAB>text`` lines."""
    path.write_text("".join(f"{label}\t{text}\n" for label, text in documents), encoding="utf-8")


def write_tiny_documents(folder: Path, train: int = 40, dev: int = 12, test: int = 20) -> None:
    """Write ``train.tsv``, ``dev.tsv`` and ``test.tsv``."""
    for seed, (split, count) in enumerate({"train": train, "dev": dev, "test": test}.items(), start=1):
        write_documents(folder / f"{split}.tsv", make_documents(count, seed))


def tiny_classification(folder: Path, **changes: Any) -> ClassificationConfig:
    """A small classifier on the files of :func:`write_tiny_documents`; changes as ``model__cell="gru"``."""
    return tiny(
        ClassificationConfig,
        changes,
        data={"dir": str(folder), "train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"},
        model={"word_dim": 8, "hidden_dim": 6, "character_dim": 4, "character_hidden_dim": 5, "ngrams": 0},
        learning_rate=0.02,
        trainer={"batch_sentences": 8},
    )
