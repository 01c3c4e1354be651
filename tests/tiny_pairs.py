"""Small made-up sentence pairs and settings that a translator trains on in a second or two."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.translation import TranslationConfig

NOUNS = {"Hund": "dog", "Mann": "man", "Baum": "tree", "Ball": "ball", "Vogel": "bird"}
VERBS = {"sieht": "sees", "sucht": "seeks", "findet": "finds"}


def make_pairs(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Sentence pairs with a verb at the end of one side; the same for the same seed."""
    draw = random.Random(seed)
    pairs = []
    for _ in range(count):
        (one, first), (other, second) = (draw.choice(list(NOUNS.items())) for _ in range(2))
        verb, does = draw.choice(list(VERBS.items()))
        pairs.append((f"weil ein {one} einen {other} {verb} .", f"because a {first} {does} a {second} ."))
    return pairs


def write_pairs(folder: Path, split: str, pairs: list[tuple[str, str]]) -> None:
    """Write ``split.de`` and ``split.en``."""
    for side, language in enumerate(("de", "en")):
        text = "".join(pair[side] + "\n" for pair in pairs)
        (folder / f"{split}.{language}").write_text(text, encoding="utf-8")


def write_tiny_pairs(folder: Path, train: int = 24, dev: int = 6) -> None:
    """Write both sides of ``train`` and ``dev``."""
    write_pairs(folder, "train", make_pairs(train, seed=1))
    write_pairs(folder, "dev", make_pairs(dev, seed=2))


def tiny_translation(folder: Path, **changes: Any) -> TranslationConfig:
    """A small translator on the files of :func:`write_tiny_pairs`; changes as ``model__cell="gru"``."""
    return tiny(
        TranslationConfig,
        changes,
        data={"dir": str(folder), "train": "train.{lang}", "dev": "dev.{lang}", "source": "de", "target": "en"},
        model={"embedding_dim": 8, "encoder_hidden_dim": 6, "decoder_hidden_dim": 12, "attention_dim": 6},
        learning_rate=0.01,
        trainer={"batch_sentences": 4},
        tokenizer={"vocabulary_size": 320},
    )
