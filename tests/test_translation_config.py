"""Settings of a translator that are fine alone and make no sense together, each with its message."""

from __future__ import annotations

from typing import Any

import pytest

from seqnlp.config.reading import read_config
from seqnlp.errors import ConfigError

DATA = {"train": "train.{lang}", "dev": "dev.{lang}", "source": "de", "target": "en"}


def problems(**sections: dict[str, Any]) -> list[str]:
    raw = {"task": "translation", **sections, "data": {**DATA, **sections.get("data", {})}}
    with pytest.raises(ConfigError) as caught:
        read_config(raw)
    return caught.value.problems


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"data": {"train": ""}},
            "data.train: missing; choose a recipe (recipe=translation/demo) or name the training files",
        ),
        (
            {"data": {"format": "hub"}},
            "data.hub: missing; data.format=hub needs a `datasets` name or a local dataset folder",
        ),
        (
            {"data": {"target": ""}},
            "data.source, data.target: missing; name both languages, such as de and en",
        ),
        (
            {"data": {"format": "csv", "source_column": "de", "target_column": 1}},
            "data.source_column, data.target_column: expected two numbers or two names, found 'de' and '1'",
        ),
        (
            {"data": {"format": "tmx", "delimiter": ";"}},
            "data.delimiter: only for data.format=csv and tsv, found 'tmx'",
        ),
        (
            {"data": {"format": "tsv", "source_column": 1}},
            "data.source_column, data.target_column: expected two columns, found 1 for both",
        ),
        (
            {"tokenizer": {"joint": False}},
            "model.tie_embeddings: 'all' needs tokenizer.joint=true; with one vocabulary a side use 'target'",
        ),
        (
            {"model": {"attention": "dot", "decoder_hidden_dim": 500}},
            "model.attention: dot needs decoder_hidden_dim equal to the encoder's width (512), found 500",
        ),
        (
            {"model": {"attention": "general", "coverage": True}},
            "model.coverage: only for model.attention=additive, found 'general'",
        ),
        (
            {"model": {"teacher_forcing_end": 0.5}},
            "model.teacher_forcing_end: means something only with teacher_forcing=linear or inverse_sigmoid",
        ),
        (
            {"data": {"dev": ""}, "trainer": {"patience": 2}},
            "data.dev: missing; trainer.patience and optimizer.schedule=plateau need a development split",
        ),
    ],
)
def test_what_does_not_fit_together_is_said(sections: dict[str, dict[str, Any]], message: str) -> None:
    assert problems(**sections) == [message]


def test_all_problems_are_said_at_once() -> None:
    assert len(problems(data={"train": "", "target": ""}, tokenizer={"joint": False}, decoding={"beam": 0})) == 4
