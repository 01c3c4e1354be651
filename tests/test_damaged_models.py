"""A damaged file of a model's folder is one clear error that names it, or changes nothing; whatever the task."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import output, refusal
from six_tasks import ASK, TRAININGS

import seqnlp
from seqnlp.errors import RunError
from seqnlp.stored import LARGEST_SETTINGS

FREE = ("README.md",)
"""Files that may hold anything."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each task."""
    folder = tmp_path_factory.mktemp("models")
    for task, settings in TRAININGS.items():
        output("train", f"run={folder / task}", *settings)
    return {task: folder / task for task in TRAININGS}


def damaged(content: bytes, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """A file's content in many states that it should not be in."""
    yield "empty", b""
    yield "one byte less", content[:-1]
    yield "twice", content * 2
    for _ in range(3):
        yield "cut off", content[: draw.randrange(len(content))]
        start = draw.randrange(len(content))
        yield "a hole", content[:start] + content[start + draw.randrange(1, 100) :]
    for _ in range(12):
        flipped = bytearray(content)
        flipped[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        yield "a bit", bytes(flipped)


def says(path: Path, task: str, data: Path) -> str:
    """What the model answers."""
    return repr(ASK[task](seqnlp.load(path), data))


def answer_or_problem(path: Path, task: str, data: Path) -> tuple[str, str]:
    """What the model answers, or why it cannot be loaded; any other exception is a fault of ours."""
    try:
        return says(path, task, data), ""
    except RunError as problem:
        return "", str(problem)


@pytest.mark.parametrize("task", TRAININGS)
def test_no_damage_is_a_traceback_or_another_answer(
    task: str, models: dict[str, Path], tmp_path: Path, repository: Path
) -> None:
    model = Path(shutil.copytree(models[task] / "model", tmp_path / "model"))
    right, draw = says(model, task, repository / "recipes"), random.Random(task)
    for path in sorted(model.iterdir()):
        content = path.read_bytes()
        for what, found in damaged(content, draw):
            path.write_bytes(found)
            answer, problem = answer_or_problem(model, task, repository / "recipes")
            assert problem or answer == right, (path.name, what)
            assert not problem or (path.name in problem and "\n" not in problem), (path.name, what, problem)
            assert path.name not in FREE or not problem
        path.write_bytes(content)
    assert says(model, task, repository / "recipes") == right


MAKE: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "something else": os.mkfifo,
}


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("task", ["tagging", "translation", "forecasting"])
def test_what_is_no_file_is_said_to_be_none(kind: str, task: str, models: dict[str, Path], tmp_path: Path) -> None:
    for name in sorted(file.name for file in (models[task] / "model").iterdir()):
        model = Path(shutil.copytree(models[task] / "model", tmp_path / name / "model"))
        (model / name).unlink()
        MAKE[kind](model / name)
        with pytest.raises(RunError, match=f"(expected a file, found {kind}|{name} missing)") as caught:
            seqnlp.load(model)
        assert name in str(caught.value)


def test_a_file_of_another_tasks_model_is_named(models: dict[str, Path], tmp_path: Path) -> None:
    for task, run in models.items():
        for other in models.values():
            for file in (other / "model").iterdir():
                model = tmp_path / "model"
                shutil.copytree(run / "model", model)
                replaced = model / file.name
                if file.name in FREE or not replaced.exists() or replaced.read_bytes() == file.read_bytes():
                    shutil.rmtree(model)
                    continue
                shutil.copy(file, model / file.name)
                with pytest.raises(RunError) as caught:
                    seqnlp.load(model)
                wrong = str(caught.value)
                assert f"{file.name} is damaged" in wrong or "is not the file" in wrong or "missing" in wrong, task
                shutil.rmtree(model)


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{before}'] * 10)}]\n" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (BOMB, "line 2: an alias"),
        ("a: " + "[" * 5000, "lists in lists without end"),
        ("a: 1\nb: [1\n", "line 3: expected ',' or ']'"),
        ("[1]", "expected settings, found list"),
        ("1: 2", "expected settings, found other keys than names"),
        ("a: 2020-99-99", "month must be in 1..12"),
        ("a: \x07", "unacceptable character #x0007: special characters are not allowed"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: could not determine a constructor"),
        ("# " + "x" * LARGEST_SETTINGS, "expected at most 1,048,576 bytes"),
    ],
)
def test_settings_that_are_none_are_refused_in_one_line(
    content: str, found: str, models: dict[str, Path], tmp_path: Path
) -> None:
    run = Path(shutil.copytree(models["tagging"], tmp_path / "run"))
    for path, command in ((run / "model" / "config.yaml", "tag"), (run / "config.yaml", "resume")):
        path.write_text(content, encoding="utf-8")
        wrong = refusal(command, run)
        assert wrong.startswith(f"{path} is damaged ({found}")
        assert len(wrong) < len(str(path)) + len(str(run)) + 200
        assert "\n" not in wrong


def test_a_changed_setting_is_told_from_one_that_its_owner_changed(models: dict[str, Path], tmp_path: Path) -> None:
    run = Path(shutil.copytree(models["tagging"], tmp_path / "run"))
    path = run / "model" / "config.yaml"
    changed = path.read_text(encoding="utf-8").replace("temperature: ", "temperature: 2")
    path.write_text(changed, encoding="utf-8")
    message = refusal("tag", run)
    assert message == (
        f"{path} is damaged (it is not as it was saved); copy the model again, or delete the line 'config.yaml' below "
        "'files' if you changed it yourself"
    )
    path.write_text("\n".join(line for line in changed.splitlines() if "  config.yaml: " not in line), encoding="utf-8")
    output("tag", run, stdin="Velisk Korrasel moved.\n")
    path.write_text("# my notes\n\n" + (models["tagging"] / "model" / "config.yaml").read_text(encoding="utf-8"))
    output("tag", run, stdin="Velisk Korrasel moved.\n")
