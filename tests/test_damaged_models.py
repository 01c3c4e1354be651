"""A damaged file of a model's folder is one clear error that names it, or changes nothing; whatever the task."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from command import output, refusal
from command import seqnlp as run_seqnlp
from safetensors.torch import load_file, save_file
from six_tasks import ASK, TRAININGS

import seqnlp
from seqnlp.errors import RunError
from seqnlp.run_config import read_run_config
from seqnlp.stored import MAX_SETTINGS_SIZE
from seqnlp.tasks.changed_settings import changed_settings

FREE = ("README.md",)
"""Files that may hold anything."""


MANY = pytest.param(40, marks=pytest.mark.slow)
"""How often chance is asked where there is time."""


def damaged(content: bytes, draw: random.Random, times: int) -> Iterator[tuple[str, bytes]]:
    """A file's content in many states that it should not be in; those of chance as often as ``times`` says."""
    yield "empty", b""
    yield "one byte less", content[:-1]
    yield "twice", content * 2
    for _ in range(max(2, times // 4)):
        yield "cut off", content[: draw.randrange(len(content))]
        start = draw.randrange(len(content))
        yield "a hole", content[:start] + content[start + draw.randrange(1, 100) :]
    for _ in range(times):
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


@pytest.mark.parametrize("times", [3, MANY])
@pytest.mark.parametrize("task", TRAININGS)
def test_no_damage_is_a_traceback_or_another_answer(
    task: str, times: int, models: dict[str, Path], tmp_path: Path, repository: Path
) -> None:
    model = Path(shutil.copytree(models[task] / "model", tmp_path / "model"))
    right, draw = says(model, task, repository / "recipes"), random.Random(task)
    for path in sorted(model.iterdir()):
        content = path.read_bytes()
        for what, actual in damaged(content, draw, times):
            path.write_bytes(actual)
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
    ("content", "actual"),
    [
        (BOMB, "line 2: an alias"),
        ("a: " + "[" * 1000, "lists in lists without end"),
        ("a: 1\nb: [1\n", "line 3: expected ',' or ']'"),
        ("[1]", "expected settings, found list"),
        ("1: 2", "expected settings, found other keys than names"),
        ("a: 2020-99-99", "month must be in 1..12"),
        ("a: \x07", "unacceptable character #x0007: special characters are not allowed"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: could not determine a constructor"),
        ("# " + "x" * MAX_SETTINGS_SIZE, "expected at most 1,048,576 bytes"),
    ],
)
def test_settings_that_are_none_are_refused_in_one_line(
    content: str, actual: str, models: dict[str, Path], tmp_path: Path
) -> None:
    run = Path(shutil.copytree(models["tagging"], tmp_path / "run"))
    for path, command in ((run / "model" / "config.yaml", "tag"), (run / "config.yaml", "resume")):
        path.write_text(content, encoding="utf-8")
        wrong = refusal(command, run)
        assert wrong.startswith(f"{path} is damaged ({actual}")
        assert len(wrong) < len(str(path)) + len(str(run)) + 200
        assert "\n" not in wrong


def test_settings_of_a_run_that_are_not_its_models_are_said(models: dict[str, Path], tmp_path: Path) -> None:
    notes = [changed_settings(run, read_run_config(run)) for run in models.values()]
    assert notes == [""] * len(models)
    run = tmp_path / "run"
    shutil.copytree(models["classification"], run)
    text = (run / "config.yaml").read_text(encoding="utf-8")
    (run / "config.yaml").write_text(text.replace("clip_norm: 5.0", "clip_norm: 0.5"), encoding="utf-8")
    note = f"note: {run}/config.yaml is not what the model was trained with: trainer.clip_norm was 5.0, is 0.5\n"
    assert note in run_seqnlp("evaluate", run).err
    assert note in run_seqnlp("resume", run).err
    (run / "model" / "training.yaml").unlink()  # a model of an older version does not tell
    assert "note:" not in run_seqnlp("evaluate", run).err


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


def problem_of(path: Path) -> str:
    """Why a model cannot be loaded, or nothing; any other exception is a fault of ours."""
    try:
        seqnlp.load(path)
    except RunError as problem:
        return str(problem)
    return ""


ODD: tuple[Any, ...] = (None, [], {}, "", "odd", -1, 0, 10**12, 1.5, float("nan"), True, ["a", "a"], [[1], 2], {"a": 1})


def changed(content: Any) -> Iterator[tuple[str, Any]]:
    """A content with one part of it replaced by something odd, or left out, each in turn."""
    for value in ODD:
        yield repr(value), value
    if isinstance(content, dict):
        for key, part in content.items():
            yield f"no {key}", {name: other for name, other in content.items() if name != key}
            for what, actual in changed(part):
                yield f"{key}: {what}", {**content, key: actual}
    elif isinstance(content, list) and content:
        yield "shorter", content[:-1]
        yield "twice", [*content, content[-1]]
        for what, actual in changed(content[0]):
            yield f"first: {what}", [actual, *content[1:]]


@pytest.mark.parametrize("times", [15, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("task", TRAININGS)
def test_odd_content_without_digests_is_one_line_or_loads(
    task: str, times: int, models: dict[str, Path], tmp_path: Path
) -> None:
    model = Path(shutil.copytree(models[task] / "model", tmp_path / "model"))
    description = yaml.safe_load((model / "config.yaml").read_text(encoding="utf-8"))
    del description["files"]
    (model / "config.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    seqnlp.load(model)
    for name in ("config.yaml", "vocabulary.json", "labels.json", "metrics.json"):
        path, whole = model / name, (model / name).read_bytes()
        write = yaml.safe_dump if name.endswith(".yaml") else json.dumps
        content = yaml.safe_load(whole) if name.endswith(".yaml") else json.loads(whole)
        every, draw = list(changed(content)), random.Random(task)
        for what, odd in draw.sample(every, min(len(every), times)):
            path.write_text(write(odd), encoding="utf-8")
            problem = problem_of(model)
            assert len(problem) < 500, (name, what)
            assert "\n" not in problem, (name, what)
        path.write_bytes(whole)


MAY_BE = {
    "calibration": ("another shape",),
    "conformal": ("another shape", "missing"),
    "review.entities": ("another shape",),
    "review.texts": ("another shape",),
}
"""Tensors of any length, and one that older models lack; digests hold what they were."""


@pytest.mark.parametrize("task", TRAININGS)
def test_weights_of_another_kind_are_refused(task: str, models: dict[str, Path], tmp_path: Path) -> None:
    model = Path(shutil.copytree(models[task] / "model", tmp_path / "model"))
    description = yaml.safe_load((model / "config.yaml").read_text(encoding="utf-8"))
    del description["files"]
    (model / "config.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    path = model / "model.safetensors"
    tensors = load_file(path)
    for name, tensor in tensors.items():
        others = {other: value for other, value in tensors.items() if other != name}
        odd = {"another shape": tensor.reshape(-1)[:-1].clone(), "missing": None}
        if tensor.is_floating_point():
            odd |= {"whole numbers": tensor.int(), "no numbers": torch.full_like(tensor, float("nan"))}
        for what, value in odd.items():
            if what in MAY_BE.get(name, ()):
                continue
            save_file({**others, name: value} if value is not None else others, path)
            with pytest.raises(RunError) as caught:
                seqnlp.load(model)
            assert str(path) in str(caught.value), (name, what)
            assert "\n" not in str(caught.value), (name, what)
    save_file({**tensors, "one more": torch.zeros(2)}, path)
    with pytest.raises(RunError, match="there is no 'one more' in such a model"):
        seqnlp.load(model)


def test_sizes_that_no_machine_holds_are_refused_at_once(models: dict[str, Path], tmp_path: Path) -> None:
    model = Path(shutil.copytree(models["tagging"] / "model", tmp_path / "model"))
    description = yaml.safe_load((model / "config.yaml").read_text(encoding="utf-8"))
    del description["files"]
    description["word_dim"] = 10**9
    (model / "config.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    began = time.perf_counter()
    with pytest.raises(
        RunError, match=r"does not fit config\.yaml: expected '.*' of \d+ x 1000000\d+, found \d+ x \d+"
    ):
        seqnlp.load(model)
    assert time.perf_counter() - began < 10
