"""The best continuations, against sorting all of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seqnlp.decode.candidates import best_candidates
from seqnlp.decode.steps import Layout


def by_sorting(log_probs: torch.Tensor, totals: list[float], counts: list[int], widths: list[int]) -> list[tuple]:
    actual, row = [], 0
    for sentence, (count, width) in enumerate(zip(counts, widths, strict=True)):
        every = [
            (-(totals[parent] + value), parent, token, value)
            for parent in range(row, row + count)
            for token, value in enumerate(log_probs[parent].tolist())
            if value > -np.inf
        ]
        best = sorted(every)[:width]
        actual += [(sentence, parent, token, value, -negative) for negative, parent, token, value in best]
        row += count
    return actual


@pytest.mark.parametrize("vocabulary", [5, 63, 64, 65, 128, 300])
@pytest.mark.parametrize(
    ("counts", "widths"),
    [([1, 1, 1], [5, 5, 5]), ([3, 3], [3, 3]), ([2, 0, 4, 1], [4, 3, 4, 1]), ([1], [1]), ([5, 1], [5, 40])],
)
@pytest.mark.parametrize("kind", ["smooth", "ties", "holes", "one"])
def test_they_are_those_of_a_full_sort(vocabulary: int, counts: list[int], widths: list[int], kind: str) -> None:
    generator = torch.Generator().manual_seed(len(kind) + vocabulary)
    log_probs = torch.randn(sum(counts), vocabulary, generator=generator).log_softmax(dim=1)
    totals = torch.randn(sum(counts), generator=generator, dtype=torch.float64)
    if kind == "ties":  # of equals the lower slot, then the lower token
        log_probs, totals = log_probs.round(), totals.round()
    if kind == "holes":
        log_probs[torch.rand(log_probs.shape, generator=generator) < 0.9] = -torch.inf
    if kind == "one":
        log_probs[:, torch.arange(vocabulary) != vocabulary - 1] = -torch.inf
    best = best_candidates(log_probs.numpy(), totals.numpy(), Layout.of_counts(np.array(counts)), np.array(widths))
    columns = [best.sentence, best.parent, best.token, best.log_prob, best.total]
    actual = list(zip(*(column.tolist() for column in columns), strict=True))
    assert actual == by_sorting(log_probs, totals.tolist(), counts, widths)
