"""Recipes under the names that they had before their folders were named after their tasks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import output, seqnlp

from seqnlp.compose import compose_config, compose_settings, task_of
from seqnlp.recipe_names import with_moved_data
from seqnlp.resources import RECIPES

NOTE = "note: recipe {} is now called {}; the old name works for one more release\n"
NAMES = [
    ("sentiment/demo", "classification/demo", "classification"),
    ("forecast/co2", "forecasting/co2", "forecasting"),
    ("anomaly/demo", "anomaly_detection/demo", "anomaly_detection"),
]


def recipe(folder: Path, name: str, text: str) -> str:
    path = folder / "recipes" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# @package _global_\n{text}\n", encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("old", "new", "task"), NAMES)
def test_an_old_name_is_the_new_recipe_and_is_said(
    old: str, new: str, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = compose_config([f"recipe={old}"])
    assert (config.name, config.task) == (new, task)
    assert compose_settings(old, "", {}).name == new
    assert capsys.readouterr().err == 2 * NOTE.format(old, new)


@pytest.mark.parametrize(
    ("typed", "current", "task"),
    [
        ("forecast/co2,forecast/demo", "forecasting/co2,forecasting/demo", "forecasting"),
        ("glob(anomaly/*)", "glob(anomaly_detection/*)", "anomaly_detection"),
    ],
)
def test_a_sweep_over_old_names(typed: str, current: str, task: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert task_of([f"recipe={typed}"]) == task
    assert capsys.readouterr().err == NOTE.format(typed, current)


def test_a_recipe_may_build_upon_an_old_name_and_read_the_data_of_its_demo(tmp_path: Path) -> None:
    data = "data: {dir: '${recipes_dir}/anomaly/demo'}"
    folder = recipe(tmp_path, "mine", f"defaults: [/recipes/anomaly/demo]\nname: mine\n{data}")
    config = compose_config(["recipe=mine"], folder)
    assert (config.task, config.name) == ("anomaly_detection", "mine")
    assert config.data.dir == str(RECIPES / "anomaly_detection/demo")


def test_recipes_of_a_user_keep_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = recipe(tmp_path, "sentiment/demo", "defaults: [/recipes/classification/demo]\nname: own")
    recipe(tmp_path, "next", "defaults: [/recipes/sentiment/demo]")
    assert compose_config(["recipe=sentiment/demo"]).name == "classification/demo"
    capsys.readouterr()
    assert compose_config(["recipe=sentiment/demo"], folder).name == "own"
    assert compose_config(["recipe=next"], folder).name == "own"
    assert capsys.readouterr().err == ""


def test_an_old_name_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = seqnlp("recipes", "show", "forecast/sunspots")
    assert shown.out == output("recipes", "show", "forecasting/sunspots")
    assert shown.err == NOTE.format("forecast/sunspots", "forecasting/sunspots")


def test_a_run_of_before_finds_the_data_of_a_demo_unless_they_are_still_there(tmp_path: Path) -> None:
    old = tmp_path / "recipes/sentiment/demo"
    settings = {"task": "classification", "data": {"dir": str(old), "train": "train.tsv"}}
    moved = {"dir": str(tmp_path / "recipes/classification/demo"), "train": "train.tsv"}
    assert with_moved_data(settings)["data"] == moved
    shutil.copytree(RECIPES / "classification/demo", old)
    assert with_moved_data(settings) == settings
    assert with_moved_data({"data": {"dir": "sentiment/demo"}}) == {"data": {"dir": "sentiment/demo"}}
