"""Scores that probability space cannot hold, long sentences, and the two implementations against each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from crf_oracle import log_sum_exp, paths_of, random_batch, random_crf, randomized, scheme_crf
from torch import Tensor

from seqnlp.crf.chain import ScoredChain, score_chain
from seqnlp.crf.lattice import build_lattice
from seqnlp.crf.log_space import LogLattice
from seqnlp.crf.scaled import ScaledLattice
from seqnlp.nn.crf import CRF


def scored_chain(crf: CRF, emissions: Tensor, mask: Tensor) -> ScoredChain:
    return score_chain(emissions.numpy(), mask.numpy(), crf.inference.transitions)


def locked_crf() -> CRF:
    """Two tags that never follow each other, so a sentence is all of one or all of the other."""
    return randomized(CRF(2, legal_transitions=[[True, False], [False, True]]), 0)


def contradictory(strength: float, length: int = 30) -> Tensor:
    """Emissions (1, T, 2): both ends of the sentence are for tag 1, the middle is for tag 0, and more strongly so.

    From either end the path that wins is the one that loses by far at first.
    """
    emissions = torch.zeros(1, length, 2, dtype=torch.float64)
    third = length // 3
    emissions[0, :third, 1] = emissions[0, -third:, 1] = strength
    emissions[0, third:-third, 0] = 2.5 * strength
    return emissions


@pytest.mark.parametrize("scheme", ["free", "iob2", "bioes"])
@pytest.mark.parametrize("scale", [0.1, 3.0, 20.0])
def test_both_implementations_give_the_same_answers(scheme: str, scale: float) -> None:
    crf = random_crf(5) if scheme == "free" else scheme_crf(scheme, 2)
    emissions, _, mask = random_batch(6, 40, crf.num_tags, scale=scale)
    mask[3], mask[4, ::2] = False, False
    scored = scored_chain(crf, emissions, mask)
    with np.errstate(all="ignore"):
        fast, slow = ScaledLattice(scored), LogLattice(scored)
        assert fast.is_safe
        rows, tags = np.repeat(scored.chain.rows, scored.num_tags), np.tile(np.arange(scored.num_tags), mask.sum())
        left, right = fast.log_left(rows, tags), fast.log_right(rows)
        possible = np.isfinite(left), np.isfinite(right)
    np.testing.assert_allclose(fast.log_partition, slow.log_partition, rtol=1e-12, atol=1e-9)
    real = scored.chain.rows
    np.testing.assert_allclose(fast.marginals[real], slow.marginals[real], rtol=1e-9, atol=1e-12)
    weights = np.linspace(-1, 2, 6)
    np.testing.assert_allclose(fast.transition_counts(weights), slow.transition_counts(weights), atol=1e-9)
    np.testing.assert_allclose(left[possible[0]], slow.log_left(rows, tags)[possible[0]], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(right[possible[1]], slow.log_right(rows)[possible[1]], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("strength", [1.0, 10.0, 60.0, 100.0, 1e3, 1e4])
def test_contradictory_evidence_is_never_wrong(strength: float) -> None:
    """The winning path would vanish in both directions before they meet; the loss of it must be noticed."""
    crf, emissions = locked_crf().double(), contradictory(strength)
    moves = crf.start_transitions + 29 * crf.transitions.diagonal() + crf.end_transitions  # (2,)
    scores = (emissions[0].sum(dim=0) + moves).tolist()  # all 0, all 1
    expected = log_sum_exp(scores)
    own = emissions.requires_grad_()
    actual = crf.log_partition(own)
    actual.sum().backward()
    assert actual.item() == pytest.approx(expected, rel=1e-12)
    probability = torch.tensor(scores, dtype=torch.float64).sub(expected).exp()  # (2,)
    torch.testing.assert_close(own.grad[0], probability.expand(30, 2))
    assert crf.decode(emissions) == [[int(scores[1] > scores[0])] * 30]


def test_strong_contradiction_is_noticed_and_a_weak_one_stays_fast() -> None:
    crf, mask = locked_crf(), torch.ones(1, 30, dtype=torch.bool)
    assert isinstance(build_lattice(scored_chain(crf, contradictory(1.0), mask)), ScaledLattice)
    assert isinstance(build_lattice(scored_chain(crf, contradictory(100.0), mask)), LogLattice)


@pytest.mark.parametrize("scale", [1e2, 1e4])
@pytest.mark.parametrize("scheme", ["free", "bioes"])
def test_huge_scores_equal_enumeration(scheme: str, scale: float) -> None:
    crf = random_crf(4, scale=scale) if scheme == "free" else randomized(scheme_crf("bioes", 1), 1, scale)
    emissions, _, mask = random_batch(6, 5, crf.num_tags, scale=scale)
    own = emissions.clone().requires_grad_()
    actual = crf.log_partition(own, mask)
    actual.sum().backward()
    expected = [log_sum_exp(list(paths_of(crf, *row).values())) for row in zip(emissions, mask, strict=True)]
    torch.testing.assert_close(actual, torch.tensor(expected), rtol=1e-6, atol=1e-2)
    best = crf.viterbi(emissions, mask)[1]
    torch.testing.assert_close(actual, best, rtol=1e-4, atol=1.0)
    torch.testing.assert_close(own.grad.sum(dim=2), mask.float())


def test_a_sentence_of_five_thousand_tokens_is_exact() -> None:
    crf = random_crf(5)
    emissions, tags, _ = random_batch(2, 5000, 5)
    scored = scored_chain(crf, emissions, torch.ones(2, 5000, dtype=torch.bool))
    assert isinstance(build_lattice(scored), ScaledLattice)
    alone = crf(emissions[:1].double(), tags[:1], reduction="none")
    expected = [LogLattice(scored).log_partition[0]]
    actual = crf.log_partition(emissions[:1].double())
    np.testing.assert_allclose(actual.detach().numpy(), expected, rtol=1e-12)
    torch.testing.assert_close(crf(emissions.double(), tags, reduction="none")[:1], alone)


def test_large_batches_take_the_other_product_and_agree() -> None:
    crf = random_crf(30)
    emissions, tags, mask = random_batch(300, 4, 30)
    together = crf(emissions, tags, mask, reduction="none")
    parts = [
        crf(*(value[rows] for value in (emissions, tags, mask)), reduction="none")
        for rows in (slice(150), slice(150, None))
    ]
    torch.testing.assert_close(together, torch.cat(parts))


def test_one_sentence_out_of_range_does_not_change_the_others() -> None:
    crf = locked_crf()
    emissions = torch.cat([contradictory(1e3), contradictory(0.5)]).float()
    torch.testing.assert_close(crf.log_partition(emissions)[1:], crf.log_partition(emissions[1:]))
