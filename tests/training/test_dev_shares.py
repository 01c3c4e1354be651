"""Dev examples that several processes share are scored as those of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_tasks import TINY

from seqnlp.task_table import part_of
from seqnlp.training.distributed import Processes
from seqnlp.training.task import EvaluatedTogether

TOGETHER = ("tagging", "translation", "classification")


def make(name: str, folder: Path, **changes: Any) -> Any:
    TINY[name].write(folder)
    config = TINY[name].config(folder, **changes)
    task = part_of(config.task, "task")(config, folder / "run", torch.device("cpu"), lambda text: None)
    task.model.eval()
    return task


@pytest.mark.parametrize("name", TOGETHER)
def test_two_shares_give_the_scores_of_one(name: str, tmp_path: Path) -> None:
    task = make(name, tmp_path)
    assert isinstance(task, EvaluatedTogether)
    shares = [task.dev_answers(range(rank, task.dev_size, 2)) for rank in range(2)]
    whole: list[Any] = [None] * task.dev_size
    for rank, share in enumerate(shares):
        whole[rank::2] = share
    assert task.dev_scores(whole) == pytest.approx(task.evaluate())
    assert task.dev_answers([]) == []  # of a process with no share
    assert Processes().shared(task.dev_size, lambda numbers: [*numbers]) == list(range(task.dev_size))


@pytest.mark.parametrize("name", TOGETHER)
def test_without_a_dev_split_there_is_nothing_to_share(name: str, tmp_path: Path) -> None:
    task = make(name, tmp_path, data__dev="")
    assert task.dev_size == 0
    assert task.evaluate() == {}


@pytest.mark.parametrize("name", sorted(set(TINY) - set(TOGETHER)))
def test_other_tasks_are_evaluated_by_the_first_process(name: str, tmp_path: Path) -> None:
    assert not isinstance(make(name, tmp_path), EvaluatedTogether)
