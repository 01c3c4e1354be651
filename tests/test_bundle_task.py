"""The task of a model is told without its weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import seqnlp
from seqnlp.bundle_files import TENSORS, task_of
from seqnlp.errors import RunError

OLD = Path(__file__).parent / "old_models"


def test_only_the_description_is_read(tmp_path: Path) -> None:
    folder = shutil.copytree(OLD / "classification", tmp_path / "model")
    (folder / TENSORS).write_bytes(b"damaged")
    assert task_of(folder) == "classification"
    with pytest.raises(RunError, match=TENSORS):
        seqnlp.load(folder)
    (folder / "config.yaml").unlink()
    with pytest.raises(RunError, match=r"config\.yaml missing"):
        task_of(folder)
