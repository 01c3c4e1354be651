"""The recurrent language model: embedding, layers with a carried state, output (Mikolov et al. 2010)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.nn.cells import State
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.output import Output
from seqnlp.nn.stateful import StatefulRNN


class LanguageModelEncoder(nn.Module):
    """The half of a language model that reads: embedding and layers with a carried state.

    Args:
        config: the sizes and the kinds of the parts.
        num_tokens: V.
    """

    def __init__(self, config: RecurrentLanguageModelConfig, num_tokens: int) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(num_tokens, config.embedding_dim)
        nn.init.normal_(self.embedding.weight, std=config.embedding_dim**-0.5)  # read times the root: of variance 1
        last = config.embedding_dim if config.tie_embeddings else config.hidden_dim
        self.layers = StatefulRNN(
            config.embedding_dim,
            [config.hidden_dim] * (config.num_layers - 1) + [last],
            cell=config.cell,
            weight_drop=config.weight_drop,
            dropout=config.hidden_dropout,
            forget_bias=config.forget_bias,
        )
        self.input_dropout = LockedDropout(config.input_dropout)
        self.output_dim = last

    def start(self, batch: int = 1) -> State:
        """The state before B texts."""
        return self.layers.start(batch)

    def forward(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """Outputs (B, T, H) after each of tokens (B, T), and the state after the last."""
        embedded = self.embedding(tokens) * self.config.embedding_dim**0.5  # (B, T, E)
        if self.training and self.config.embedding_dropout:
            kept = 1 - self.config.embedding_dropout
            scale = torch.empty(len(self.embedding.weight), device=tokens.device).bernoulli_(kept).div_(kept)  # (V,)
            embedded = embedded * scale[tokens][..., None]
        outputs, state = self.layers(self.input_dropout(embedded), state)
        return outputs, state


class RecurrentLanguageModel(LanguageModelEncoder):
    """Predicts each token of a text from all before it; the arguments are those of :class:`LanguageModelEncoder`."""

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "embeddings": ("embedding.",),
        "encoder": ("layers.",),
        "output": ("output_table", "output."),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(self, config: RecurrentLanguageModelConfig, num_tokens: int) -> None:
        super().__init__(config, num_tokens)
        last = self.output_dim
        if not config.tie_embeddings:
            self.output_table = nn.Parameter(torch.randn(num_tokens, last) * last**-0.5)  # (V, H)
        self.output = Output(num_tokens, last, config.adaptive_head)
        self.output_dropout = LockedDropout(config.output_dropout)

    @property
    def table(self) -> Tensor:
        """The output embedding (V, H)."""
        return self.embedding.weight if self.config.tie_embeddings else self.output_table

    def loss(self, inputs: Tensor, targets: Tensor, mask: Tensor, state: State) -> tuple[Tensor, State]:
        """Negative log likelihood and penalties of a window, summed over its targets, and the state after it.

        Args:
            inputs, targets: (B, T).
            mask: (B, T) bool, True = a real target; false ones come last in their row.

        AR and TAR (Merity et al. 2017) are sums over tokens of means over features, so that a cut batch sums up.
        """
        outputs, state = self(inputs, state)  # (B, T, H)
        dropped = self.output_dropout(outputs)  # (B, T, H)
        whole = bool(mask.all())
        features = dropped.flatten(0, 1) if whole else dropped[mask]  # (N, H)
        total = self.output.loss(features, self.table, targets.flatten() if whole else targets[mask])
        if self.config.activation_penalty:
            total = total + self.config.activation_penalty * features.float().square().mean(dim=-1).sum()
        if self.config.change_penalty:
            changes = (outputs[:, 1:] - outputs[:, :-1])[mask[:, 1:]]  # (N', H)
            total = total + self.config.change_penalty * changes.float().square().mean(dim=-1).sum()
        return total, state

    def losses(self, inputs: Tensor, targets: Tensor, state: State) -> tuple[Tensor, State]:
        """Negative log probability (B, T) of each target, and the state after the last."""
        outputs, state = self(inputs, state)  # (B, T, H)
        return self.output.losses(outputs.flatten(0, 1), self.table, targets.flatten()).view(targets.shape), state

    def log_probs(self, outputs: Tensor, top: int = 0) -> Tensor:
        """Log probabilities (N, V) of the next token after outputs (N, H); see :meth:`Output.log_probs` for ``top``."""
        return self.output.log_probs(outputs, self.table, top)
