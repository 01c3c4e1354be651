"""Completion: what a word may become, and bash asking for it as it does after the Tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import output, refusal

from seqnlp.cli.completion import candidates


def test_verbs_options_and_their_values() -> None:
    assert candidates(["ev"]) == ["evaluate"]
    assert "train" in candidates([""])
    assert candidates(["train", "--dr"]) == ["--dry-run"]
    assert candidates(["evaluate", "RUN", "--split", "t"]) == ["test", "train"]
    assert candidates(["no-verb", ""]) == []


def test_recipes_groups_and_settings_of_the_task() -> None:
    assert candidates(["train", "reci"]) == ["recipe="]
    assert "recipe=tagging/demo" in candidates(["train", "recipe=tagging/"])
    assert candidates(["train", "optimizer=s"]) == ["optimizer=sgd"]
    assert candidates(["train", "trainer.epo"]) == ["trainer.epochs="]
    assert candidates(["train", "model.output="]) == ["model.output=crf", "model.output=softmax"]
    assert candidates(["train", "recipe=classification/demo", "model.pool"]) == ["model.pooling="]
    assert candidates(["train", "model.pool"]) == []
    assert candidates(["train", "data.repair=t"]) == ["data.repair=true"]


def test_runs_below_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs" / "first" / "model").mkdir(parents=True)
    (tmp_path / "runs" / "first" / "config.yaml").touch()
    (tmp_path / "runs" / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    assert candidates(["tag", "ru"]) == ["runs/first"]
    assert candidates(["train", "ru"]) == ["run="]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("seqnlp ver", ["verify"]),
        ("seqnlp train recipe=tagging/dem", ["tagging/demo"]),
        ("seqnlp train seed", ["seed="]),
    ],
)
def test_bash_completes(line: str, expected: list[str], tmp_path: Path) -> None:
    command = tmp_path / "seqnlp"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m seqnlp "$@"\n')
    command.chmod(0o755)
    after = 'COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; _seqnlp; printf "%s\\n" "${COMPREPLY[@]}"'
    script = f"{output('--completion', 'bash')}\n{after}"
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    actual = subprocess.run(
        ["bash", "-c", script, "bash", line], env=environment, capture_output=True, text=True, check=True
    )
    assert actual.stdout.split() == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_their_script(shell: str, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(output("--completion", shell))
    if shutil.which(shell):
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)
    assert "seqnlp --complete" in (tmp_path / "script").read_text()


def test_an_unknown_shell_is_named() -> None:
    assert refusal("--completion", "csh") == "--completion: expected one of bash, zsh, fish; found 'csh'"
