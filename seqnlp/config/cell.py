"""The settings of the recurrent cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seqnlp.config.schema import setting

_WITH_FORGET_GATE = ("lstm", "peephole")


@dataclass
class CellConfig:
    """The recurrent cell of a model, and how it begins."""

    cell: Literal["lstm", "gru", "rnn", "peephole"] = setting("lstm", "recurrent cell")
    forget_bias: float = setting(
        1.0, "lstm, peephole: bias of the forget gates at the start (Jozefowicz et al. 2015)", low=-10, high=10
    )

    def cell_problems(self) -> list[str]:
        """What to say of a bias other than the usual one for a cell that has no forget gate."""
        if self.forget_bias == 1 or self.cell in _WITH_FORGET_GATE:
            return []
        return [f"model.forget_bias: only for model.cell={' and '.join(_WITH_FORGET_GATE)}, found '{self.cell}'"]
