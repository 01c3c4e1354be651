"""What the contracts of all tasks share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_tasks import TINY


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder with the data of each task."""
    made = {task: tmp_path_factory.mktemp(task) for task in TINY}
    for task, folder in made.items():
        TINY[task].write(folder)
    return made
