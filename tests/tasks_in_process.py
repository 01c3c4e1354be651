"""Tasks made and trained in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch
from torch import nn

from seqnlp.errors import DataError, RunError
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

Say = Callable[[str], None]
Task = TypeVar("Task")
Make = Callable[[Any, Path, torch.device, Say], Task]


def new_task(kind: Make[Task], config: Any, run: Path, say: Say = lambda text: None) -> Task:
    """A task in its folder."""
    run.mkdir(exist_ok=True)
    return kind(config, run, torch.device("cpu"), say)


def refusal_of(kind: Make[Task], config: Any, run: Path) -> str:
    """What is said of a task that cannot be made."""
    with pytest.raises(RunError) as caught:
        new_task(kind, config, run)
    return str(caught.value)


def data_refusal_of(kind: Make[Task], config: Any, run: Path) -> str:
    """What is said of data that a task cannot learn from, without the folder of the data."""
    with pytest.raises(DataError) as caught:
        new_task(kind, config, run)
    return str(caught.value).replace(f"{config.data.dir}/", "")


def trained_task(kind: Make[Task], config: Any, run: Path) -> Task:
    """A task that is trained, from the folder's checkpoint if there is one."""
    task: Any = new_task(kind, config, run)
    fit(task, config, run, Processes())
    return task


def assert_same_weights(one: nn.Module, other: nn.Module) -> None:
    """Bit for bit."""
    theirs = other.state_dict()
    for name, mine in one.state_dict().items():
        assert torch.equal(mine, theirs[name]), name
