"""Outputs drawn from the model instead of searched for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.decode.constraints import NEVER, NOTHING, Constraints, Prefix
from seqnlp.decode.hypotheses import Decoded, Ending, History
from seqnlp.decode.steps import Layout, Step
from seqnlp.errors import WrongTypeError, WrongValueError
from seqnlp.text.subwords import BEGIN, END


@dataclass(frozen=True)
class SamplingOptions:
    """How to draw.

    Attributes:
        temperature: below 1 closer to the most probable, above 1 more varied.
        top_k: only the k most probable tokens (Fan et al. 2018); 0: all.
        top_p: only the most probable tokens that together reach p (nucleus, Holtzman et al. 2020); 1: all.
        seed: another seed, other outputs.

    Raises:
        WrongTypeError, WrongValueError: one of them is no number, or out of its range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("top_k", "seed"):
            if not isinstance(value := getattr(self, name), Integral):
                raise WrongTypeError(f"{name}: expected a whole number, found {type(value).__name__} {value!r}")
        for name in ("temperature", "top_p"):
            if not isinstance(value := getattr(self, name), Real):
                raise WrongTypeError(f"{name}: expected a number, found {type(value).__name__} {value!r}")
        fits = 0 < self.temperature < math.inf and self.top_k >= 0 and 0 < self.top_p <= 1 and self.seed >= 0
        if not fits:
            raise WrongValueError(
                "expected temperature above 0, top_k at least 0, top_p above 0 and at most 1 and seed at least 0, "
                f"found {self.temperature:g}, {self.top_k}, {self.top_p:g} and {self.seed}"
            )


def sample(
    step: Step,
    state: Any,
    num_sentences: int,
    max_lengths: IntArray,
    min_lengths: IntArray,
    options: SamplingOptions,
    line_seeds: Sequence[tuple[int, ...]],
    *,
    prefixes: Sequence[Prefix] | None = None,
    source_lengths: IntArray | None = None,
    keep_attention: bool = False,
) -> list[list[Decoded]]:
    """One output a sentence, drawn token by token; scores are log probabilities under the unchanged model.

    Each sentence draws from a generator of its own, made from the seed and its numbers in ``line_seeds``, so that its
    output does not depend on the others. The other arguments are those of :func:`seqnlp.decode.beam.beam_search`.
    """
    generators = [np.random.default_rng([options.seed, *numbers]) for numbers in line_seeds]
    constraints, history = Constraints(max_lengths, min_lengths, prefixes), History()
    positions = [None] * num_sentences if source_lengths is None else source_lengths.tolist()
    answers: list[list[Decoded]] = [[] for _ in range(num_sentences)]
    numbers, totals = np.arange(num_sentences), np.zeros(num_sentences)  # (N,)
    tokens, layout = np.full(num_sentences, BEGIN), Layout.one_each(num_sentences)  # (N,)
    while len(numbers):
        result = step(tokens, layout, state)
        if keep_attention and result.attention is not None:
            history.attention.append(result.attention.astype(np.float32, copy=False))
        log_probs, length = result.log_probs, len(history)  # (N, V)
        drawn = constraints.forced(numbers, length)  # (N,)
        for row in np.flatnonzero(drawn == NOTHING).tolist():
            number = int(numbers[row])
            specials = NEVER if length >= min_lengths[number] else range(END + 1)
            ruled_out = [*specials, *constraints.not_next(number, length)]
            drawn[row] = draw(log_probs[row], ruled_out, options, generators[number])
        gains = log_probs[np.arange(len(numbers)), drawn].astype(np.float64)  # (N,)
        totals = totals + gains
        for row in np.flatnonzero(drawn == END).tolist():
            ending = Ending(length, row, float(gains[row]), float(totals[row]))
            answers[numbers[row]].append(history.decoded(ending, positions[numbers[row]]))
        kept = np.flatnonzero(drawn != END)
        history.add(kept, drawn[kept], gains[kept])
        state, tokens = result.state, drawn[kept]
        if 0 < len(kept) < len(numbers):
            state, layout = state.select(kept, kept), Layout.one_each(len(kept))
        numbers, totals = numbers[kept], totals[kept]
    return answers


def probabilities(log_probs: NDArray[np.floating], ruled_out: Sequence[int], options: SamplingOptions) -> FloatArray:
    """What is drawn from: (V,) after temperature, top-k and top-p; of equals the lower tokens are kept."""
    possible = log_probs.astype(np.float64)
    possible[list(ruled_out)] = -np.inf
    with np.errstate(over="ignore"):  # at a temperature near 0 all but the most probable are out of reach
        weights = np.exp((possible - possible.max()) / options.temperature)
    if 0 < options.top_k < len(weights):
        least = np.partition(weights, -options.top_k)[-options.top_k]
        weights = _only(_descending(weights, least)[: options.top_k], weights)
    if options.top_p < 1:
        # Tokens this rare have no more than 1 - p in all, so those before them reach p: no need to sort them.
        rare = (1 - options.top_p) * weights.sum() / len(weights)
        order = _descending(weights, rare)
        before = np.cumsum(weights[order]) - weights[order]
        weights = _only(order[before < options.top_p * weights.sum()], weights)
    normalised: FloatArray = weights / weights.sum()
    return normalised


def _descending(weights: FloatArray, least: float) -> IntArray:
    """The tokens of at least this weight, greatest first."""
    tokens = np.flatnonzero(weights >= least)
    return tokens[np.argsort(-weights[tokens], kind="stable")]


def _only(tokens: IntArray, weights: FloatArray) -> FloatArray:
    kept = np.zeros_like(weights)
    kept[tokens] = weights[tokens]
    return kept


def draw(
    log_probs: NDArray[np.floating], ruled_out: Sequence[int], options: SamplingOptions, generator: np.random.Generator
) -> int:
    """One token from what :func:`probabilities` leaves."""
    cumulated = np.cumsum(probabilities(log_probs, ruled_out, options))
    return int(np.searchsorted(cumulated, generator.random() * cumulated[-1], side="right"))
