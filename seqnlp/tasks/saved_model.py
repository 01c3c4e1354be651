"""What all models in a folder share: where they are, what they say of themselves, and how they travel."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch.random import fork_rng

from seqnlp.bundle import find_model

undisturbed = fork_rng(devices=[])
"""Decorates what builds a model: the random state of torch stays what it was."""


class SavedModel:
    """A model that was loaded from its folder. It is pickled as the name of that folder, from which it is loaded anew.

    Attributes:
        path: the model's folder; of several, the first's.
        description: what its ``config.yaml`` says.
        metrics: what its ``metrics.json`` says.
    """

    path: Path
    description: dict[str, Any]
    metrics: dict[str, Any]

    def _remember(self, *paths: str | Path, **options: Any) -> None:
        """Keep what the model was made from, as it is found from anywhere."""
        _answer_after_fork()
        self._made_from = (tuple(str(find_model(path).absolute()) for path in paths), options)

    def __reduce__(self) -> tuple[Any, ...]:
        return _load, (type(self), *self._made_from)

    def __repr__(self) -> str:
        paths, options = self._made_from
        given = [*map(repr, paths), *(f"{name}={value!r}" for name, value in options.items())]
        return f"seqnlp.{type(self).__name__}({', '.join(given)})"


def _load(model: type[Any], paths: tuple[str, ...], options: Mapping[str, Any]) -> Any:
    return model(*paths, **options)


@cache
def _answer_after_fork() -> None:
    """A process that is forked from this one, from now on, computes with one thread.

    It has none of the threads that its parent computed with; torch would wait for them for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_use_one_thread)


def _use_one_thread() -> None:
    if torch.get_num_threads() > 1:
        torch.set_num_threads(1)
