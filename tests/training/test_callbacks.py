"""Training from Python leaves the process as it was, tells callbacks what was done, and resumes exactly."""

from __future__ import annotations

import ctypes
import logging
import signal
import threading
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from tiny import make_sentences, tiny_config, write_conll

from seqnlp.errors import TrainingError, WrongTypeError
from seqnlp.launch import resume, start
from seqnlp.training.callbacks import Callbacks, Epoch, Step


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_conll(tmp_path / "train.conll", make_sentences(24))
    write_conll(tmp_path / "dev.conll", make_sentences(8, seed=1))
    return tmp_path


def weights(run: Path) -> bytes:
    return (run / "model" / "model.safetensors").read_bytes()


def test_random_state_threads_and_signals_are_as_before_also_where_training_fails(data: Path) -> None:
    torch.manual_seed(5)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    seen = []

    def look(step: Step) -> None:
        seen.append([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)])

    start(tiny_config(data, run=str(data / "a"), trainer__threads=threads + 1), callbacks=Callbacks(after_step=look))
    with pytest.raises(TrainingError):
        start(tiny_config(data, run=str(data / "b")), callbacks=Callbacks(after_epoch=lambda epoch: 1 / 0))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert set(map(tuple, seen)) == {tuple(handlers)}


def test_callbacks_see_every_step_and_epoch_and_cannot_change_them(data: Path) -> None:
    steps: list[Step] = []
    epochs: list[Epoch] = []
    start(tiny_config(data, run=str(data / "run")), callbacks=Callbacks(steps.append, epochs.append))
    assert [step.step for step in steps] == list(range(1, 13))
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert [step.epoch for step in steps] == pytest.approx([step / 6 for step in range(1, 13)])
    with pytest.raises(WrongTypeError, match="after_epoch: expected what can be called, found int '3'"):
        Callbacks(after_epoch=cast(Any, 3))
    assert epochs[0].best
    assert 0 <= epochs[0].scores["f1"] <= 100
    step: Any = steps[0]  # Any: the types say already that neither can be changed
    epoch: Any = epochs[0]
    with pytest.raises(TypeError):
        epoch.scores["f1"] = 1.0
    with pytest.raises(AttributeError):
        step.loss = 0.0


def test_a_callback_that_raises_is_one_clear_error_and_the_run_goes_on_from_its_checkpoint(data: Path) -> None:
    start(tiny_config(data, run=str(data / "whole")), callbacks=Callbacks())

    def stop(epoch: Epoch) -> None:
        raise LookupError("no such board")

    expected = "the callback after_epoch raised LookupError: no such board after epoch 1"
    with pytest.raises(TrainingError, match=expected) as caught:
        start(tiny_config(data, run=str(data / "stopped")), callbacks=Callbacks(after_epoch=stop))
    assert isinstance(caught.value.__cause__, LookupError)
    resume(data / "stopped", callbacks=Callbacks())
    assert weights(data / "stopped") == weights(data / "whole")


def test_training_in_a_thread_that_is_killed_can_be_resumed(data: Path) -> None:
    start(tiny_config(data, run=str(data / "whole")))
    problems: list[BaseException] = []

    def kill_me(step: Step) -> None:
        if step.step == 8:  # in the second epoch
            number = threading.get_ident()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(number), ctypes.py_object(SystemExit))

    def train() -> None:
        try:
            start(tiny_config(data, run=str(data / "killed")), callbacks=Callbacks(after_step=kill_me))
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join(60)
    assert [type(problem) for problem in problems] == [SystemExit]
    resume(data / "killed", callbacks=Callbacks())  # the lock was given back
    assert weights(data / "killed") == weights(data / "whole")


def test_a_run_without_callbacks_can_be_trained_in_a_thread_too(data: Path) -> None:
    start(tiny_config(data, run=str(data / "whole")))
    thread = threading.Thread(target=start, args=(tiny_config(data, run=str(data / "other")),))
    thread.start()
    thread.join(60)
    assert weights(data / "other") == weights(data / "whole")


def test_messages_go_through_the_logger_and_nothing_is_printed(
    data: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO, logger="seqnlp"):
        start(tiny_config(data, run=str(data / "run")), callbacks=Callbacks())
    assert any("epoch   2/2" in record.getMessage() for record in caplog.records)
    assert {record.name for record in caplog.records} == {"seqnlp"}
    assert capsys.readouterr() == ("", "")
