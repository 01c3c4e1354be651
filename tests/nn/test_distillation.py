"""The cross-entropy of other distributions over tag sequences, against sums over all sequences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from crf_oracle import CRFS, legal_tags, log_sum_exp, masks, paths_of, probabilities_of, randomized
from torch import Tensor

from seqnlp.nn.crf import CRF


def expectations(crf: CRF, emissions: Tensor, mask: Tensor, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """What a CRF expects, in float64."""
    found = crf.inference.expectations(emissions.numpy(), mask.numpy(), temperature)
    return torch.from_numpy(found[0]), torch.from_numpy(found[1])


def distilled(kind: str) -> tuple[CRF, list[CRF], Tensor, list[Tensor], Tensor]:
    """A student, two teachers, the student's and their emissions (5, 5, K), a mask with holes and an empty sentence."""
    student, mask = CRFS[kind]().double(), masks()[1]
    teachers = [randomized(CRFS[kind](), seed).double() for seed in (3, 4)]
    torch.manual_seed(7)
    drawn = torch.randn(3, *mask.shape, student.num_tags, dtype=torch.float64)
    return student, teachers, drawn[0], [2 * drawn[1], drawn[2]], mask


@pytest.mark.parametrize("kind", CRFS)
def test_the_loss_is_that_of_all_sequences_weighted_by_the_mean_of_the_teachers(kind: str) -> None:
    student, teachers, emissions, theirs, mask = distilled(kind)
    said = [expectations(*one, mask, 1.5) for one in zip(teachers, theirs, strict=True)]
    marginals, moves = (sum(parts) / 2 for parts in zip(*said, strict=True))
    actual = student.cross_entropy(emissions, marginals, moves, mask)
    for row, (real, value) in enumerate(zip(mask, actual.tolist(), strict=True)):
        scores = paths_of(student, emissions[row], real)
        log_z = log_sum_exp(list(scores.values()))
        mixed = [probabilities_of(one, other[row], real, 1.5) for one, other in zip(teachers, theirs, strict=True)]
        expected = -sum((mixed[0][path] + mixed[1][path]) / 2 * (scores[path] - log_z) for path in scores)
        assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", CRFS)
def test_its_gradients_are_exact(kind: str) -> None:
    student, teachers, emissions, theirs, mask = distilled(kind)
    marginals, moves = expectations(teachers[0], theirs[0], mask)

    def loss(emissions: Tensor, *parameters: Tensor) -> Tensor:
        return student.cross_entropy(emissions, marginals, moves, mask).sum()

    assert torch.autograd.gradcheck(loss, (emissions.requires_grad_(), *student.parameters()))


@pytest.mark.parametrize("kind", CRFS)
def test_one_certain_sequence_has_its_negative_log_likelihood(kind: str) -> None:
    student, _, emissions, _, mask = distilled(kind)
    tags = legal_tags(student, emissions, mask)
    gold = torch.nn.functional.one_hot(tags, student.num_tags).double() * 1e4  # whatever else a teacher says is lost
    sure = randomized(CRFS[kind](), 5).double()
    actual = student.cross_entropy(emissions, *expectations(sure, gold, mask), mask)
    torch.testing.assert_close(actual, -student(emissions, tags, mask, reduction="none"))


def test_nothing_is_better_than_the_teacher_and_masked_places_are_never_read() -> None:
    student, teachers, _, theirs, mask = distilled("bioes")
    marginals, moves = expectations(teachers[0], theirs[0], mask)
    own = teachers[0].cross_entropy(theirs[0], marginals, moves, mask)
    entropy = teachers[0].inference.entropy(theirs[0].numpy(), mask.numpy())
    np.testing.assert_allclose(own.detach().numpy(), entropy, atol=1e-9)
    assert (student.cross_entropy(theirs[1], marginals, moves, mask) >= own - 1e-9).all()
    spoilt = theirs[0].masked_fill(~mask[..., None], float("nan"))
    torch.testing.assert_close(teachers[0].cross_entropy(spoilt, marginals, moves, mask), own)


def test_a_tag_that_an_emission_forbids_in_both_costs_nothing() -> None:
    student, teachers, emissions, theirs, mask = distilled("free")
    emissions[:, 1, 1], theirs[0][:, 1, 1] = -torch.inf, -torch.inf
    said = expectations(teachers[0], theirs[0], mask)
    loss = student.cross_entropy(emissions.requires_grad_(), *said, mask)
    near = emissions.detach().nan_to_num(neginf=-1e4)
    torch.testing.assert_close(loss, student.cross_entropy(near, *said, mask))
    loss.sum().backward()
    assert emissions.grad is not None
    assert emissions.grad.isfinite().all()


@pytest.mark.parametrize("scale", [1.0, 400.0])
def test_expected_moves_are_the_same_in_log_space_and_add_up_to_the_tags(scale: float) -> None:
    _, teachers, _, theirs, mask = distilled("iob2")
    marginals, moves = expectations(teachers[0], scale * theirs[0], mask)
    torch.testing.assert_close(moves[:, :, :-1].sum(dim=1), (marginals * mask[..., None]).sum(dim=1))
    torch.testing.assert_close(moves.sum(dim=(1, 2)), mask.sum(dim=1) + mask.any(dim=1).double())
