"""Settings that change nothing beside others are named, and stop nobody."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path

import pytest

from seqnlp.compose.configuration import compose_config, compose_settings
from seqnlp.compose.sweep import train_with_hydra
from seqnlp.config.idle import idle_settings
from seqnlp.config.reading import default_config
from seqnlp.config.schema import choices_of
from seqnlp.task_table import TASKS

DEMO = "recipe=tagging/demo"


@pytest.mark.parametrize(
    ("task", "key", "message"),
    [
        ("tagging", "optimizer.beta1", ""),
        ("tagging", "optimizer.factor", "optimizer.schedule=step or plateau, found linear"),
        ("tagging", "data.hub_config", "data.format=hub, found auto"),
        ("classification", "data.label_separator", "data.multi_label=true, found false"),
        ("classification", "model.convolution_width", "model.convolution_dim, found 0"),
        ("classification", "model.ngrams_first", ""),
        ("forecasting", "data.gaps", "data.time_column, found nothing"),
    ],
)
def test_a_setting_is_idle_where_what_it_belongs_to_is_off(task: str, key: str, message: str) -> None:
    expected = [f"{key} changes nothing: it is only for {message}"] if message else []
    assert list(idle_settings(default_config(task), [key])) == expected


def test_groups_and_unknown_names_are_not_looked_at() -> None:
    assert list(idle_settings(default_config(), ["optimizer", "seed", "hydra.verbose", "model.nothing", "run"])) == []


@pytest.mark.parametrize("task", TASKS)
def test_what_a_setting_is_only_for_exists(task: str) -> None:
    config = default_config(task)
    for group in dataclasses.fields(config):
        section = getattr(config, group.name)
        for item in dataclasses.fields(section) if dataclasses.is_dataclass(section) else ():
            other, _, values = item.metadata.get("only", "").partition("=")
            if values:
                schema = type(section)
                hint = typing.get_type_hints(schema)[other]
                known = {"true", "false"} if hint is bool else set(choices_of(schema, other))
                assert set(values.split(",")) <= known, item.name
            else:
                assert all(hasattr(section, name) for name in other.split(",") if name), item.name


def test_only_what_was_typed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    config = compose_config([DEMO, "optimizer=sgd", "optimizer.schedule=constant"])  # the group has every_epochs
    assert config.optimizer.every_epochs == 3
    assert capsys.readouterr().err == ""
    assert compose_config([DEMO, "optimizer.factor=0.3"]).optimizer.factor == 0.3
    expected = (
        "note: optimizer.factor changes nothing: it is only for optimizer.schedule=step or plateau, found linear\n"
    )
    assert capsys.readouterr().err == expected
    compose_config([DEMO, "optimizer.factor=0.3", "optimizer.schedule=step"])
    assert capsys.readouterr().err == ""


def test_settings_given_in_python_are_looked_at_too(capsys: pytest.CaptureFixture[str]) -> None:
    compose_settings("tagging/demo", "", {"model": {"character_model": "none", "character_dim": 20}})
    expected = (
        "note: model.character_dim changes nothing: it is only for model.character_model=cnn or lstm, found none\n"
    )
    assert capsys.readouterr().err == expected


def test_a_sweep_says_once_what_changes_nothing_in_all_its_jobs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swept = [DEMO, "seed=1,2,3", "model.character_model=none,cnn", "model.character_dim=20", "optimizer.factor=0.3"]
    configs = train_with_hydra([*swept, f"run={tmp_path}"], None, lambda config: config, multirun=True)
    assert len(configs) == 6
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1
    assert notes[0].startswith("note: optimizer.factor changes nothing")


def test_a_sweep_over_values_of_which_none_helps_is_said_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swept = [DEMO, "optimizer.schedule=constant,cosine", "optimizer.factor=0.3", f"run={tmp_path}"]
    train_with_hydra(swept, None, lambda config: config, multirun=True)
    assert "note: optimizer.factor changes nothing: it is only for optimizer.schedule=step" in capsys.readouterr().err
