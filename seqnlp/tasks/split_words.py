"""The words of a file, or of the splits of a recipe or run, cut as its models cut them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seqnlp.config.common import Config
from seqnlp.data.file_texts import file_texts, is_folder_of_texts
from seqnlp.task_table import TASKS, part_of
from seqnlp.tasks.split_texts import split_texts
from seqnlp.text.tokenize import DEFAULT, tokenize

Words = list[list[str]]


def is_text(name: str) -> bool:
    """Whether it is a file or folder of texts, and no recipe or run."""
    path = Path(name)
    return path.is_file() or (path.is_dir() and is_folder_of_texts(path))


def words_of_file(path: Path, splitter: str, tell: Callable[[str], None]) -> Words:
    """The words of each text of a file.

    Args:
        tell: told which texts are read of a file that has others, too.

    Raises:
        DataError: the file cannot be read.
    """
    return [cut(text.text, splitter) for text in file_texts(path, tell)]


def words_of_splits(config: Config, say: Callable[[str], None]) -> dict[str, Words]:
    """The words of each split, by its name and, of pairs, its side; splits that the recipe has not are left out.

    Raises:
        DataError: a split cannot be read, or is no text.
    """
    splitter = _splitter(config)
    named: dict[str, Words] = {}
    for split in ("train", "dev", "test"):
        for side, texts in split_texts(config, split, say).items():
            name = split if side == "text" else f"{split} ({side})"
            named[name] = [cut(text.text, splitter) for text in texts]
    return named


def cut(text: str, splitter: str) -> list[str]:
    """The words of a text."""
    return [token.text for token in tokenize(text, splitter)]


def _splitter(config: Config) -> str:
    """How the texts of a split become words."""
    return str(part_of(config.task, "splitter")(config)) if TASKS[config.task].splitter else DEFAULT
