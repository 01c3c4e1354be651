"""The tagger: words -> recurrent layers -> emissions -> CRF, or softmax with constrained greedy decoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.data.collate import TaggedBatch
from seqnlp.data.soft_tags import SoftBatch
from seqnlp.nn.context import ContextInput
from seqnlp.nn.crf import CRF
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.embed import WordEmbedder
from seqnlp.nn.partial_labels import crf_log_likelihood, softmax_log_likelihood
from seqnlp.nn.recurrent import Recurrent
from seqnlp.text.tags import legal_end, legal_start, legal_transitions


class RecurrentTagger(nn.Module):
    """A BiLSTM-CRF tagger (Huang et al. 2015; Lample et al. 2016; Ma & Hovy 2016).

    With ``output="softmax"`` the loss is the cross-entropy of each token; decoding is greedy over legal tags. Its CRF
    then has no parameters that are trained: all legal transitions weigh the same, which makes probabilities of spans
    and of whole sequences those of the softmax restricted to legal sequences.

    Args:
        embedder: makes the vector of each word form.
        recurrent: reads them in context.
        tags: every tag of the model, in the order of the emissions.
        scheme: the tags' scheme, which decides what is legal.
        output: ``crf`` or ``softmax``.
        input_dropout: locked dropout on the recurrent input.
        context: takes in contextual embeddings, which the recurrent layers read beside the word forms' vectors.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "embeddings": ("embedder.",),
        "words": ("embedder.table.",),
        "characters": ("embedder.characters.",),
        "encoder": ("context.", "recurrent."),
        "output": ("project.", "crf."),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(
        self,
        embedder: WordEmbedder,
        recurrent: Recurrent,
        tags: Sequence[str],
        scheme: str,
        output: str = "crf",
        input_dropout: float = 0.0,
        context: ContextInput | None = None,
    ) -> None:
        super().__init__()
        self.embedder = embedder
        self.context = context
        self.recurrent = recurrent
        self.input_dropout = LockedDropout(input_dropout)
        self.project = nn.Linear(recurrent.output_dim, len(tags))
        self.crf = CRF(len(tags), legal_start(tags, scheme), legal_end(tags, scheme), legal_transitions(tags, scheme))
        self.output = output
        if output == "softmax":
            for parameter in self.crf.parameters():
                nn.init.zeros_(parameter).requires_grad_(False)

    def forward(self, batch: TaggedBatch) -> Tensor:
        """Emissions (B, T, K) of a batch."""
        return self.emissions(self.embedder(batch.rows), batch.index, batch.lengths, batch.context)

    def emissions(self, rows: Tensor, index: Tensor, lengths: Tensor, context: Tensor | None = None) -> Tensor:
        """Emissions (B, T, K) from the word forms' vectors (U, D), each token's row (B, T) and lengths (B,).

        A tagger with ``context`` also needs the contextual embeddings (B, T, C) of the tokens.
        """
        inputs = rows.index_select(0, index.flatten()).view(*index.shape, -1)  # (B, T, D)
        if self.context is not None:
            inputs = torch.cat([inputs, self.context(context)], dim=-1)  # (B, T, D + C')
        outputs = self.recurrent(self.input_dropout(inputs), lengths)  # (B, T, H)
        scores: Tensor = self.project(outputs)  # (B, T, K)
        return scores.float()

    def loss(self, batch: TaggedBatch) -> Tensor:
        """Negative log likelihood of the gold tags, summed over the batch's sentences (or tokens, for softmax).

        Where teachers have a share of it, the rest is the cross-entropy of what they say.
        """
        emissions, soft = self(batch), batch.soft  # (B, T, K)
        if soft is None:
            return self._gold_loss(emissions, batch)
        count = torch.ones_like(soft.weights) if batch.weights is None else batch.weights  # (B,)
        taught = (soft.weights * count * self._teachers_losses(emissions, batch, soft)).sum()  # ()
        left = replace(batch, weights=(1 - soft.weights) * count)
        return taught if bool((soft.weights == 1).all()) else taught + self._gold_loss(emissions, left)

    def _gold_loss(self, emissions: Tensor, batch: TaggedBatch) -> Tensor:
        """The negative log likelihood () of the gold tags, emissions (B, T, K)."""
        if batch.allowed is not None or batch.weights is not None:
            return -self._weighted_log_likelihood(emissions, batch)
        if self.output == "crf":
            log_likelihood: Tensor = self.crf(emissions, batch.tags, batch.mask, reduction="sum")  # ()
            return -log_likelihood
        return functional.cross_entropy(emissions[batch.mask], batch.tags[batch.mask], reduction="sum")

    def _teachers_losses(self, emissions: Tensor, batch: TaggedBatch, soft: SoftBatch) -> Tensor:
        """The cross-entropy (B,) of what teachers say, emissions (B, T, K); softmax: tag by tag."""
        if self.output == "crf":
            return self.crf.cross_entropy(emissions, soft.marginals, soft.moves, batch.mask)
        return -(soft.marginals * emissions.log_softmax(dim=-1)).sum(dim=(1, 2))  # marginals are 0 at padding

    def _weighted_log_likelihood(self, emissions: Tensor, batch: TaggedBatch) -> Tensor:
        """The log likelihood () of what is known of the tags, emissions (B, T, K), summed with the weights."""
        allowed = batch.allowed
        if self.output == "crf" and allowed is None:
            each: Tensor = self.crf(emissions, batch.tags, batch.mask, reduction="none")  # (B,)
        elif self.output == "crf" and allowed is not None:
            each = crf_log_likelihood(self.crf, emissions, allowed, batch.mask)  # (B,)
        else:
            known = functional.one_hot(batch.tags, emissions.size(-1)).bool() if allowed is None else allowed
            each = softmax_log_likelihood(self.crf, emissions, known, batch.mask)  # (B,)
        return each.sum() if batch.weights is None else (each * batch.weights).sum()

    def decode(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The best legal tags (B, T), 0 at padding: Viterbi for the CRF, greedy for softmax."""
        if self.output == "crf":
            return self.crf.viterbi(emissions, mask)[0]
        return self.crf.greedy(emissions, mask)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.project.weight.device
