"""The texts of a split, whatever the task: what ``seqnlp data check`` compares."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config.common import Config
from seqnlp.data.overlap import Text
from seqnlp.errors import DataError
from seqnlp.task_table import TASKS, part_of


def split_texts(config: Config, split: str, say: Callable[[str], None]) -> dict[str, list[Text]]:
    """The texts of a split by side: ``text``, or ``source`` and ``target`` of sentence pairs. Empty without the split.

    Raises:
        DataError: the split cannot be read, or is no text.
    """
    if not getattr(config.data, split):
        return {}
    if not TASKS[config.task].texts:
        raise DataError("expected texts, found a series of numbers; its parts follow each other and share no row")
    texts: dict[str, list[Text]] = part_of(config.task, "texts")(config, split, say)
    return texts
