"""Settings of the data that are told only by the machine and by the files: settled once, before anything is read."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config.common import Config
from seqnlp.data.paths import resolve_path
from seqnlp.task_table import TASKS, part_of


def settle_data(config: Config, say: Callable[[str], None]) -> None:
    """Make the data's folder absolute, so that a run can be resumed from anywhere, and take what train's file tells.

    Raises:
        DataError: the training file cannot be read.
    """
    config.data.dir = str(resolve_path(config.data, "").absolute())
    if TASKS[config.task].recognise:
        part_of(config.task, "recognise")(config.data, say)
