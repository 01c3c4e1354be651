"""Outputs drawn from the model instead of searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.decode.beam import NEVER
from seqnlp.decode.hypotheses import Decoded, History
from seqnlp.decode.steps import Layout, Step
from seqnlp.errors import SeqnlpError
from seqnlp.text.subwords import BEGIN, END

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SamplingOptions:
    """How to draw.

    Attributes:
        temperature: below 1 closer to the most probable, above 1 more varied.
        top_k: only the k most probable tokens (Fan et al. 2018); 0: all.
        top_p: only the most probable tokens that together reach p (nucleus, Holtzman et al. 2020); 1: all.
        seed: another seed, other outputs.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.temperature <= 0 or self.top_k < 0 or not 0 < self.top_p <= 1:
            raise SeqnlpError(
                "expected temperature above 0, top_k at least 0 and top_p above 0 and at most 1, found "
                f"{self.temperature:g}, {self.top_k} and {self.top_p:g}"
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
    prefixes: Sequence[Sequence[int]] | None = None,
    source_lengths: IntArray | None = None,
    keep_attention: bool = False,
) -> list[list[Decoded]]:
    """One output a sentence, drawn token by token; scores are log probabilities under the unchanged model.

    Each sentence draws from a generator of its own, made from the seed and its number in ``line_seeds``, so that its
    output does not depend on the others. Other arguments are those of :func:`seqnlp.decode.beam.beam_search`.
    """
    generators = [np.random.default_rng([options.seed, *number]) for number in line_seeds]
    answers: list[list[Decoded]] = [[] for _ in range(num_sentences)]
    rows, history, length = np.arange(num_sentences), History(), 0
    tokens, layout = torch.full((num_sentences,), BEGIN), Layout.one_each(num_sentences)  # (N,)
    while len(rows):
        result = step(tokens, layout, state)
        if keep_attention and result.attention is not None:
            history.attention.append(result.attention)
        log_probs = result.log_probs.double().numpy()  # (N, V)
        drawn = np.empty(len(rows), np.int64)
        for place, row in enumerate(rows.tolist()):
            forced = END if length >= max_lengths[row] else None
            if prefixes and length < len(prefixes[row]):
                forced = prefixes[row][length]
            ruled_out = NEVER if length >= min_lengths[row] else (*NEVER, END)
            drawn[place] = _draw(log_probs[place], ruled_out, options, generators[row]) if forced is None else forced
        gains = log_probs[np.arange(len(rows)), drawn]
        for place in np.flatnonzero(drawn == END).tolist():
            positions = None if source_lengths is None else int(source_lengths[rows[place]])
            found = history.trace(place, float(gains[place]), 0.0, positions)
            answers[rows[place]].append(_scored(found))
        kept = np.flatnonzero(drawn != END)
        history.add(kept, drawn[kept], gains[kept])
        chosen = torch.from_numpy(kept)  # (N',)
        state = result.state.select(chosen, None if len(kept) == len(rows) else chosen)
        rows, tokens, length = rows[kept], torch.from_numpy(drawn[kept]), length + 1
        layout = Layout.one_each(len(rows))
    return answers


def probabilities(log_probs: FloatArray, ruled_out: Sequence[int], options: SamplingOptions) -> FloatArray:
    """What is drawn from: (V,) after temperature, top-k and top-p."""
    scaled = log_probs / options.temperature
    scaled[list(ruled_out)] = -np.inf
    weights = np.exp(scaled - scaled.max())
    weights /= weights.sum()
    order = np.argsort(-weights, kind="stable")
    if options.top_k:
        weights[order[options.top_k :]] = 0
    if options.top_p < 1:
        before = np.cumsum(weights[order] / weights.sum()) - weights[order] / weights.sum()
        weights[order[before >= options.top_p]] = 0
    normalised: FloatArray = weights / weights.sum()
    return normalised


def _draw(
    log_probs: FloatArray, ruled_out: Sequence[int], options: SamplingOptions, generator: np.random.Generator
) -> int:
    cumulated = np.cumsum(probabilities(log_probs, ruled_out, options))
    return int(np.searchsorted(cumulated, generator.random() * cumulated[-1], side="right"))


def _scored(found: Decoded) -> Decoded:
    return Decoded(found.tokens, found.log_probability, found.log_probability, found.token_log_probs, found.attention)
