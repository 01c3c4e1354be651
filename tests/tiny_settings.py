"""Settings of the smallest runs."""

from __future__ import annotations

from typing import Any, TypeVar

from seqnlp.config.common import Config
from seqnlp.config.reading import config_to_dict, read_config

Settings = TypeVar("Settings", bound=Config)

TRAINER = {"epochs": 2, "device": "cpu", "precision": "fp32", "ema_decay": 0.0, "progress": False}


def configured(kind: type[Settings], raw: dict[str, Any], changes: dict[str, Any]) -> Settings:
    """The settings with changes as ``model__cell="gru"``, which may be wrong only together with others."""
    full = config_to_dict(read_config(raw))
    for name, value in changes.items():
        *sections, key = name.split("__")
        place = full
        for section in sections:
            place = place[section]
        place[key] = value
    config = read_config(full)
    assert isinstance(config, kind)
    return config


def tiny(
    kind: type[Settings],
    changes: dict[str, Any],
    *,
    data: dict[str, str],
    model: dict[str, Any],
    learning_rate: float,
    trainer: dict[str, Any],
    **more: Any,
) -> Settings:
    """The settings of a small run, two epochs on the CPU."""
    optimizer = {"learning_rate": learning_rate, "schedule": "constant"}
    raw = {"task": kind.task, "name": "tiny", "data": data, "model": model, "optimizer": optimizer, **more}
    return configured(kind, {**raw, "trainer": {**TRAINER, **trainer}}, changes)
