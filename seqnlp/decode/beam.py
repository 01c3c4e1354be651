"""Batched beam search over any step function (see decode/steps.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.candidates import Candidates, best_candidates
from seqnlp.decode.constraints import Constraints, Prefix
from seqnlp.decode.hypotheses import Decoded, Ending, History
from seqnlp.decode.penalties import coverage_penalty, length_penalty
from seqnlp.decode.steps import FloatArray, Layout, Step
from seqnlp.errors import SeqnlpError
from seqnlp.text.subwords import BEGIN, END


def beam_search(
    step: Step,
    state: Any,
    num_sentences: int,
    max_lengths: IntArray,
    min_lengths: IntArray,
    config: DecodingConfig,
    *,
    nbest: int = 1,
    prefixes: Sequence[Prefix] | None = None,
    source_lengths: IntArray | None = None,
    keep_attention: bool = False,
) -> list[list[Decoded]]:
    """The best outputs of each sentence, best first.

    A sentence begins with ``config.beam`` slots. At every step the best candidates over all its hypotheses are taken,
    as many as it has slots; one that ends in END is finished and gives up its slot (Bahdanau et al. 2015). A sentence
    is done when no slot is left, or when nothing unfinished can still be among the ``nbest`` best. What is found for
    it does not depend on the others.

    Args:
        state: before the first step, one hypothesis a sentence.
        max_lengths, min_lengths: (B,) most and fewest tokens, END not counted; at the greatest length END is forced.
        prefixes: how each output must begin.
        source_lengths: (B,) source positions; needed for ``keep_attention`` and the coverage penalty.

    Returns:
        Up to ``nbest`` outputs a sentence, at least one; of equal scores the one that was finished first is first.

    Raises:
        SeqnlpError: no beam, ``nbest`` above it, a prefix longer than allowed, or a model that gives no numbers.
    """
    if config.beam < 1:
        raise SeqnlpError(f"expected a beam of at least 1, found {config.beam}; 1 is greedy search")
    if not 1 <= nbest <= config.beam:
        raise SeqnlpError(
            f"expected from 1 to beam ({config.beam}) translations a line, asked for {nbest}; widen the beam"
        )
    constraints = Constraints(max_lengths, min_lengths, prefixes, config.no_repeat_ngram)
    search = _Search(num_sentences, constraints, config, nbest, source_lengths, keep_attention)
    while len(search.tokens):
        result = step(search.tokens, search.layout, state)
        parents, staying = search.advance(result.log_probs, result.attention)
        state = result.state if parents is None else result.state.select(parents, staying)
    return search.answers()


class _Search:
    """The hypotheses under way."""

    def __init__(
        self,
        num_sentences: int,
        constraints: Constraints,
        config: DecodingConfig,
        nbest: int,
        source_lengths: IntArray | None,
        keep_attention: bool,
    ) -> None:
        self.config, self.nbest, self.constraints = config, nbest, constraints
        self.source_lengths, self.keep_attention = source_lengths, keep_attention
        self.history = History()
        self.endings: list[list[Ending]] = [[] for _ in range(num_sentences)]
        self.slots = np.full(num_sentences, config.beam)  # of all sentences, those not yet freed
        self.to_beat = np.full(num_sentences, -np.inf)  # the nbest-th best score so far
        self.longest_penalty = length_penalty(config, constraints.max_lengths + 1)
        self.numbers = np.arange(num_sentences)  # (B,) of the sentences in the batch
        self.counts = np.ones(num_sentences, np.int64)  # (B,) hypotheses of each
        self.layout = Layout.one_each(num_sentences)
        self.tokens = np.full(num_sentences, BEGIN)  # (N,)
        self.totals = np.zeros(num_sentences)  # (N,) log probabilities
        self.covered: NDArray[np.float32] | None = None  # (N, S) attention so far

    def advance(self, log_probs: FloatArray, attention: FloatArray | None) -> tuple[IntArray | None, IntArray | None]:
        """Go on by one token.

        Returns:
            What to select the model's state by: ``parents`` (None: leave it as it is) and ``sentences``.
        """
        self._look(attention)
        self.constraints.apply(log_probs, self.numbers[self.layout.sentence], self.history)
        best = best_candidates(log_probs, self.totals, self.layout, self.slots[self.numbers])
        ends = best.token == END
        if ends.any():
            self._finish(best[ends])
            best = best[~ends]
        return self._go_on(self._hopeful(best))

    def answers(self) -> list[list[Decoded]]:
        """What was found for each sentence, best first."""
        decoded = []
        for number, endings in enumerate(self.endings):
            if not endings:
                raise SeqnlpError(
                    f"no output is possible for sentence {number + 1} of the batch; check that the model's log "
                    "probabilities are numbers"
                )
            best = sorted(endings, key=lambda ending: -ending.score)[: self.nbest]
            decoded.append([self.history.decoded(ending, self._positions(number)) for ending in best])
        return decoded

    def _look(self, attention: FloatArray | None) -> None:
        """Keep where this step looks, if somebody asks."""
        if attention is None or not (self.keep_attention or self.config.coverage_penalty):
            return
        weights = attention.astype(np.float32, copy=False)  # (N, S)
        if self.keep_attention:
            self.history.attention.append(weights)
        if self.config.coverage_penalty:
            self.covered = weights if self.covered is None else self.covered + weights

    def _finish(self, ended: Candidates) -> None:
        """These hypotheses are outputs now, and their sentences go on with fewer slots."""
        length = len(self.history)
        scores = ended.total / length_penalty(self.config, length + 1)
        for place, number in enumerate(self.numbers[ended.sentence].tolist()):
            row, score = int(ended.parent[place]), float(scores[place])
            if self.covered is not None:
                score += float(coverage_penalty(self.config, self.covered[row, : self._positions(number)]))
            endings = self.endings[number]
            endings.append(Ending(length, row, float(ended.log_prob[place]), score))
            self.slots[number] -= 1
            if len(endings) >= self.nbest:
                self.to_beat[number] = sorted(ending.score for ending in endings)[-self.nbest]

    def _hopeful(self, live: Candidates) -> Candidates:
        """Those of sentences where one of them can still be among the best.

        Log probabilities only fall, and are divided by the most at the greatest length; a coverage penalty only takes.
        """
        numbers = self.numbers[live.sentence]
        hopeful = live.total / self.longest_penalty[numbers] > self.to_beat[numbers]
        if hopeful.all():
            return live
        going_on = np.zeros(len(self.numbers), bool)
        going_on[live.sentence[hopeful]] = True
        return live[going_on[live.sentence]]

    def _go_on(self, live: Candidates) -> tuple[IntArray | None, IntArray | None]:
        """Make these the hypotheses."""
        self.history.add(live.parent, live.token, live.log_prob)
        same_rows = np.array_equal(live.parent, np.arange(len(self.totals)))
        counts = np.bincount(live.sentence, minlength=len(self.numbers))  # (B,)
        staying = np.flatnonzero(counts)  # (B',)
        leaving = len(staying) < len(counts)
        if leaving:
            self.numbers, counts = self.numbers[staying], counts[staying]
        if not np.array_equal(counts, self.counts):
            self.counts, self.layout = counts, Layout.of_counts(counts)
        self.tokens, self.totals = live.token, live.total
        if (same_rows and not leaving) or not len(live):
            return None, None
        self.covered = None if self.covered is None else self.covered[live.parent]
        return live.parent, staying if leaving else None

    def _positions(self, number: int) -> int | None:
        return None if self.source_lengths is None else int(self.source_lengths[number])
