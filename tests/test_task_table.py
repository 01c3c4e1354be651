"""The table of tasks: what a row names is there, and nothing dispatches on a task beside it."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path

import pytest

import seqnlp
from seqnlp.task_table import TASKS, kinds_with, part_of

PACKAGE = Path(seqnlp.__file__).parent
PARTS = [
    (task, field.name)
    for task, parts in TASKS.items()
    for field in dataclasses.fields(parts)
    if ":" in str(getattr(parts, field.name))
]


@pytest.mark.parametrize(("task", "part"), PARTS)
def test_every_part_that_is_named_is_there(task: str, part: str) -> None:
    assert callable(part_of(task, part))


@pytest.mark.parametrize("task", TASKS)
def test_a_row_is_whole(task: str) -> None:
    parts = TASKS[task]
    assert part_of(task, "config")().task == task
    assert (PACKAGE / "tasks" / task / "__init__.py").is_file()
    assert (PACKAGE.parent / "recipes" / task / "demo.yaml").is_file()
    assert hasattr(seqnlp, part_of(task, "model").__name__)
    for verb in parts.verbs:
        assert importlib.import_module(f"seqnlp.cli.{verb}").HELP


def test_every_folder_of_a_task_has_a_row() -> None:
    assert {path.parent.name for path in (PACKAGE / "tasks").glob("*/__init__.py")} == set(TASKS)


def test_kinds_are_a_phrase() -> None:
    assert kinds_with("tune") == "translators"
    assert kinds_with("predictions") == "taggers, translators and classifiers"


def test_nothing_else_asks_for_the_class_of_a_configuration() -> None:
    """Translators are compared by scores that are no sums."""
    asking = re.compile(r"isinstance\([\w.]+, \w+Config\b")
    actual = {path.name for path in PACKAGE.rglob("*.py") if asking.search(path.read_text(encoding="utf-8"))}
    assert actual == {"compare.py"}


def test_the_checklists_name_files_that_are_there(repository: Path) -> None:
    named = re.findall(
        r"`((?:seqnlp|tests|recipes|tools)/[^`<]*)`", (repository / "CONTRIBUTING.md").read_text("utf-8")
    )
    assert len(named) > 15
    assert [name for name in named if not (repository / name).exists()] == []
