"""The entropy of a CRF, against enumeration of every path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from crf_oracle import CRFS, probabilities_of, random_batch
from torch import Tensor

from seqnlp.nn.crf import CRF


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_entropy_is_that_of_the_distribution_over_paths(crf: CRF, mask: Tensor, temperature: float) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    actual = crf.inference.entropy(emissions.detach().numpy(), mask.numpy(), temperature)
    for row in range(5):
        paths = probabilities_of(crf, emissions[row], mask[row], temperature).values()
        assert actual[row] == pytest.approx(-sum(p * math.log(p) for p in paths if p), abs=1e-5)


def test_a_higher_temperature_is_less_sure_and_certainty_has_none() -> None:
    crf = CRFS[next(iter(CRFS))]()
    emissions, _, mask = random_batch(5, 6, crf.num_tags)
    of = crf.inference
    entropies = [of.entropy(emissions.numpy(), mask.numpy(), t).sum() for t in (0.5, 1.0, 2.0, 8.0)]
    assert entropies == sorted(entropies)
    sure = np.full((1, 3, crf.num_tags), -1e4)
    sure[..., 0] = 1e4
    assert of.entropy(sure, np.ones((1, 3), dtype=bool)) == pytest.approx([0.0], abs=1e-6)
