"""``seqnlp.train("tagging/demo")`` is `seqnlp train recipe=tagging/demo`: the same model, settings and errors."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from command import TINY, seqnlp

import seqnlp as library
from seqnlp.compose import compose_config, compose_settings

SETTINGS: dict[str, object] = {}
for line in TINY:
    key, _, value = line.partition("=")
    SETTINGS[key] = value if key == "model.character_model" else float(value) if "." in value else int(value)


def test_a_setting_may_be_a_path() -> None:
    settings = {"data.train": Path("train.tsv"), "data": {"dev": Path("dev.tsv")}}
    config = compose_settings("", "classification", settings)
    assert (config.data.train, config.data.dev) == ("train.tsv", "dev.tsv")


def test_a_recipe_trains_the_same_model_as_the_command(tmp_path: Path) -> None:
    assert seqnlp("train", "recipe=tagging/demo", f"run={tmp_path / 'command'}", *TINY, "seed=2").status == 0
    tagger = library.train("tagging/demo", run=tmp_path / "python", settings={**SETTINGS, "seed": 2})
    one, other = ((tmp_path / run / "model" / "model.safetensors").read_bytes() for run in ("command", "python"))
    assert one == other
    assert tagger.run == tmp_path / "python"


@pytest.mark.parametrize(
    ("lines", "settings"),
    [
        (["trainer=debug", "optimizer=sgd"], {"trainer": "debug", "optimizer": "sgd"}),
        (["trainer.epochs=3", "optimizer.learning_rate=1"], {"trainer": {"epochs": 3}, "optimizer.learning_rate": 1}),
        (["data.train=x.conll", "data.dev=''"], {"data.train": "x.conll", "data.dev": ""}),
    ],
)
def test_settings_mean_what_they_mean_on_the_command_line(lines: list[str], settings: dict[str, object]) -> None:
    typed = compose_config(["recipe=tagging/demo", "run=r", *lines])
    assert compose_settings("tagging/demo", "", {**settings, "run": "r"}) == typed


def test_threads_may_compose_different_tasks_at_once() -> None:
    actual: list[str] = []

    def compose(recipe: str) -> None:
        actual.extend(compose_settings(recipe, "", {"run": "r"}).task for _ in range(3))

    recipes = ("tagging/demo", "classification/demo", "forecasting/demo")
    threads = [threading.Thread(target=compose, args=(recipe,)) for recipe in recipes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(actual) == ["classification"] * 3 + ["forecasting"] * 3 + ["tagging"] * 3


def test_importing_takes_no_other_module() -> None:
    code = "import sys; before = set(sys.modules); import seqnlp; print(sorted(set(sys.modules) - before))"
    actual = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(ast.literal_eval(actual)) <= {"seqnlp", "__future__"}
