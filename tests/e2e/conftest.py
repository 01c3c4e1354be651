"""One small run that all end-to-end tests look at, and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import TINY, TINY_TRANSLATION, output
from tiny_characters import train_pair
from tiny_pairs import make_pairs, write_pairs


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a finished run of the demo recipe. Read only: tests that write copy it first."""
    run = tmp_path_factory.mktemp("trained") / "run"
    output("train", "recipe=tagging/demo", f"run={run}", *TINY)
    return run


@pytest.fixture(scope="session")
def translator_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a finished run of a small translator. Read only, too."""
    folder = tmp_path_factory.mktemp("translator")
    for number, (split, count) in enumerate({"train": 300, "dev": 20, "test": 40}.items()):
        write_pairs(folder, split, make_pairs(count, seed=number))
    output("train", "task=translation", f"data.dir={folder}", f"run={folder}/run", *TINY_TRANSLATION)
    return folder / "run"


@pytest.fixture(scope="session")
def character_models(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ``model.context`` says of two small language models of characters."""
    return train_pair(tmp_path_factory.mktemp("characters"))
