from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.reading import config_class, config_to_dict, default_config, read_config, settings_without_places
from seqnlp.config.schema import read_section
from seqnlp.config.tagging import DataConfig, ModelConfig, TaggingConfig
from seqnlp.errors import ConfigError
from seqnlp.task_table import TASKS


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_config(raw)
    return caught.value.problems


def fields(schema: Any, prefix: str = "") -> list[tuple[str, Any]]:
    actual = []
    for item in dataclasses.fields(schema):
        value = getattr(schema(), item.name)
        actual += (
            fields(type(value), f"{item.name}.") if dataclasses.is_dataclass(value) else [(prefix + item.name, item)]
        )
    return actual


def test_every_problem_is_reported_at_once_each_with_its_key() -> None:
    raw = {
        "seeds": 1,
        "seed": -1,
        "data": {"train": "a", "format": "conl", "repair": "yes", "limit": 1.5},
        "model": {"hidden_dims": 3, "word_dropout": 1, "num_layers": True},
        "trainer": 7,
    }
    assert problems(raw) == [
        "seeds: unknown key (did you mean 'seed'?)",
        "seed: expected at least 0, found -1",
        "data.format: expected one of auto, conll, conllu, jsonl, json, doccano, prodigy, label_studio, spacy, csv, "
        "brat, hub; found 'conl' (did you mean 'conll'?)",
        "data.repair: expected true or false, found 'yes'",
        "data.limit: expected a whole number, found 1.5",
        "model.hidden_dims: unknown key (did you mean 'hidden_dim'?)",
        "model.word_dropout: expected less than 1, found 1.0",
        "model.num_layers: expected a whole number, found True",
        "trainer: expected a group of settings, found 7",
    ]


def test_the_message_counts_and_lists_the_problems() -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({"data": {"train": "a"}, "seed": -1, "optimizer": {"learning_rate": 0}})
    assert str(caught.value).splitlines() == [
        "2 problems in the configuration:",
        "  seed: expected at least 0, found -1",
        "  optimizer.learning_rate: expected more than 0, found 0.0",
    ]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({}, "data.train: missing; choose a recipe (recipe=tagging/demo) or name a training file"),
        (
            {"data": {"format": "hub"}},
            "data.hub: missing; data.format=hub needs a `datasets` name or a local dataset folder",
        ),
        (
            {"data": {"format": "conll", "token_column": "word"}},
            "data.token_column: expected a column number for data.format=conll, found 'word'",
        ),
        (
            {"data": {"format": "conllu", "tag_column": "pos"}},
            "data.tag_column: expected upos, xpos, feats or misc:KEY for data.format=conllu, found 'pos'",
        ),
        (
            {"data": {"scheme": "none"}},
            "model.scheme: 'bioes' does not go with data.scheme 'none'; both are 'none' for plain tags",
        ),
        (
            {"model": {"word_dim": 0, "character_model": "none"}},
            "model.word_dim: 0 with no vectors and no character model leaves the tagger without input",
        ),
        (
            {"model": {"fine_tune": False}},
            "model.fine_tune: false means something only with model.vectors or model.piece_vectors",
        ),
        ({"optimizer": {"momentum": 0.9}}, "optimizer.momentum: only for optimizer.name=sgd, found 'adam'"),
        (
            {"trainer": {"patience": 3}},
            "data.dev: missing; trainer.patience and optimizer.schedule=plateau need a development split",
        ),
    ],
)
def test_impossible_combinations_say_what_to_do(raw: dict[str, Any], problem: str) -> None:
    if raw:
        raw = {**raw, "data": {"train": "a", **raw.get("data", {})}}
    assert problems(raw) == [problem]


def test_a_run_that_begins_with_another_model_has_its_vectors_without_naming_them() -> None:
    for model in ({"fine_tune": False}, {"word_dim": 0, "character_model": "none"}):
        assert problems({"data": {"train": "a"}, "model": model})
        read_config({"data": {"train": "a"}, "model": model, "start_from": "tagger"})


