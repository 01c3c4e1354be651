"""A forward and a backward language model of characters that train in a second or two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks_in_process import trained_task
from tiny import make_sentences
from tiny_text import tiny_language_model, write_text

from seqnlp.tasks.language_model.task import LanguageModelTask


def train_characters(folder: Path, name: str, **changes: Any) -> Path:
    """A run ``folder/name`` of a language model of the characters in the sentences of tiny.py."""
    write_text(folder / "train.txt", [" ".join(sentence.tokens) for sentence in make_sentences(40, seed=3)])
    settings = {"tokenizer__kind": "characters", "data__dev": "", "trainer__epochs": 1, **changes}
    config = tiny_language_model(folder, **settings)
    run = folder / name
    trained_task(LanguageModelTask, config, run)
    return run


def train_pair(folder: Path) -> str:
    """What ``model.context`` says of a forward and a backward one."""
    pair = (train_characters(folder, name, model__direction=name) for name in ("forward", "backward"))
    return " + ".join(map(str, pair))
