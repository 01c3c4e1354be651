"""Which sentences go into which step, and in what order: a function of seed and epoch alone."""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import IntArray

WINDOW_BATCHES = 50
"""Batches' worth of shuffled sentences that are sorted by length together."""


def plan_epoch(
    lengths: IntArray, batch_sentences: int, batch_tokens: int, seed: int, epoch: int, second: IntArray | None = None
) -> list[IntArray]:
    """Cut one epoch into batches of sentences of similar length.

    Sentences are shuffled, sorted by length inside windows of :data:`WINDOW_BATCHES` batches, cut where a batch would
    exceed ``batch_sentences`` sentences or ``batch_tokens`` padded tokens (a longer sentence goes alone), and the
    batches are shuffled. Every sentence occurs exactly once.

    Args:
        lengths: (S,) tokens of each sentence.
        second: (S,) lengths of the other side of each pair; sentences of equal length are sorted by it.

    Returns:
        Arrays of sentence numbers, one a batch.
    """
    keys = lengths if second is None else lengths * (second.max(initial=0) + 1) + second
    generator = np.random.default_rng([seed, epoch])
    order = generator.permutation(len(lengths))
    window = WINDOW_BATCHES * batch_sentences
    batches: list[IntArray] = []
    for start in range(0, len(order), window):
        part = order[start : start + window]
        part = part[np.argsort(keys[part], kind="stable")]
        batches += cut_by_budget(part, lengths, batch_sentences, batch_tokens)
    return [batches[position] for position in generator.permutation(len(batches))]


def plan_in_order(lengths: IntArray, batch_sentences: int, batch_tokens: int) -> list[IntArray]:
    """Batches for evaluation: all sentences, shortest first, no randomness."""
    return cut_by_budget(np.argsort(lengths, kind="stable"), lengths, batch_sentences, batch_tokens)


def cut_by_budget(order: IntArray, lengths: IntArray, batch_sentences: int, batch_tokens: int) -> list[IntArray]:
    """Cut sentences, in the order given, into batches within both budgets."""
    batches: list[IntArray] = []
    start, longest = 0, 0
    for position, length in enumerate(lengths[order].tolist()):
        widest = max(longest, length)
        count = position - start + 1
        if count > 1 and (count > batch_sentences or count * widest > batch_tokens):
            batches.append(order[start:position])
            start, widest = position, length
        longest = widest
    if start < len(order):
        batches.append(order[start:])
    return batches


def share(batch: IntArray, piece: int, num_pieces: int) -> IntArray:
    """Every ``num_pieces``-th sentence of a batch: how a step is divided over processes and accumulation."""
    return batch[piece::num_pieces]
