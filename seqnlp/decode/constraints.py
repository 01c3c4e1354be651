"""What may come next: never a special token, no END too early or too late, forced prefixes, no repeated n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.decode.hypotheses import History
from seqnlp.decode.penalties import repeated_ngrams
from seqnlp.errors import SeqnlpError
from seqnlp.text.subwords import END, SPECIALS

NEVER = range(END)
"""What no output contains: padding, unknown and BEGIN, the ids below END."""

NOTHING = -1


@dataclass(frozen=True, slots=True)
class Prefix:
    """How an output must begin.

    Attributes:
        tokens: that it begins with.
        not_next: tokens of which none follows them.
    """

    tokens: Sequence[int] = ()
    not_next: Sequence[int] = ()


class Constraints:
    """What the outputs of B sentences must keep to.

    Args:
        max_lengths, min_lengths: (B,) most and fewest tokens, END not counted; the most wins.
        prefixes: how the outputs must begin.
        no_repeat_ngram: no n-gram of so many tokens occurs twice; 0: allowed.

    Raises:
        SeqnlpError: a prefix longer than its output may be, or with a special token in it.
    """

    def __init__(
        self,
        max_lengths: IntArray,
        min_lengths: IntArray,
        prefixes: Sequence[Prefix] | None,
        no_repeat_ngram: int = 0,
    ) -> None:
        self.max_lengths, self.min_lengths, self.no_repeat_ngram = max_lengths, min_lengths, no_repeat_ngram
        self._shortest_max, self._longest_min = min(max_lengths.tolist(), default=0), max(min_lengths, default=0)
        self._prefixes = _as_table([prefix.tokens for prefix in prefixes or []], max_lengths)  # (B, P)
        self._not_next = {
            (number, len(prefix.tokens)): prefix.not_next
            for number, prefix in enumerate(prefixes or [])
            if prefix.not_next
        }

    def apply(self, log_probs: NDArray[np.floating], numbers: IntArray, history: History) -> None:
        """Set what must not follow to minus infinity; the rest keep their log probabilities.

        Args:
            log_probs: (N, V).
            numbers: (N,) which sentence each row is of.
            history: the search so far, its newest rows those of ``log_probs``.
        """
        length = len(history)
        forcing = length < self._prefixes.shape[1] or length >= self._shortest_max
        if forcing:
            forced = self.forced(numbers, length)  # (N,)
            rows = np.flatnonzero(forced != NOTHING)  # (F,)
            kept = log_probs[rows, forced[rows]]  # (F,)
        log_probs[:, :END] = -np.inf  # NEVER
        if self._not_next and length <= self._prefixes.shape[1]:
            for row, number in enumerate(numbers.tolist()):
                log_probs[row, self.not_next(number, length)] = -np.inf
        if self.no_repeat_ngram:
            for row, output in enumerate(history.outputs(len(numbers)).tolist()):
                log_probs[row, repeated_ngrams(output, self.no_repeat_ngram)] = -np.inf
        if length < self._longest_min:
            early = (self.min_lengths[numbers] > length) & (log_probs[:, SPECIALS:].max(axis=1) > -np.inf)
            log_probs[early, END] = -np.inf  # not where nothing else is left
        if forcing:
            log_probs[rows] = -np.inf
            log_probs[rows, forced[rows]] = kept

    def not_next(self, number: int, length: int) -> Sequence[int]:
        """What must not follow where a sentence has ``length`` tokens, as its prefix ends there."""
        return self._not_next.get((number, length), ())

    def forced(self, numbers: IntArray, length: int) -> IntArray:
        """The only token (N,) that may come next: the prefix's, or END at the greatest length; else NOTHING.

        Args:
            numbers: (N,) which sentence each row is of.
            length: tokens so far.
        """
        forced = np.full(len(numbers), NOTHING)
        if length < self._prefixes.shape[1]:
            forced = self._prefixes[numbers, length]
        if length >= self._shortest_max:
            forced = np.where(self.max_lengths[numbers] <= length, END, forced)
        return forced


def _as_table(prefixes: Sequence[Sequence[int]], max_lengths: IntArray) -> IntArray:
    """Prefixes as (B, P), NOTHING where they leave the output free."""
    table = np.full((len(prefixes), max(map(len, prefixes), default=0)), NOTHING)
    for line, prefix in enumerate(prefixes, start=1):
        if len(prefix) > max_lengths[line - 1]:
            raise SeqnlpError(
                f"line {line}: its prefix has {len(prefix)} subwords, but at most {max_lengths[line - 1]} are allowed; "
                "shorten it, or raise max_ratio or max_extra"
            )
        if min(prefix, default=SPECIALS) < SPECIALS:
            raise SeqnlpError(f"line {line}: expected a prefix of ids from {SPECIALS} on, found {min(prefix)}")
        table[line - 1, : len(prefix)] = prefix
    return table
