"""Batched beam search over any step function (see decode/steps.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.config import DecodingConfig
from seqnlp.decode.hypotheses import Decoded, History
from seqnlp.decode.penalties import coverage_penalty, length_penalty, repeated_ngrams
from seqnlp.decode.steps import Layout, Step
from seqnlp.errors import SeqnlpError
from seqnlp.text.subwords import BEGIN, END, PAD, UNKNOWN

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

NEVER = (PAD, UNKNOWN, BEGIN)
"""What no output contains."""


def beam_search(
    step: Step,
    state: Any,
    num_sentences: int,
    max_lengths: IntArray,
    min_lengths: IntArray,
    config: DecodingConfig,
    *,
    nbest: int = 1,
    prefixes: Sequence[Sequence[int]] | None = None,
    source_lengths: IntArray | None = None,
    keep_attention: bool = False,
) -> list[list[Decoded]]:
    """The best outputs of each sentence, best first.

    A sentence begins with ``config.beam`` slots. At every step the best candidates over all its hypotheses are taken,
    as many as it has slots; one that ends in END is finished and frees its slot for good (Bahdanau et al. 2015). The
    sentence leaves the batch when no slot is left, or when nothing unfinished can still be among the ``nbest`` best.
    What is found for a sentence does not depend on the others.

    Args:
        state: before the first step, one hypothesis a sentence.
        max_lengths, min_lengths: (B,) most and fewest tokens, END not counted.
        prefixes: the tokens that each output must begin with.
        source_lengths: (B,) source positions; needed for ``keep_attention`` and the coverage penalty.

    Raises:
        SeqnlpError: ``nbest`` above the beam, or a prefix that leaves no room for END.
    """
    if not 1 <= nbest <= config.beam:
        raise SeqnlpError(
            f"expected from 1 to beam ({config.beam}) translations a line, asked for {nbest}; widen the beam"
        )
    for number, prefix in enumerate(prefixes or []):
        if len(prefix) > max_lengths[number]:
            raise SeqnlpError(
                f"line {number + 1}: its prefix has {len(prefix)} subwords, but at most {max_lengths[number]} are "
                "allowed; shorten it, or raise max_ratio or max_extra"
            )
    search = _Search(step, state, num_sentences, max_lengths, min_lengths, config, nbest, prefixes, source_lengths)
    search.keep_attention = keep_attention
    while len(search.rows):
        search.advance()
    return [sorted(found, key=lambda one: -one.score)[:nbest] for found in search.finished]


class _Search:
    """The hypotheses under way; everything but the model's state and scores is in numpy."""

    keep_attention = False

    def __init__(
        self,
        step: Step,
        state: Any,
        num_sentences: int,
        max_lengths: IntArray,
        min_lengths: IntArray,
        config: DecodingConfig,
        nbest: int,
        prefixes: Sequence[Sequence[int]] | None,
        source_lengths: IntArray | None,
    ) -> None:
        self.step, self.state, self.config, self.nbest = step, state, config, nbest
        self.max_lengths, self.min_lengths, self.prefixes = max_lengths, min_lengths, prefixes
        self.source_lengths = source_lengths
        self.rows = np.arange(num_sentences)  # (B,) which sentences are under way
        self.sentence = np.arange(num_sentences)  # (N,) place in `rows` of each hypothesis
        self.layout = Layout.one_each(num_sentences)
        self.tokens = torch.full((num_sentences,), BEGIN)  # (N,)
        self.scores = np.zeros(num_sentences)  # (N,) log probabilities
        self.covered: Tensor | None = None  # (N, S)
        self.finished: list[list[Decoded]] = [[] for _ in range(num_sentences)]
        self.history = History()
        self.length = 0

    def advance(self) -> None:
        """One step of all hypotheses."""
        result = self.step(self.tokens, self.layout, self.state)
        self._keep_attention(result.attention)
        log_probs = self._allowed(result.log_probs)  # (N, V)
        values, tokens = log_probs.topk(min(self.config.beam, log_probs.shape[1]))  # (N, K)
        parents, chosen, gains = self._best(values.numpy().astype(np.float64), tokens.numpy())
        ends = chosen == END
        for parent, gain in zip(parents[ends].tolist(), gains[ends].tolist(), strict=True):
            self._finish(parent, gain)
        live = np.flatnonzero(~ends)
        stays = self._stays(self.sentence[parents[live]], self.scores[parents[live]] + gains[live])
        kept = live[stays[self.sentence[parents[live]]]]
        self._go_on(result.state, parents[kept], chosen[kept], gains[kept], stays)

    def _keep_attention(self, attention: Tensor | None) -> None:
        if attention is None:
            return
        if self.keep_attention:
            self.history.attention.append(attention)
        if self.config.coverage_penalty:
            self.covered = attention if self.covered is None else self.covered + attention

    def _allowed(self, log_probs: Tensor) -> Tensor:
        """The same with what must not follow at minus infinity."""
        log_probs[:, NEVER] = -torch.inf
        owners = self.rows[self.sentence]  # (N,)
        if self.length < self.min_lengths.max(initial=0):
            log_probs[torch.from_numpy(np.flatnonzero(self.min_lengths[owners] > self.length)), END] = -torch.inf
        if self.length >= self.max_lengths.min(initial=self.length):
            full = torch.from_numpy(np.flatnonzero(self.max_lengths[owners] <= self.length))  # (F,)
            self._force(log_probs, full, torch.full_like(full, END))
        if size := self.config.no_repeat_ngram:
            for row, prefix in enumerate(self.history.prefixes(len(owners))):
                log_probs[row, [token for token in repeated_ngrams(prefix, size) if token != END]] = -torch.inf
        if self.prefixes:
            rows = [row for row, owner in enumerate(owners.tolist()) if self.length < len(self.prefixes[owner])]
            forced = [self.prefixes[owners[row]][self.length] for row in rows]
            self._force(log_probs, torch.tensor(rows, dtype=torch.int64), torch.tensor(forced, dtype=torch.int64))
        return log_probs

    @staticmethod
    def _force(log_probs: Tensor, rows: Tensor, tokens: Tensor) -> None:
        """Leave one token to each of the given rows; one that was ruled out is possible again, but improbable."""
        if len(rows):
            kept = log_probs[rows, tokens].clamp(min=-1e4)  # (F,)
            log_probs[rows] = -torch.inf
            log_probs[rows, tokens] = kept

    def _best(self, values: FloatArray, tokens: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Parents, tokens and log probabilities of the best candidates of each sentence, as many as it has slots.

        Of equal ones the one with the lower parent, then the lower token, wins.
        """
        width = values.shape[1]
        totals = (self.scores[:, None] + values).ravel()  # (N * K,)
        parents = np.repeat(np.arange(len(values)), width)  # (N * K,)
        possible = np.flatnonzero(np.isfinite(totals))
        owners = self.sentence[parents]
        order = possible[np.lexsort((tokens.ravel()[possible], parents[possible], -totals[possible], owners[possible]))]
        firsts = np.searchsorted(owners[order], np.arange(len(self.rows)))  # (B,)
        ranks = np.arange(len(order)) - firsts[owners[order]]
        slots = np.array([self.config.beam - len(self.finished[row]) for row in self.rows.tolist()])  # (B,)
        order = order[ranks < slots[owners[order]]]
        return parents[order], tokens.ravel()[order], values.ravel()[order]

    def _finish(self, parent: int, gain: float) -> None:
        """Hypothesis ``parent`` ends here, END having log probability ``gain``."""
        row = int(self.rows[self.sentence[parent]])
        score = float((self.scores[parent] + gain) / length_penalty(self.config, self.length + 1))
        positions = None if self.source_lengths is None else int(self.source_lengths[row])
        if self.covered is not None:
            score += float(coverage_penalty(self.config, self.covered[parent, :positions].double().numpy()))
        self.finished[row].append(self.history.trace(parent, gain, score, positions))

    def _stays(self, owners: IntArray, totals: FloatArray) -> NDArray[np.bool_]:
        """(B,) whether each sentence goes on: it has live hypotheses that can still be among its best."""
        best = np.full(len(self.rows), -np.inf)
        np.maximum.at(best, owners, totals)
        stays: NDArray[np.bool_] = np.isfinite(best)
        shortest, longest = (
            length_penalty(self.config, self.length + 2),
            length_penalty(self.config, self.max_lengths + 1),
        )
        for place, row in enumerate(self.rows.tolist()):
            found = self.finished[row]
            if stays[place] and len(found) >= self.nbest:
                worst = sorted((one.score for one in found), reverse=True)[self.nbest - 1]
                # Log probabilities only fall, so this is the most that a live hypothesis can come to.
                stays[place] = len(found) < self.config.beam and best[place] / max(shortest, longest[row]) > worst
        return stays

    def _go_on(
        self, state: Any, parents: IntArray, tokens: IntArray, gains: FloatArray, stays: NDArray[np.bool_]
    ) -> None:
        """Make the chosen hypotheses the live ones."""
        owners = self.sentence[parents]
        self.scores = self.scores[parents] + gains
        self.history.add(parents, tokens, gains)
        places = np.cumsum(stays) - 1  # (B,) new place of each sentence that stays
        self.rows, self.sentence = self.rows[stays], places[owners]
        self.length += 1
        if not len(self.rows):
            return
        slots = np.arange(len(owners)) - np.searchsorted(self.sentence, self.sentence)
        self.layout = Layout(
            torch.from_numpy(self.sentence), torch.from_numpy(slots), len(self.rows), int(slots.max()) + 1
        )
        chosen = torch.from_numpy(parents)  # (N',)
        self.state = state.select(chosen, None if stays.all() else torch.from_numpy(np.flatnonzero(stays)))
        self.covered = None if self.covered is None else self.covered[chosen]
        self.tokens = torch.from_numpy(tokens)  # (N',)
