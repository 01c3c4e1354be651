"""The likelihood of labels known in part, against the sum over all sequences that they allow."""

from __future__ import annotations

import math

import pytest
import torch
from crf_oracle import paths_of
from torch import Tensor

from seqnlp.nn.crf import CRF
from seqnlp.nn.partial_labels import crf_log_likelihood, softmax_log_likelihood
from seqnlp.text.tags import legal_end, legal_start, legal_transitions, tag_set

TAGS = tag_set(["A", "B"], "iob2")


def make_crf(seed: int) -> CRF:
    torch.manual_seed(seed)
    flags = (legal_start(TAGS, "iob2"), legal_end(TAGS, "iob2"), legal_transitions(TAGS, "iob2"))
    crf = CRF(len(TAGS), *flags).double()
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter)
    return crf


def make_batch(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Emissions (4, 4, 5), what is allowed there, and a mask with a hole and an empty sentence."""
    torch.manual_seed(seed)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0]]).bool()
    allowed = torch.rand(4, 4, len(TAGS)) < 0.5
    allowed[..., 0] |= torch.rand(4, 4) < 0.7  # "outside" is always legal
    allowed[0, 1] = True  # nothing is known
    allowed |= ~allowed.any(dim=-1, keepdim=True)
    return torch.randn(4, 4, len(TAGS), dtype=torch.float64), allowed, mask


def oracle(crf: CRF, emissions: Tensor, allowed: Tensor, mask: Tensor) -> float:
    """One sentence: (T, K), (T, K), (T,)."""
    scores = paths_of(crf, emissions, mask)
    flags = allowed[mask].tolist()
    some = [score for path, score in scores.items() if all(row[tag] for row, tag in zip(flags, path, strict=True))]
    return log_sum(some) - log_sum(list(scores.values()))


def log_sum(values: list[float]) -> float:
    return math.log(sum(map(math.exp, values))) if values else -math.inf


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_sum_over_all_allowed_sequences(seed: int) -> None:
    crf, (emissions, allowed, mask) = make_crf(seed), make_batch(seed)
    actual = crf_log_likelihood(crf, emissions, allowed, mask)
    expected = [oracle(crf, *one) for one in zip(emissions, allowed, mask, strict=True)]
    torch.testing.assert_close(actual, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("seed", range(3))
def test_its_gradients_are_exact(seed: int) -> None:
    crf, (emissions, allowed, mask) = make_crf(seed), make_batch(seed)
    allowed[..., 0] = True  # so that there is a legal sequence
    parameters = list(crf.parameters())

    def loss(emissions: Tensor, *values: Tensor) -> Tensor:
        return crf_log_likelihood(crf, emissions, allowed, mask).sum()

    emissions.requires_grad_()
    assert torch.autograd.gradcheck(loss, (emissions, *parameters))


def test_where_all_is_known_it_is_the_likelihood_of_the_tags_and_where_nothing_is_zero() -> None:
    crf, (emissions, _, mask) = make_crf(9), make_batch(9)
    tags = torch.tensor([[0, 1, 2, 3], [3, 4, 0, 0], [0, 0, 0, 0], [1, 0, 2, 0]])
    known = torch.nn.functional.one_hot(tags, len(TAGS)).bool()
    torch.testing.assert_close(
        crf_log_likelihood(crf, emissions, known, mask), crf(emissions, tags, mask, reduction="none")
    )
    nothing = crf_log_likelihood(crf, emissions, torch.ones_like(known), mask)
    torch.testing.assert_close(nothing, torch.zeros(4, dtype=torch.float64))


def test_independent_tags_are_summed_word_by_word() -> None:
    free = CRF(len(TAGS)).double()
    for parameter in free.parameters():
        torch.nn.init.zeros_(parameter)
    emissions, allowed, mask = make_batch(2)
    probabilities = (emissions.softmax(dim=-1) * allowed).sum(dim=-1)  # (B, T)
    expected = torch.where(mask, probabilities.log(), 0.0).sum(dim=1)
    torch.testing.assert_close(softmax_log_likelihood(free, emissions, allowed, mask), expected)


def test_independent_tags_that_make_no_legal_sequence_do_not_count() -> None:
    crf, (emissions, allowed, mask) = make_crf(4), make_batch(4)
    for parameter in crf.parameters():
        torch.nn.init.zeros_(parameter)
    logs = emissions.log_softmax(dim=-1)
    actual = softmax_log_likelihood(crf, emissions, allowed, mask)
    for row, real, flags, value in zip(logs, mask, allowed, actual.tolist(), strict=True):
        some = [
            score
            for path, score in paths_of(crf, row, real).items()
            if all(one[tag] for one, tag in zip(flags[real].tolist(), path, strict=True))
        ]
        assert math.isclose(value, log_sum(some), abs_tol=1e-9)
