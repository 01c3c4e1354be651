from __future__ import annotations

from pathlib import Path

import pytest
from command import TINY, output


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny tagger."""
    folder = tmp_path_factory.mktemp("tagger") / "run"
    output("train", "recipe=tagging/demo", f"run={folder}", *TINY, "trainer.epochs=1")
    return folder
