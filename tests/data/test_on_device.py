"""Whatever a batch holds goes to another device with it."""

from __future__ import annotations

import typing
from dataclasses import fields
from typing import Any

import pytest
import torch
from torch import Tensor

from seqnlp.data import collate, document_batches, soft_tags
from seqnlp.data.on_device import OnDevice
from seqnlp.models import translator
from seqnlp.nn import smoothed_loss

KINDS = [
    collate.WordRows,
    collate.TaggedBatch,
    soft_tags.SoftBatch,
    document_batches.SoftLabels,
    document_batches.DocumentBatch,
    translator.PairBatch,
    smoothed_loss.SoftTargets,
]


def filled(kind: type[OnDevice]) -> Any:
    """An instance with something in every field, also in those that may be empty."""
    return kind(**{name: content_of(hint) for name, hint in typing.get_type_hints(kind).items()})


def content_of(hint: Any) -> object:
    kind = next((one for one in typing.get_args(hint) if one is not type(None)), hint)
    if kind is Tensor:
        return torch.zeros(2)
    return filled(kind) if issubclass(kind, OnDevice) else kind(1)


def devices(batch: Any) -> list[str]:
    """Where each tensor is; of parts, theirs."""
    values = [getattr(batch, item.name) for item in fields(batch)]
    of_parts = [where for value in values if isinstance(value, OnDevice) for where in devices(value)]
    return [value.device.type for value in values if isinstance(value, Tensor)] + of_parts


@pytest.mark.parametrize("kind", KINDS)
def test_every_tensor_moves_and_all_else_stays(kind: type[OnDevice]) -> None:
    batch = filled(kind)
    there = batch.to(torch.device("meta"))
    assert type(there) is kind
    assert set(devices(there)) == {"meta"}
    assert len(devices(there)) == len(devices(batch))
    assert set(devices(batch)) == {"cpu"}
    others = [item.name for item in fields(batch) if not isinstance(getattr(batch, item.name), Tensor | OnDevice)]
    assert [getattr(there, name) for name in others] == [getattr(batch, name) for name in others]


def test_every_kind_of_batch_is_tried() -> None:
    assert set(OnDevice.__subclasses__()) == set(KINDS)
