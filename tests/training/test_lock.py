"""The lock on a run directory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seqnlp.errors import RunError
from seqnlp.training.lock import FILE_NAME, locked


def test_only_one_holds_it_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(RunError, match=f"process {os.getpid()} on "), locked(tmp_path):
        pass
    with locked(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_process_that_is_gone_holds_nobody(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("process 1 on elsewhere\n" * 9)
    with locked(tmp_path):
        assert (tmp_path / FILE_NAME).read_text().startswith(f"process {os.getpid()} on ")
        assert (tmp_path / FILE_NAME).read_text().count("\n") == 1


LAUNCHER = """
import os, subprocess, sys
from pathlib import Path
from seqnlp.training.lock import locked
with locked(Path(sys.argv[1])) as handles:
    subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=handles)
    os._exit(1)
"""


def test_what_a_launcher_that_was_killed_had_started_holds_the_lock_until_it_ends(tmp_path: Path) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(tmp_path)], stdin=subprocess.PIPE)
    assert launcher.wait(timeout=60) == 1
    with pytest.raises(RunError, match=f"process {launcher.pid} on "), locked(tmp_path):
        pass
    launcher.communicate(b"\n")
    deadline = time.monotonic() + 60
    while not is_free(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_free(run: Path) -> bool:
    with contextlib.suppress(RunError), locked(run):
        return True
    return False


def test_a_folder_that_is_gone_or_cannot_be_written_is_left_to_others_to_report(tmp_path: Path) -> None:
    with locked(tmp_path / "nowhere") as handles:
        assert handles == ()
    with locked(tmp_path):
        (tmp_path / FILE_NAME).unlink()  # as with the whole run
    assert list(tmp_path.iterdir()) == []