def test_a_configuration_survives_the_way_through_a_dictionary() -> None:
    config = read_config({"data": {"train": "a", "token_column": 1}, "model": {"hidden_dim": 7}, "name": None})
    assert config.data.token_column == "1"
    assert config.name == ""
    assert read_config(config_to_dict(config)) == config


def test_the_defaults_need_only_a_training_file() -> None:
    assert read_config({"data": {"train": "a"}}) == TaggingConfig(data=DataConfig(train="a"))


def test_whole_numbers_are_numbers() -> None:
    rate = read_section(ModelConfig, {"word_dropout": 0}).word_dropout
    assert rate == 0.0
    assert isinstance(rate, float)


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5), np.array(0.5), torch.tensor(0.5)])
def test_numbers_of_numpy_and_torch_are_numbers(number: object) -> None:
    section = read_section(ModelConfig, {"word_dropout": number, "num_layers": np.int64(2), "bidirectional": np.True_})
    assert section == ModelConfig(word_dropout=0.5, num_layers=2, bidirectional=True)
    assert [type(one) for one in (section.word_dropout, section.num_layers, section.bidirectional)] == [
        float,
        int,
        bool,
    ]
    with pytest.raises(ConfigError, match=r"num_layers: expected a whole number, found 2\.0"):
        read_section(ModelConfig, {"num_layers": np.float64(2)})


def test_a_section_alone_names_its_keys_with_the_prefix_given() -> None:
    with pytest.raises(ConfigError, match=r"model\.cell: expected one of lstm, gru, rnn, peephole; found 'lsmt'"):
        read_section(ModelConfig, {"cell": "lsmt"}, "model.")


NUMBERS = sorted({(key, task) for task in TASKS for key, item in fields(config_class(task)) if item.type == "float"})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400], ids=["nan", "inf", "-inf", "huge"])
def test_no_number_that_is_not_finite_passes(value: float) -> None:
    assert len(NUMBERS) > 60
    for key, task in NUMBERS:
        section, _, name = key.rpartition(".")
        raw = {section: {name: value}} if section else {name: value}
        assert f"{key}: expected a finite number, found" in "\n".join(problems({"task": task, **raw})), task


@pytest.mark.parametrize(("key", "item"), fields(TaggingConfig))
def test_every_setting_is_documented_and_its_default_is_accepted(key: str, item: Any) -> None:
    assert len(item.metadata["help"]) > 10
    section, _, name = key.rpartition(".")
    schema = type(getattr(TaggingConfig(), section)) if section else TaggingConfig
    assert read_section(schema, {name: item.default}) == schema()


@pytest.mark.parametrize("task", ["tagging", "classification", "translation", "forecasting"])
def test_a_part_of_train_that_is_written_as_a_number_is_told_how(task: str) -> None:
    with pytest.raises(ConfigError, match=r"data\.dev: expected text, found 0\.2; a part of a file is written as 20%"):
        read_config({"task": task, "data": {"train": "t", "dev": 0.2}})


@pytest.mark.parametrize("task", sorted(TASKS))
def test_without_training_data_a_recipe_of_the_task_is_named(task: str) -> None:
    with pytest.raises(ConfigError, match=rf"data.train: missing; choose a recipe \(recipe={task}/demo\) or name "):
        read_config({"task": task})


@pytest.mark.parametrize("task", TASKS)
def test_a_saved_model_does_not_say_where_anything_was(task: str) -> None:
    config = default_config(task)

    def fill(section: Any) -> None:
        for item in dataclasses.fields(section):
            value = getattr(section, item.name)
            if dataclasses.is_dataclass(value):
                fill(value)
            elif isinstance(value, str) and item.name != "task":
                setattr(section, item.name, "one.file")

    fill(config)
    config.name_runs_absolutely()
    assert str(Path.cwd()) in str(config_to_dict(config))
    assert str(Path.cwd()) not in str(settings_without_places(config))
