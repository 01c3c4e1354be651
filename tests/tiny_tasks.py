"""The smallest run of each task that has all there is, for tests that hold of every task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tiny import tiny_config, write_tiny_data
from tiny_documents import tiny_classification, write_tiny_documents
from tiny_pairs import tiny_translation, write_tiny_pairs
from tiny_readings import tiny_detector, write_tiny_readings
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_text import tiny_language_model, write_tiny_text
from torch import Tensor

from seqnlp.config.common import Config
from seqnlp.task_table import part_of


@dataclass(frozen=True)
class TinyTask:
    """Data and settings of a task.

    Attributes:
        write: puts the data into a folder.
        config: settings on the data of a folder; changes as ``model__cell="gru"``.
        everything: changes that turn on what may go wrong when a run is resumed.
        no_dropout: changes that leave nothing to chance.
    """

    write: Callable[[Path], None]
    config: Callable[..., Config]
    everything: dict[str, Any]
    no_dropout: dict[str, Any]


def write_tiny_series(folder: Path) -> None:
    """``series.csv``: 120 rows."""
    write_series(folder / "series.csv", make_lines(120))


TINY = {
    "tagging": TinyTask(
        write=write_tiny_data,
        config=tiny_config,
        everything={
            "model__word_dropout": 0.2,
            "model__num_layers": 2,
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "optimizer__schedule": "cosine",
            "optimizer__warmup_steps": 5,
        },
        no_dropout={"model__word_dropout": 0.0, "model__input_dropout": 0.0, "model__hidden_dropout": 0.0},
    ),
    "classification": TinyTask(
        write=write_tiny_documents,
        config=tiny_classification,
        everything={
            "model__word_dropout": 0.2,
            "model__convolution_dim": 5,
            "model__window": 4,
            "model__long": "hierarchical",
            "model__pooling": "attention",
            "model__ngrams": 2,
            "model__class_weights": "balanced",
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "optimizer__schedule": "cosine",
        },
        no_dropout=dict.fromkeys(
            ("model__word_dropout", "model__input_dropout", "model__hidden_dropout", "model__output_dropout"), 0.0
        ),
    ),
    "language_model": TinyTask(
        write=write_tiny_text,
        config=tiny_language_model,
        everything={
            "model__adaptive_head": 5,
            "model__activation_penalty": 1.0,
            "model__change_penalty": 1.0,
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "optimizer__schedule": "cosine",
            "optimizer__warmup_steps": 5,
        },
        no_dropout={
            f"model__{name}": 0.0
            for name in ("embedding_dropout", "input_dropout", "hidden_dropout", "output_dropout", "weight_drop")
        },
    ),
    "translation": TinyTask(
        write=write_tiny_pairs,
        config=tiny_translation,
        everything={
            "tokenizer__sampling": 0.1,
            "model__decoder_layers": 2,
            "model__word_dropout": 0.1,
            "model__teacher_forcing": "linear",
            "model__teacher_forcing_end": 0.5,
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "optimizer__schedule": "cosine",
            "optimizer__warmup_steps": 5,
        },
        no_dropout={
            "model__embedding_dropout": 0.0,
            "model__hidden_dropout": 0.0,
            "model__output_dropout": 0.0,
        },
    ),
    "forecasting": TinyTask(
        write=write_tiny_series,
        config=tiny_forecasting,
        everything={
            "model__difference": "season",
            "model__input": "differences",
            "model__transform": "sqrt",
            "model__num_layers": 2,
            "model__weight_drop": 0.2,
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "optimizer__schedule": "cosine",
        },
        no_dropout={"model__hidden_dropout": 0.0, "model__output_dropout": 0.0},
    ),
    "anomaly_detection": TinyTask(
        write=write_tiny_readings,
        config=tiny_detector,
        everything={
            "model__calendar": "day",
            "model__num_layers": 2,
            "model__scored_rows": 3,
            "model__level_rows": 20,
            "trainer__ema_decay": 0.9,
            "trainer__accumulation": 2,
            "trainer__checkpoint_steps": 2,
            "trainer__stride": 2,
            "optimizer__schedule": "cosine",
        },
        no_dropout={},
    ),
}


class SuddenDeathError(Exception):
    """Stands for any sudden death inside a step."""


def dying(task: Any, lives: int) -> Any:
    """The task, which dies at its n-th loss."""
    left, loss = iter(range(lives - 1)), task.loss

    def mortal_loss(examples: NDArray[np.int64], done: float) -> Tensor:
        if next(left, None) is None:
            raise SuddenDeathError
        actual: Tensor = loss(examples, done)
        return actual

    task.loss = mortal_loss
    return task


def make_task(config: Config, run: Path) -> Any:
    """The task of a configuration, which trains into a new folder."""
    run.mkdir(exist_ok=True)
    return part_of(config.task, "task")(config, run, torch.device("cpu"), lambda text: None)
