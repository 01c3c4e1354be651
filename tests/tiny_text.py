"""A small made-up text and settings that a language model trains on in a second or two."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tiny_settings import tiny

from seqnlp.config.language_model import LanguageModelConfig

HOMES = {"Velland": "Vellish", "Ormland": "Ormish", "Tashland": "Tashish"}
NAMES = ("Mira", "Joren", "Tessa")


def make_lines(count: int, seed: int = 0) -> list[str]:
    """Lines in which a country decides a language; the same for the same seed."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        home, language = draw.choice(list(HOMES.items()))
        name = draw.choice(NAMES)
        lines.append(draw.choice((f"{name} is from {home} and speaks {language} .", f"{name} likes {home} .", "")))
    return lines


def write_text(path: Path, lines: list[str]) -> None:
    """Write lines."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_tiny_text(folder: Path, train: int = 60, dev: int = 12) -> None:
    """Write ``train.txt`` and ``dev.txt``."""
    write_text(folder / "train.txt", ["Mira is from Velland and speaks Vellish .", *make_lines(train, seed=1)])
    write_text(folder / "dev.txt", make_lines(dev, seed=2))


def tiny_language_model(folder: Path, **changes: Any) -> LanguageModelConfig:
    """A small language model of the files of :func:`write_tiny_text`; changes as ``model__cell="gru"``."""
    return tiny(
        LanguageModelConfig,
        changes,
        data={"dir": str(folder), "train": "train.txt", "dev": "dev.txt"},
        model={"embedding_dim": 6, "hidden_dim": 8},
        learning_rate=0.01,
        trainer={"streams": 4, "window": 7},
    )
