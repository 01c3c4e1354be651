"""One server with a model of each task, for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Server, running
from tasks_in_process import trained_task
from tiny import tiny_config, write_tiny_data

from seqnlp.tasks.tagging.task import TaggingTask

OLD = Path(__file__).parent.parent / "old_models"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model of each task, by its verb."""
    tagger = tmp_path_factory.mktemp("served") / "names"
    tagger.mkdir()
    write_tiny_data(tagger, train=60)
    config = tiny_config(tagger, trainer__epochs=6)
    trained_task(TaggingTask, config, tagger)
    return {
        "tag": tagger,
        "classify": OLD / "classification",
        "translate": OLD / "translation",
        "complete": OLD / "words",
        "forecast": OLD / "run",
        "detect": OLD / "anomaly",
    }


@pytest.fixture(scope="session")
def server(models: dict[str, Path]) -> Iterator[Server]:
    """It serves all of them, and a second classifier."""
    limits = ("--max-bytes", 200_000, "--max-lines", 50, "--client-seconds", 1.5)
    with running(*models.values(), f"moods={models['classify']}", *limits) as actual:
        yield actual
