"""What a task exports of a model for programs in other languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqnlp.data.series.inputs import HARMONICS
from seqnlp.networks.graph import Graph


@dataclass(frozen=True)
class Exported:
    """A model as graphs.

    Attributes:
        graphs: by name.
        notes: what one must know to use them.
        tokenizer: the kind by which texts become words; empty: they do not.
    """

    graphs: dict[str, Graph]
    notes: str
    tokenizer: str = ""


def named_characters(characters: Iterable[str]) -> str:
    """Characters by their numbers (U+00AD)."""
    return " ".join(f"U+{ord(character):04X}" for character in sorted(characters))


_PERIODS = {
    "day": "d",
    "week": "(whole days since Monday + d) / 7",
    "year": "(whole days since the first of January + d) / days of the year",
}


def harmonics_note(features: Sequence[str]) -> str:
    """What the harmonics of a calendar are."""
    if not features:
        return ""
    parts = ", of ".join(f"{name} p = {_PERIODS[name]}" for name in features)
    waves = " and ".join(f"sin({2 * wave} pi p), cos({2 * wave} pi p)" for wave in range(1, HARMONICS + 1))
    day = "d is the part of the day that is over by the clock"
    return f" The harmonics are, of each in this order: {waves}; of {parts}, where {day}."
