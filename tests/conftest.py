"""Shared by all tests."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from command import output
from six_tasks import TRAININGS

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: tests run side by side
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # some tests import onnxruntime themselves

gc.set_threshold(50_000, 20, 50)  # a worker holds half a million objects: looking through them takes time

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test writes into the user's cache folder."""
    os.environ["SEQNLP_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets: $SEQNLP_DATA, else ``../shared/data`` beside the repository."""
    folder = Path(os.environ.get("SEQNLP_DATA") or REPOSITORY.parent / "shared" / "data")
    # The sets are not ours to pass on, so they do not come with the project. Without them, published counts and real
    # text are not checked; all else is, on data of our own. Such tests run wherever SEQNLP_DATA names the sets' folder.
    if not folder.is_dir():
        pytest.skip(f"needs public data sets, which are not ours to pass on: no folder {folder}; set SEQNLP_DATA")
    return folder.resolve()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each task, trained from a recipe of ours. Read only: tests that write copy it first."""
    folder = tmp_path_factory.mktemp("models")
    for task, settings in TRAININGS.items():
        output("train", f"run={folder / task}", *settings)
    return {task: folder / task for task in TRAININGS}


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY
