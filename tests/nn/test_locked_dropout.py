"""Locked dropout: one mask a sequence, held over time."""

from __future__ import annotations

import torch

from seqnlp.nn.dropout import LockedDropout


def test_a_feature_is_dropped_at_every_step_or_at_none() -> None:
    torch.manual_seed(3)
    outputs = LockedDropout(0.4).train()(torch.ones(50, 9, 20))  # (B, T, D)
    assert torch.equal(outputs, outputs[:, :1].expand_as(outputs))


def test_what_is_kept_is_scaled_so_that_the_mean_stays() -> None:
    torch.manual_seed(3)
    outputs = LockedDropout(0.25).train()(torch.ones(200, 3, 100))
    assert sorted(set(outputs.flatten().tolist())) == [0.0, torch.tensor(1 / 0.75).item()]
    assert abs(outputs.mean().item() - 1) < 0.02


def test_sequences_of_a_batch_have_masks_of_their_own() -> None:
    torch.manual_seed(3)
    outputs = LockedDropout(0.5).train()(torch.ones(2, 1, 64))
    assert not torch.equal(outputs[0], outputs[1])


def test_nothing_is_dropped_outside_training_or_at_rate_zero() -> None:
    inputs = torch.randn(2, 3, 4)
    assert torch.equal(LockedDropout(0.9).eval()(inputs), inputs)
    assert torch.equal(LockedDropout(0.0).train()(inputs), inputs)


def test_the_same_mask_is_applied_to_the_gradient() -> None:
    inputs = torch.ones(3, 4, 5, requires_grad=True)
    torch.manual_seed(1)
    outputs = LockedDropout(0.5).train()(inputs)
    outputs.sum().backward()
    assert inputs.grad is not None
    assert torch.equal(inputs.grad, outputs.detach())
