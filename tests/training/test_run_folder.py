"""A run whose directory is removed, moved or replaced while it is trained stops, and leaves nothing where it stood."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny import tiny_config, write_tiny_data
from toy import toy_config, train

from seqnlp.config.common import Config
from seqnlp.errors import RunError, TrainingError
from seqnlp.launch import start
from seqnlp.tasks.base import Task, make_task


def replace(run: Path) -> None:
    run.rename(run.with_name("elsewhere"))
    run.mkdir()


LEAVE: dict[str, Callable[[Path], object]] = {
    "removed": shutil.rmtree,
    "moved": lambda run: run.rename(run.with_name("elsewhere")),
    "replaced": replace,
}


@pytest.mark.parametrize("number", [2, 7, 14])
@pytest.mark.parametrize("how", LEAVE)
def test_a_run_that_is_gone_stops_and_leaves_nothing(tmp_path: Path, how: str, number: int) -> None:
    run = tmp_path / "runs" / "mine"

    def before_loss(count: int) -> None:
        if count == number:
            LEAVE[how](run)

    with pytest.raises(TrainingError, match=f"{run} was removed or moved while it was trained, so nothing more"):
        train(run, toy_config(), before_loss=before_loss)
    assert run.exists() == (how == "replaced")
    assert list(run.parent.glob("mine/*")) == []
    if how == "moved":
        task, progress = train(run.with_name("elsewhere"), toy_config())
        assert progress.finished
        whole, _ = train(tmp_path / "whole", toy_config())
        for mine, theirs in zip(task.model.parameters(), whole.model.parameters(), strict=True):
            assert mine.equal(theirs)


def test_a_run_that_is_gone_while_its_data_are_read_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(config: Config, run: Path, *others: Any) -> Task:
        task = make_task(config, run, *others)
        shutil.rmtree(run)
        return task

    monkeypatch.setattr("seqnlp.train_run.make_task", slow)
    write_tiny_data(tmp_path)
    config = tiny_config(tmp_path, run=str(tmp_path / "run"))
    with pytest.raises(TrainingError, match="was removed or moved while it was trained"):
        start(config)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", b"epoch\nx\n", b"", b'epoch,step\n"1,2\n'])
def test_a_damaged_log_is_named_when_the_run_is_resumed(tmp_path: Path, content: bytes) -> None:
    train(tmp_path, toy_config())
    (tmp_path / "log.csv").write_bytes(content)
    if not content:
        train(tmp_path, toy_config(trainer__epochs=4))
        return
    with pytest.raises(RunError, match=r"log\.csv is damaged \(.*\); remove it to go on") as caught:
        train(tmp_path, toy_config(trainer__epochs=4))
    assert "\n" not in str(caught.value)
