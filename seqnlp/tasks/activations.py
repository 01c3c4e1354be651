"""What happens inside the recurrent layers of any text model while it reads a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from seqnlp.bundle import load_bundle
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.nn.activations import LayerActivations, record_gates
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.stateful import StatefulRNN
from seqnlp.plots.gates import MAX_STEPS
from seqnlp.task_table import TASKS, part_of

SHOWN_END = "⏎"
"""How the end of a line is shown."""


@dataclass(frozen=True)
class TextActivations:
    """A text as T steps, and what the layers hold at each.

    Attributes:
        steps: what is read, (T,): words, subwords, characters, or neighbours that a convolution puts together.
        layers: of each layer and direction.
    """

    steps: list[str]
    layers: list[LayerActivations]


@dataclass(frozen=True)
class LayerInput:
    """A core, what it reads, (T, D), and how that is shown, (T,)."""

    core: Recurrent | StatefulRNN
    inputs: Tensor
    steps: list[str]
    reversed: bool = False


def text_activations(path: str | Path, text: str) -> TextActivations:
    """What a saved tagger, classifier, language model or translator's encoder holds at each step of a text.

    Raises:
        RunError: there is no model, or one of another kind.
        SeqnlpError: the text has no words, or too many for a picture.
    """
    bundle = load_bundle(path)
    task = bundle.task
    shown = [name for name, parts in TASKS.items() if parts.activations]
    if task not in shown:
        raise RunError(f"{path} is a model for {task}; gates are shown of models for {', '.join(shown)}")
    with torch.no_grad():
        reading: LayerInput = part_of(task, "activations")(bundle, text)
        layers = record_gates(reading.core, reading.inputs)
    if reading.reversed:
        turned = [{name: value.flip(0) for name, value in layer.values.items()} for layer in layers]
        layers = [replace(layer, backwards=True, values=v) for layer, v in zip(layers, turned, strict=True)]
        return TextActivations(reading.steps[::-1], layers)
    return TextActivations(reading.steps, layers)


def check_steps(steps: Sequence[object], most: int = MAX_STEPS) -> None:
    """Pass if a picture can hold the steps.

    Raises:
        SeqnlpError: there are none, or more than ``most``.
    """
    if not steps:
        raise SeqnlpError("--text: expected some words, found none")
    if len(steps) > most:
        raise SeqnlpError(
            f"--text: a picture of gates holds at most {most:,} words, subwords or characters, as this model reads "
            f"them; found {len(steps):,}; give it one sentence"
        )
