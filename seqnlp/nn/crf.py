"""The linear-chain conditional random field (Lafferty, McCallum & Pereira 2001).

A CRF gives every tag sequence y of a sentence a score, the sum of what its tags and its transitions score:

    score(y) = start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t, y_t+1] + end[y_T]

and the probability ``exp(score(y)) / Z``, where Z sums ``exp(score)`` over all sequences. Z and all marginal
probabilities come from the forward-backward algorithm, the best sequence from Viterbi's: time O(T K^2) both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torchcrf
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.decode.viterbi import best_paths, k_best_paths, refuse_count, refuse_impossible
from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import (
    ScoredChain,
    as_array,
    as_tensor,
    boundary_transitions,
    refuse_undefined,
    score_chain,
)
from seqnlp.nn.crf_lattice import Lattice, build_lattice
from seqnlp.nn.crf_likelihood import log_likelihood
from seqnlp.nn.crf_posterior import path_entropy, segment_log_probabilities, segment_rows, token_marginals

Flags = Tensor | Sequence[bool]
REDUCTIONS = ("none", "sum", "mean", "token_mean")
_POINTERS_AT_ONCE = 2**24
"""That the k best of several sentences are found with: see :func:`k_best_paths`."""


class CRF(torchcrf.CRF):  # type: ignore[misc]  # torchcrf is not marked as typed
    """A CRF with exact gradients and probabilities, batch-first; parameters and meaning are those of pytorch-crf.

    Forbidden starts, ends and transitions have probability 0 in the loss, in every probability and in decoding, and
    their parameters get no gradient. Masks are (B, T) bool, True = a real token, and may be anything: with holes, off
    at the first step, empty sentences (log Z = 0, the empty path). What stands at masked positions is never read.

    An emission of minus infinity forbids a tag at a token. One of plus infinity or not a number is an error that names
    its sentence, in every method; only the log likelihood of gold tags is not a number then, for a training loop to say
    at which step it happened, and on every process alike.

    Everything is computed on the CPU, probabilities in float64, wherever the emissions are and whatever autocast says;
    results have the emissions' device and at least float32.

    Args:
        num_tags: K.
        legal_start, legal_end: (K,) bool, which tags may begin and end a sentence; all may if left out.
        legal_transitions: (K, K) bool, ``[from][to]``; all may if left out.

    Raises:
        SeqnlpError: constraints of another shape, or that leave no tag to start or end with.
    """

    legal_start: Tensor
    legal_end: Tensor
    legal_transitions: Tensor

    def __init__(
        self,
        num_tags: int,
        legal_start: Flags | None = None,
        legal_end: Flags | None = None,
        legal_transitions: Tensor | Sequence[Sequence[bool]] | None = None,
    ) -> None:
        super().__init__(num_tags, batch_first=True)
        given = {"legal_start": legal_start, "legal_end": legal_end, "legal_transitions": legal_transitions}
        for name, flags in given.items():
            shape = (num_tags, num_tags) if name == "legal_transitions" else (num_tags,)
            self.register_buffer(name, _flags(name, flags, shape), persistent=False)
        legal = np.ones((num_tags + 1, num_tags + 1), dtype=bool)  # (N, N)
        legal[:-1, :-1] = self.legal_transitions.numpy()
        legal[-1, :-1], legal[:-1, -1] = self.legal_start.numpy(), self.legal_end.numpy()
        self._forbidden: NDArray[np.float64] = np.where(legal, 0.0, -np.inf)  # (N, N)

    def forward(self, emissions: Tensor, tags: Tensor, mask: Tensor | None = None, reduction: str = "sum") -> Tensor:
        """Log likelihood of gold tags; differentiable once, in the emissions and the parameters.

        Args:
            emissions: (B, T, K) scores.
            tags: (B, T) tag indices; anything where masked.
            mask: (B, T); all True if left out.
            reduction: ``none`` (B,), ``sum``, ``mean`` over sentences, or ``token_mean`` over real tokens.

        Raises:
            SeqnlpError: gold tags that the constraints forbid, shapes that do not fit, an unknown reduction.
        """
        if reduction not in REDUCTIONS:
            raise SeqnlpError(f"expected a reduction of {', '.join(REDUCTIONS)}, found '{reduction}'")
        mask = self._checked_mask(emissions, mask, tags)
        log_likelihoods = self._log_likelihoods(emissions, tags, mask)  # (B,)
        if reduction == "none":
            return log_likelihoods
        if reduction == "mean":
            return log_likelihoods.mean()
        total = log_likelihoods.sum()
        return total if reduction == "sum" else total / mask.sum()

    def log_partition(self, emissions: Tensor, mask: Tensor | None = None) -> Tensor:
        """log Z (B,), differentiable as the log likelihood is; 0 for an empty sentence, -inf where no tags fit."""
        self._score(emissions, mask)
        return -self._log_likelihoods(emissions, None, self._checked_mask(emissions, mask))

    def decode(self, emissions: Tensor, mask: Tensor | None = None) -> list[list[int]]:
        """The best tags of each sentence's real tokens, as lists; :meth:`viterbi` gives tensors and says more."""
        scored = self._score(emissions, mask)
        flat: list[int] = best_paths(scored)[0].tolist()
        ends: list[int] = scored.chain.lengths.cumsum().tolist()
        return [flat[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def viterbi(self, emissions: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The best tags (B, T), 0 where masked, and their scores (B,).

        Raises:
            SeqnlpError: constraints that allow a sentence of some length no tags at all.
        """
        scored = self._score(emissions, mask)
        tags, scores = best_paths(scored)  # (R,), (B,)
        return self._padded(scored, tags, emissions), as_tensor(scores, emissions)

    def nbest(self, emissions: Tensor, mask: Tensor | None, k: int, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
        """The k most probable sequences (B, k, T), best first, 0 where masked, and their log probabilities (B, k).

        A sentence with fewer than k legal sequences has -inf, and tags 0, at the ranks that are missing.

        Raises:
            SeqnlpError: as :func:`k_best_paths`.
        """
        refuse_count(k)
        mask = self._checked_mask(emissions, mask)
        partition = _lattice(self._score(emissions, mask, temperature)).log_partition  # (B,)
        tags = torch.zeros(len(mask), k, mask.size(1), dtype=torch.int64, device=emissions.device)  # (B, k, T)
        scores = np.zeros((len(mask), k))  # (B, k)
        at_once = max(1, _POINTERS_AT_ONCE // max(1, (mask.size(1) + 2) * (self.num_tags + 1) * k))
        for first in range(0, len(mask), at_once):  # memory does not grow with the batch
            some = slice(first, first + at_once)
            scored = self._score(emissions[some], mask[some], temperature)
            paths, scores[some] = k_best_paths(scored, k)  # (r, k), (b, k)
            tags[some] = self._padded(scored, paths, emissions[some]).transpose(1, 2)
        logs = np.minimum(scores - partition[:, None], 0.0)  # (B, k)
        return tags, as_tensor(logs, emissions)

    def marginals(self, emissions: Tensor, mask: Tensor | None = None, temperature: float = 1.0) -> Tensor:
        """Probability (B, T, K) of each tag at each token; 0 where masked."""
        scored = self._score(emissions, mask, temperature)
        return as_tensor(token_marginals(_lattice(scored)), emissions).view(emissions.shape)

    def entropy(self, emissions: Tensor, mask: Tensor | None = None, temperature: float = 1.0) -> Tensor:
        """Entropy (B,) in nats of the distribution over whole sequences; 0 for an empty sentence."""
        scored = self._score(emissions, mask, temperature)
        return as_tensor(path_entropy(scored, _lattice(scored)), emissions)

    def path_log_probability(
        self, emissions: Tensor, tags: Tensor, mask: Tensor | None = None, temperature: float = 1.0
    ) -> Tensor:
        """Log probability (B,) of whole sequences (B, T); -inf for an illegal one. No gradient: see :meth:`forward`."""
        scored = self._score(emissions, self._checked_mask(emissions, mask, tags), temperature)
        path = scored.gold_tags(tags)  # (R,)
        scores = scored.path_scores(path, scored.moves(path))  # (B,)
        return as_tensor(scores - _lattice(scored).log_partition, emissions)

    def span_log_probabilities(
        self,
        emissions: Tensor,
        mask: Tensor | None,
        sentence: Tensor,
        start: Tensor,
        end: Tensor,
        first_tag: Tensor,
        inner_tag: Tensor,
        last_tag: Tensor,
        forbidden_next: Tensor,
        temperature: float = 1.0,
    ) -> Tensor:
        """Log probabilities (n,) of spans: that tokens ``start`` to ``end`` have these tags, whatever the others have.

        All int64 (n,), one for each span:

        Args:
            sentence, start, end: its sentence in the batch and its positions, end exclusive.
            first_tag, inner_tag, last_tag: BIOES: B, I, E, and S first for a single token; IOB2: B, I, I. The inner tag
                is not used for fewer than three tokens, the last tag not for one.
            forbidden_next: a tag that must not follow, or -1. IOB2: I, as the entity would go on.
            temperature: all scores are divided by it.

        Returns:
            Exact but for probabilities below about 1e-100, which may be given as 0.

        Raises:
            SeqnlpError: a span without tokens or outside its sentence.
        """
        scored = self._score(emissions, mask, temperature)
        places = np.stack([as_array(part) for part in (sentence, start, end)])  # (3, n)
        starts, ends = segment_rows(scored.chain, emissions.size(1), places)  # (n,), (n,)
        tags = np.stack([as_array(part) for part in (first_tag, inner_tag, last_tag)])  # (3, n)
        lattice = _lattice(scored)
        with np.errstate(all="ignore"):
            logs = segment_log_probabilities(scored, lattice, starts, ends, tags, as_array(forbidden_next))  # (n,)
        return as_tensor(logs, emissions)

    def _log_likelihoods(self, emissions: Tensor, tags: Tensor | None, mask: Tensor) -> Tensor:
        parameters = (self.start_transitions, self.end_transitions, self.transitions)
        return log_likelihood(emissions, *parameters, tags, mask, self._forbidden)  # (B,)

    def _score(self, emissions: Tensor, mask: Tensor | None, temperature: float = 1.0) -> ScoredChain:
        parameters = (self.start_transitions, self.end_transitions, self.transitions)
        scores = boundary_transitions(*parameters, self._forbidden)  # (N, N)
        return refuse_undefined(score_chain(emissions, self._checked_mask(emissions, mask), scores, temperature))

    def _checked_mask(self, emissions: Tensor, mask: Tensor | None, tags: Tensor | None = None) -> Tensor:
        if emissions.dim() != 3 or emissions.size(2) != self.num_tags:
            raise SeqnlpError(f"expected emissions (B, T, {self.num_tags}), found {tuple(emissions.shape)}")
        shape = emissions.shape[:2]
        for name, tensor in (("tags", tags), ("mask", mask)):
            if tensor is not None and tensor.shape != shape:
                raise SeqnlpError(f"expected {name} {tuple(shape)} as the emissions have, found {tuple(tensor.shape)}")
        return torch.ones(shape, dtype=torch.bool) if mask is None else mask.bool()

    @staticmethod
    def _padded(scored: ScoredChain, tags: NDArray[np.int64], emissions: Tensor) -> Tensor:
        """Tags (B, T, ...) in their places from those of the real tokens (R, ...)."""
        padded = np.zeros((len(scored.chain.row_of), *tags.shape[1:]), dtype=np.int64)  # (B * T, ...)
        padded[scored.chain.positions] = tags
        return torch.from_numpy(padded).to(emissions.device).view(*emissions.shape[:2], *tags.shape[1:])


def _lattice(scored: ScoredChain) -> Lattice:
    """All paths at once.

    Raises:
        SeqnlpError: a sentence has no legal tags at all, so that nothing has a probability.
    """
    lattice = build_lattice(scored)
    refuse_impossible(scored.chain, lattice.log_partition)
    return lattice


def _flags(name: str, flags: Any, shape: tuple[int, ...]) -> Tensor:
    if flags is None:
        return torch.ones(shape, dtype=torch.bool)
    tensor = torch.as_tensor(flags, dtype=torch.bool).cpu().clone()
    if tensor.shape != shape:
        raise SeqnlpError(f"expected {name} {shape}, found {tuple(tensor.shape)}")
    if not tensor.any():
        raise SeqnlpError(f"{name} forbids everything; expected at least one True")
    return tensor
