"""The negative log probability of every token of a text, the state carried through it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.streams import Streams
from seqnlp.networks.protocol import LanguageModelNetwork

WINDOW = 256
"""Tokens that are scored at once; the state is carried on, so this changes nothing but the speed."""
TOGETHER = 64
"""Texts that are scored side by side."""


def score_tokens(network: LanguageModelNetwork, tokens: IntArray, num_streams: int = 1) -> FloatArray:
    """Losses (N,) of tokens (N,) in nats, each scored once.

    Args:
        num_streams: 1 reads the text from its beginning to its end; more are faster, and each begins without what
            was before it.
    """
    streams = Streams(tokens, num_streams, min(WINDOW, len(tokens)))
    losses = np.zeros(len(tokens))  # (N,)
    state = network.start(streams.num_streams)
    for numbers in streams.plan():
        window = streams.read(numbers)
        positions, mask = streams.positions(numbers)  # (S, T), (S, T)
        result, state = network.losses(window.inputs, window.targets, state)  # (S, T)
        losses[positions[mask]] = result[mask]
    return losses


def score_each(network: LanguageModelNetwork, texts: Sequence[Sequence[int]], before: int) -> list[FloatArray]:
    """Losses (N,) in nats of the tokens of each text, which nothing but the token ``before`` stands before."""
    losses = [np.zeros(len(tokens)) for tokens in texts]
    longest_first = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
    for begin in range(0, len(texts), TOGETHER):
        _score_together(network, texts, before, longest_first[begin : begin + TOGETHER], losses)
    return losses


def _score_together(
    network: LanguageModelNetwork,
    texts: Sequence[Sequence[int]],
    before: int,
    numbers: Sequence[int],
    losses: Sequence[FloatArray],
) -> None:
    """Fill the losses of some texts, the longest first: those that have ended drop out at the end."""
    state = network.start(len(numbers))
    for begin in range(0, len(texts[numbers[0]]), WINDOW):
        going = [number for number in numbers if len(texts[number]) > begin]
        width = min(WINDOW, len(texts[going[0]]) - begin)
        tokens = np.full((len(going), width + 1), before, np.int64)  # (B, T + 1); padding comes after all that counts
        for row, number in enumerate(going):
            part = texts[number][max(begin - 1, 0) : begin + width]
            first = 0 if begin else 1
            tokens[row, first : first + len(part)] = part
        state = network.select(state, np.arange(len(going)))
        result, state = network.losses(tokens[:, :-1], tokens[:, 1:], state)  # (B, T)
        for row, number in enumerate(going):
            rest = len(texts[number]) - begin
            losses[number][begin : begin + width] = result[row, :rest]
