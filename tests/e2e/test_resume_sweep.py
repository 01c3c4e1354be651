"""A sweep that was killed goes on: finished runs stay, stopped ones are resumed, the others begin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import TINY, output, refusal

SWEEP = ("train", "-m", "recipe=tagging/demo", "seed=1,2,3", *TINY)


def files(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((run / "model").iterdir())}


@pytest.mark.slow
def test_a_sweep_goes_on_as_if_it_had_not_been_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = output(*SWEEP, "run=whole")
    first, second, third = sorted(path for path in (tmp_path / "whole").iterdir() if path.is_dir())
    stopped = tmp_path / "stopped"
    shutil.copytree(tmp_path / "whole", stopped)
    shutil.rmtree(stopped / second.name / "model")  # killed before it was done, without a checkpoint
    (stopped / second.name / "checkpoint.pt").unlink()
    (stopped / second.name / "log.csv").unlink()
    shutil.rmtree(stopped / third.name)  # never begun
    monkeypatch.chdir("/")
    again = output("resume", stopped)
    for run in (first, second, third):
        assert files(stopped / run.name) == files(run)
    assert [line.split()[1:4] for line in again.splitlines()[:-1]] == [
        line.split()[1:4] for line in table.splitlines()[:-1]
    ]
    best, best_again = (one.splitlines()[-1].split(" with ") for one in (table, again))
    assert best[1] == best_again[1]
    assert Path(best[0]).name == Path(best_again[0]).name


def test_names_that_meant_a_folder_that_is_gone_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    output(*SWEEP, f"run={tmp_path}/sweep", "trainer.epochs=1")
    monkeypatch.chdir(tmp_path)
    folder.rmdir()
    assert f"the sweep was started in {folder}, which is not there" in refusal("resume", tmp_path / "sweep")
    (tmp_path / "sweep" / "sweep.yaml").write_text("overrides: 3\n", encoding="utf-8")
    assert "sweep.yaml is damaged" in refusal("resume", tmp_path / "sweep")
