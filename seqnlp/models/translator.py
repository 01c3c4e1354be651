"""The translator: recurrent encoder, attention, recurrent decoder, deep output (Bahdanau et al. 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn

from seqnlp.config.translation import TranslatorConfig
from seqnlp.data.on_device import OnDevice
from seqnlp.models.decoder import Decoder
from seqnlp.models.decoder_state import DecoderState, Memory
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.smoothed_loss import SoftTargets, smoothed_loss


@dataclass(frozen=True)
class PairBatch(OnDevice):
    """Padded ids: ``source`` (B, S) with END last, ``source_lengths`` (B,); ``inputs`` (B, T), which begin with BEGIN,
    ``outputs`` (B, T), the same moved on by one, with END last; ``mask`` (B, T) bool, True = a real target; ``soft``
    what teachers say in the place of the real targets, one row after the other.

    Beside its reference a source may have translations of the model's own: then there are R targets in the place of B,
    the references first. ``rows`` (R,) are the sources that they are of, ``weights`` (R,) what the loss of each counts.
    """

    source: Tensor
    source_lengths: Tensor
    inputs: Tensor
    outputs: Tensor
    mask: Tensor
    soft: SoftTargets | None = field(default=None, kw_only=True)
    rows: Tensor | None = field(default=None, kw_only=True)
    weights: Tensor | None = field(default=None, kw_only=True)


class RecurrentTranslator(nn.Module):
    """Subwords to subwords.

    Args:
        config: the sizes and the kinds of the parts.
        num_source, num_target: subwords of each vocabulary.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "embeddings": ("source_embedding.", "own_target_embedding.", "output_embedding."),
        "encoder": ("encoder.", "memory_norm."),
        "attention": ("decoder.attention.",),
        "decoder": ("decoder.",),
        "output": ("output_embedding.", "output_bias"),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(self, config: TranslatorConfig, num_source: int, num_target: int) -> None:
        super().__init__()
        self.config = config
        width = config.embedding_dim
        self.source_embedding = _embedding(num_source, width)
        if config.tie_embeddings != "all":
            self.own_target_embedding = _embedding(num_target, width)
        self.encoder = Recurrent(
            width,
            config.encoder_hidden_dim,
            cell=config.cell,
            num_layers=config.encoder_layers,
            bidirectional=config.bidirectional,
            dropout=config.hidden_dropout,
            forget_bias=config.forget_bias,
        )
        self.memory_norm = nn.LayerNorm(self.encoder.output_dim) if config.layer_norm else nn.Identity()
        self.decoder = Decoder(
            width,
            self.encoder.output_dim,
            config.decoder_hidden_dim,
            cell=config.cell,
            num_layers=config.decoder_layers,
            attention=config.attention,
            attention_dim=config.attention_dim,
            coverage=config.coverage,
            input_feeding=config.input_feeding,
            bridge=config.bridge,
            layer_norm=config.layer_norm,
            dropout=config.hidden_dropout,
            forget_bias=config.forget_bias,
        )
        if config.tie_embeddings == "none":
            self.output_embedding = _embedding(num_target, width)
        self.output_bias = nn.Parameter(torch.zeros(num_target))  # (V,)
        self.embedding_dropout = LockedDropout(config.embedding_dropout)
        self.output_dropout = nn.Dropout(config.output_dropout)

    @property
    def target_embedding(self) -> nn.Embedding:
        """What the decoder reads; three-way tied embeddings have one table, stored once."""
        return self.source_embedding if self.config.tie_embeddings == "all" else self.own_target_embedding

    @property
    def output_table(self) -> Tensor:
        """The output embedding (V, E)."""
        tied = self.config.tie_embeddings != "none"
        return self.target_embedding.weight if tied else self.output_embedding.weight

    def loss(self, batch: PairBatch, teacher_forcing: float = 1.0) -> Tensor:
        """The label-smoothed negative log likelihood of the targets, summed over subwords and ENDs.

        Where teachers have a share of it, the rest is the cross-entropy of what they say.

        Args:
            teacher_forcing: chance, for each subword alone, that the decoder reads the true one before it instead of
                its own best guess (scheduled sampling, Bengio et al. 2015).
        """
        memory, state = self.encode(batch.source, batch.source_lengths)
        if batch.rows is not None:
            memory, state = memory.select(batch.rows), state.select(batch.rows)
        if teacher_forcing < 1:
            features = self._sampled(batch, memory, state, teacher_forcing)  # (B, T, E)
        else:
            features = self.decoder.teacher_forced(self.embed_target(batch.inputs), memory, state)  # (B, T, E)
        kept = self.output_dropout(features[batch.mask])  # (N, E)
        smoothing = self.config.label_smoothing if self.training else 0.0
        targets = batch.outputs[batch.mask]  # (N,)
        output = self.output_table, self.output_bias
        if batch.weights is None:
            return smoothed_loss(kept, *output, targets, smoothing, batch.soft)
        rows = batch.mask.nonzero()[:, 0]  # (N,)
        weights, own = batch.weights[rows], rows >= len(batch.source)  # (N,)
        references = smoothed_loss(kept[~own], *output, targets[~own], smoothing, None, weights[~own])
        return references + smoothed_loss(kept[own], *output, targets[own], 0.0, None, weights[own])

    def next_log_probs(self, batch: PairBatch) -> Tensor:
        """Log probabilities (N, V) of all subwords in the place of each real target, after the true ones before it."""
        memory, state = self.encode(batch.source, batch.source_lengths)
        features = self.decoder.teacher_forced(self.embed_target(batch.inputs), memory, state)[batch.mask]  # (N, E)
        return torch.log_softmax(self.logits(features).float(), dim=-1)

    def token_log_probs(self, batch: PairBatch) -> Tensor:
        """Log probability (B, T) of each target subword and END after the true ones before it; 0 at padding."""
        log_probs = self.next_log_probs(batch)  # (N, V)
        chosen = log_probs.gather(1, batch.outputs[batch.mask][:, None])[:, 0]  # (N,)
        return torch.zeros(batch.mask.shape, dtype=chosen.dtype).masked_scatter_(batch.mask, chosen)  # (B, T)

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[Memory, DecoderState]:
        """Sources (B, S) with lengths (B,) as a memory, and the decoder's first state."""
        embedded = self.embed_source(source)  # (B, S, E)
        states = self.memory_norm(self.encoder(embedded, lengths))  # (B, S, M)
        mask = torch.arange(source.size(1), device=source.device) < lengths[:, None]  # (B, S)
        memory = Memory(states, self.decoder.attention.keys(states), mask)
        if self.config.bridge == "final":
            summary = self.encoder.final(states, lengths)  # (B, M)
        else:
            # In fp64 what padding adds to the order of the sum cannot change the answer of a model in bf16.
            wide = torch.float64 if states.dtype == torch.bfloat16 and not self.training else None
            total = (states * mask[..., None]).sum(dim=1, dtype=wide)  # (B, M)
            summary = (total / lengths[:, None]).to(states.dtype)  # (B, M)
        return memory, self.decoder.start(memory, summary)

    def embed_source(self, tokens: Tensor) -> Tensor:
        """Source ids (..., S) as the encoder reads them, (..., S, E)."""
        return self._embed(self.source_embedding, tokens)

    def embed_target(self, tokens: Tensor) -> Tensor:
        """Target ids (..., T) as the decoder reads them, (..., T, E)."""
        return self._embed(self.target_embedding, tokens)

    def logits(self, features: Tensor) -> Tensor:
        """Scores (N, V) of the next subword from output features (N, E)."""
        return nn.functional.linear(features, self.output_table.to(features.dtype), self.output_bias.to(features.dtype))

    def _embed(self, table: nn.Embedding, ids: Tensor) -> Tensor:
        embedded: Tensor = table(ids) * self.config.embedding_dim**0.5  # (..., E)
        if self.training and self.config.word_dropout:
            kept = torch.rand(ids.shape, device=ids.device) >= self.config.word_dropout  # (...)
            embedded = embedded * kept[..., None]
        return self.embedding_dropout(embedded) if embedded.dim() == 3 else embedded

    def _sampled(self, batch: PairBatch, memory: Memory, state: DecoderState, teacher_forcing: float) -> Tensor:
        """Output features (B, T, E) when some of the subwords read are the model's own guesses."""
        attend, products, features = self.decoder.attend_to(memory), self.decoder.products(), []
        true = torch.rand(batch.inputs.shape, device=batch.inputs.device) < teacher_forcing  # (B, T)
        true[:, 0] = True  # BEGIN
        guesses = batch.inputs[:, 0]  # (B,)
        for step in range(batch.inputs.size(1)):
            tokens = torch.where(true[:, step], batch.inputs[:, step], guesses)  # (B,)
            feature, _, state = self.decoder.step(self.embed_target(tokens[:, None])[:, 0], state, attend, products)
            features.append(feature)
            with torch.no_grad():
                guesses = self.logits(feature).argmax(dim=-1)  # (B,)
        return torch.stack(features, dim=1)


def _embedding(num_subwords: int, width: int) -> nn.Embedding:
    table = nn.Embedding(num_subwords, width)
    nn.init.normal_(table.weight, std=width**-0.5)
    return table
