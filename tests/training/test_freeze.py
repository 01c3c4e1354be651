"""Frozen groups of parameters: they stay as they are, everything else is trained, a resumed run does the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from command import refusal
from tiny_tasks import TINY, SuddenDeathError, dying, make_task

from seqnlp.bundle import load_bundle
from seqnlp.compose import compose_config, compose_settings
from seqnlp.errors import ConfigError
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit
from seqnlp.training.freeze import freeze, groups_of

GROUPS = [
    ("tagging", {}, "words"),
    ("tagging", {}, "embeddings, encoder"),
    ("tagging", {}, "characters, encoder, output"),
    ("classification", {}, "embeddings"),
    ("classification", {}, "encoder"),
    ("translation", {}, "embeddings, decoder"),
    ("language_model", {}, "embeddings"),
    ("language_model", {"model__weight_drop": 0.3}, "encoder"),
    ("forecasting", {"model__weight_drop": 0.2}, "encoder"),
    ("anomaly_detection", {}, "decoder"),
]


@pytest.mark.parametrize(("task", "changes", "frozen"), GROUPS)
def test_frozen_parameters_do_not_move_and_the_others_do(
    task: str, changes: dict[str, Any], frozen: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    config = TINY[task].config(folders[task], **changes, trainer__epochs=1, trainer__ema_decay=0.9)
    config.trainer.freeze = frozen
    made = make_task(config, tmp_path / "run")
    before = {name: parameter.detach().clone() for name, parameter in made.model.named_parameters()}
    still = {id(parameter) for group in frozen.split(", ") for parameter in groups_of(made.model)[group]}
    fit(made, config, tmp_path / "run", Processes())
    saved = load_bundle(tmp_path / "run").weights
    moved = 0
    for name, parameter in made.model.named_parameters():
        same = torch.equal(parameter, before[name])
        if id(parameter) in still:
            assert same, name
            assert torch.equal(torch.from_numpy(saved[name]), before[name]), name
        else:
            moved += not same
    assert moved


@pytest.mark.parametrize("task", TINY)
def test_every_parameter_is_in_a_group(task: str, folders: dict[str, Path], tmp_path: Path) -> None:
    model = make_task(TINY[task].config(folders[task], **TINY[task].everything), tmp_path / "run").model
    grouped = {id(parameter) for parameters in groups_of(model).values() for parameter in parameters}
    assert not [name for name, parameter in model.named_parameters() if id(parameter) not in grouped]


@pytest.mark.parametrize("frozen", ["words", "characters, encoder, output"])
def test_a_run_with_frozen_groups_that_dies_ends_as_if_it_had_not(
    frozen: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    config = TINY["tagging"].config(folders["tagging"], **TINY["tagging"].everything)
    config.trainer.freeze = frozen
    whole = make_task(config, tmp_path / "whole")
    fit(whole, config, tmp_path / "whole", Processes())
    with pytest.raises(SuddenDeathError):
        fit(dying(make_task(config, tmp_path / "killed"), 7), config, tmp_path / "killed", Processes())
    again = make_task(config, tmp_path / "killed")
    fit(again, config, tmp_path / "killed", Processes())
    for (name, mine), theirs in zip(whole.model.named_parameters(), again.model.parameters(), strict=True):
        assert torch.equal(mine, theirs), name


def test_sgd_with_momentum_leaves_frozen_words_alone(folders: dict[str, Path], tmp_path: Path) -> None:
    config = TINY["tagging"].config(
        folders["tagging"], optimizer__name="sgd", optimizer__momentum=0.9, optimizer__weight_decay=0.1
    )
    config.trainer.freeze = "words"
    made = make_task(config, tmp_path / "run")
    before = made.model.embedder.table.weight.detach().clone()
    fit(made, config, tmp_path / "run", Processes())
    assert torch.equal(made.model.embedder.table.weight, before)


def test_a_group_that_does_not_exist_is_told_with_those_that_do(folders: dict[str, Path], tmp_path: Path) -> None:
    model = make_task(TINY["tagging"].config(folders["tagging"]), tmp_path / "run").model
    with pytest.raises(ConfigError) as actual:
        freeze(model, "embeddings, encodr")
    assert actual.value.problems == [
        "trainer.freeze: expected some of embeddings, words, characters, encoder, output; found 'encodr' "
        "(did you mean 'encoder'?)"
    ]
    assert all(parameter.requires_grad for parameter in model.parameters())
    with pytest.raises(ConfigError, match="nothing is left to train"):
        freeze(model, "embeddings, encoder, output")


def test_groups_may_be_a_list_wherever_settings_are_given() -> None:
    typed = compose_config(["recipe=tagging/demo", "trainer.freeze=[embeddings, encoder]"])
    given = compose_settings("tagging/demo", "", {"trainer.freeze": ["embeddings", "encoder"]})
    quoted = compose_config(["recipe=tagging/demo", "trainer.freeze='embeddings, encoder'"])
    assert typed.trainer.freeze == given.trainer.freeze == quoted.trainer.freeze == "embeddings, encoder"
    with pytest.raises(ConfigError, match=r"trainer\.freeze: expected text, found"):
        compose_config(["recipe=tagging/demo", "trainer.freeze=[1, 2]"])


def test_the_command_line_freezes(tmp_path: Path) -> None:
    actual = refusal("train", "--freeze", "embeddings,crf", "recipe=tagging/demo", f"run={tmp_path / 'run'}")
    assert "trainer.freeze: expected some of embeddings," in actual
    assert not (tmp_path / "run").exists()
