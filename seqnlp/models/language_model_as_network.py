"""The language model of torch as a network from arrays to arrays: for scores on dev while training, and for a GPU."""

from __future__ import annotations

import torch

from seqnlp.arrays import IntArray
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.networks.protocol import FloatArray
from seqnlp.nn.cells import State, select


class TorchLanguageModel:
    """The module that training uses; see :class:`~seqnlp.networks.protocol.LanguageModelNetwork`."""

    def __init__(self, model: RecurrentLanguageModel) -> None:
        self.model = model
        self._device = model.embedding.weight.device

    def start(self, batch: int = 1) -> State:
        """The state before B texts."""
        return self.model.start(batch)

    def select(self, state: State, rows: IntArray) -> State:
        """The state of some of its rows, in any order and number."""
        return select(state, torch.from_numpy(rows).to(self._device))

    @torch.inference_mode()
    def read(self, tokens: IntArray, state: State) -> tuple[FloatArray, State]:
        """Outputs (B, H) after the last of tokens (B, T), and the state there."""
        outputs, after = self.model(torch.from_numpy(tokens).to(self._device), state)  # (B, T, H)
        last: FloatArray = outputs[:, -1].numpy(force=True)
        return last, after

    @torch.inference_mode()
    def log_probs(self, outputs: FloatArray, top: int = 0) -> FloatArray:
        """Log probabilities (N, V) of the next token after outputs (N, H)."""
        rows: FloatArray = self.model.log_probs(torch.from_numpy(outputs).to(self._device), top).numpy(force=True)
        return rows

    @torch.inference_mode()
    def losses(self, tokens: IntArray, targets: IntArray, state: State) -> tuple[FloatArray, State]:
        """Negative log probability (B, T) of each target after tokens (B, T), and the state after the last."""
        read, wanted = (torch.from_numpy(part).to(self._device) for part in (tokens, targets))
        losses, after = self.model.losses(read, wanted, state)  # (B, T)
        return losses.float().numpy(force=True), after
