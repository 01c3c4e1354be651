"""The gradient of the CRF's likelihood, against finite differences and against what it must be."""

from __future__ import annotations

import pytest
import torch
from crf_oracle import legal_tags, random_batch, random_crf, scheme_crf
from torch import Tensor

from seqnlp.nn.crf import CRF


def test_gradients_equal_finite_differences(crf: CRF, mask: Tensor) -> None:
    crf = crf.double()
    emissions = random_batch(5, 5, crf.num_tags)[0].double()
    tags = legal_tags(crf, emissions, mask)
    weights = torch.arange(1.0, 6.0, dtype=torch.float64)

    def objective(emissions: Tensor, *parameters: Tensor) -> Tensor:
        values = dict(zip(["start_transitions", "end_transitions", "transitions"], parameters, strict=True))
        likelihood = torch.func.functional_call(crf, values, (emissions, tags, mask, "none"))
        return likelihood * weights

    inputs = [emissions, crf.start_transitions, crf.end_transitions, crf.transitions]
    assert torch.autograd.gradcheck(objective, [value.detach().requires_grad_() for value in inputs])


def test_log_partition_has_the_marginals_as_its_gradient(crf: CRF) -> None:
    emissions, _, mask = random_batch(5, 6, crf.num_tags)
    own = emissions.clone().requires_grad_()
    crf.log_partition(own, mask).sum().backward()
    torch.testing.assert_close(own.grad, crf.marginals(emissions, mask))


def test_a_second_derivative_is_refused_not_wrong() -> None:
    crf, (emissions, tags, mask) = random_crf(3), random_batch(2, 4, 3)
    emissions.requires_grad_()
    (gradient,) = torch.autograd.grad(crf(emissions, tags, mask) ** 2, emissions, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_forbidden_parameters_have_no_say_and_no_gradient() -> None:
    crf = scheme_crf("bioes", 2)
    emissions, _, mask = random_batch(8, 9, crf.num_tags)
    tags = legal_tags(crf, emissions, mask)
    before = crf(emissions, tags, mask)
    before.backward()
    assert (crf.transitions.grad[~crf.legal_transitions] == 0).all()
    assert (crf.start_transitions.grad[~crf.legal_start] == 0).all()
    assert (crf.end_transitions.grad[~crf.legal_end] == 0).all()
    assert (crf.transitions.grad[crf.legal_transitions] != 0).any()
    with torch.no_grad():
        crf.transitions[~crf.legal_transitions] = 1e6
    torch.testing.assert_close(crf(emissions, tags, mask), before)


def test_backward_twice_gives_the_same_twice() -> None:
    crf, (emissions, tags, mask) = random_crf(4), random_batch(3, 5, 4)
    emissions.requires_grad_()
    loss = crf(emissions, tags, mask)
    loss.backward(retain_graph=True)
    once = emissions.grad.clone()
    loss.backward()
    torch.testing.assert_close(emissions.grad, 2 * once)
