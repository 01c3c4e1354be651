"""One small run that all end-to-end tests look at, and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import TINY, output


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a finished run of the demo recipe. Read only: tests that write copy it first."""
    run = tmp_path_factory.mktemp("trained") / "run"
    output("train", "recipe=tagging/demo", f"run={run}", *TINY)
    return run
