"""A forecaster of several series: what it knows of each, and how its network reads one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.networks.protocol import FloatArray as Rows
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.tasks.forecasting.facts import SeriesFacts


@dataclass(frozen=True)
class ManySeries:
    """What a forecaster knows of the S series that it was trained on.

    Attributes:
        facts: by the name of the series.
        embeddings: (S, E).
        intervals: (S, levels, J, C) half widths on the transformed scale.
    """

    facts: dict[str, SeriesFacts]
    embeddings: FloatArray
    intervals: FloatArray

    def place(self, name: str) -> int | None:
        """The number of a series; nothing if training never saw it."""
        return self._places.get(name)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.facts)}

    def embedding(self, place: int | None) -> FloatArray:
        """(E,) of a series; of one that training never saw, the mean of all."""
        return np.asarray(self.embeddings.mean(axis=0) if place is None else self.embeddings[place])


class EmbeddedSeries:
    """The network for one series: it reads the series' embedding (E,) beside every row.

    See :class:`~seqnlp.networks.protocol.ForecasterNetwork`.
    """

    def __init__(self, network: ForecasterNetwork, embedding: FloatArray) -> None:
        self._network, self._embedding = network, embedding.astype(np.float32)

    def start(self) -> Any:
        """The state before the series."""
        return self._network.start()

    def read(self, rows: Rows, state: Any) -> tuple[Rows, Any]:
        """Forecasts (T, J, C) after each of some rows (T, D - E), and the state after the last."""
        embedded = np.broadcast_to(self._embedding, (len(rows), len(self._embedding)))
        return self._network.read(np.concatenate([rows, embedded], axis=1), state)
