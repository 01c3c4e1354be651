from __future__ import annotations

import pytest
import torch

from seqnlp.nn.convolution import ShorteningConvolution
from seqnlp.nn.pooling import Pooling
from seqnlp.nn.recurrent import Recurrent

KINDS = ("last", "mean", "max", "attention")
LENGTHS = torch.tensor([5, 1, 3, 0])


def made(kind: str, bidirectional: bool = True) -> tuple[Recurrent, Pooling, torch.Tensor]:
    torch.manual_seed(4)
    recurrent = Recurrent(3, 4, bidirectional=bidirectional)
    pooling = Pooling(kind, recurrent.output_dim)
    return recurrent, pooling, torch.randn(4, 5, 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bidirectional", [True, False])
def test_padding_takes_no_part(kind: str, bidirectional: bool) -> None:
    recurrent, pooling, inputs = made(kind, bidirectional)
    together = pooling(recurrent, recurrent(inputs, LENGTHS), LENGTHS)
    longer = torch.cat([inputs, torch.full((4, 3, 3), 7.0)], dim=1)
    longer[torch.arange(8) >= LENGTHS[:, None]] = 1e4
    torch.testing.assert_close(pooling(recurrent, recurrent(longer, LENGTHS), LENGTHS), together)
    for row, length in enumerate(LENGTHS.tolist()[:3]):
        alone = recurrent(inputs[row : row + 1, :length], LENGTHS[row : row + 1])
        torch.testing.assert_close(pooling(recurrent, alone, LENGTHS[row : row + 1])[0], together[row])


def test_mean_max_and_last_are_what_they_say() -> None:
    for kind in ("mean", "max", "last"):
        recurrent, pooling, inputs = made(kind)
        outputs = recurrent(inputs, LENGTHS)
        actual = pooling(recurrent, outputs, LENGTHS)[2]
        real = outputs[2, :3]
        last = torch.cat([real[2, :4], real[0, 4:]])
        torch.testing.assert_close(actual, {"mean": real.mean(0), "max": real.amax(0), "last": last}[kind])


def test_attention_is_the_weighted_mean_of_its_formula() -> None:
    recurrent, pooling, inputs = made("attention")
    outputs = recurrent(inputs, LENGTHS)
    real = outputs[0]
    weights = torch.softmax(torch.tanh(real @ pooling.key.weight.T + pooling.key.bias) @ pooling.energy, dim=0)
    torch.testing.assert_close(pooling(recurrent, outputs, LENGTHS)[0], weights @ real)
    torch.testing.assert_close(pooling.weights(outputs, LENGTHS).sum(dim=1), torch.tensor([1.0, 1.0, 1.0, 0.0]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_without_steps_is_zero_and_harms_no_gradient(kind: str) -> None:
    recurrent, pooling, inputs = made(kind)
    pooled = pooling(recurrent, recurrent(inputs, LENGTHS), LENGTHS)
    assert not pooled[3].any()
    pooled.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in [*recurrent.parameters(), *pooling.parameters()])


@pytest.mark.parametrize("pool", [1, 2, 3])
def test_a_convolution_shortens_alike_alone_and_in_a_batch(pool: int) -> None:
    torch.manual_seed(1)
    convolution = ShorteningConvolution(3, 6, 3, pool)
    inputs = torch.randn(4, 5, 3)
    inputs[torch.arange(5) >= LENGTHS[:, None]] = float("nan")
    actual, shorter = convolution(inputs, LENGTHS)
    assert shorter.tolist() == [-(-length // pool) for length in LENGTHS.tolist()]
    for row, length in enumerate(LENGTHS.tolist()[:3]):
        alone, _ = convolution(inputs[row : row + 1, :length], LENGTHS[row : row + 1])
        torch.testing.assert_close(alone[0], actual[row, : alone.size(1)])


def test_a_convolution_is_the_largest_of_windows_computed_by_hand() -> None:
    torch.manual_seed(1)
    convolution = ShorteningConvolution(2, 3, 3, 2)
    inputs = torch.randn(1, 3, 2)
    padded = torch.cat([torch.zeros(1, 2), inputs[0], torch.zeros(1, 2)])
    weight, bias = convolution.convolve.weight, convolution.convolve.bias
    steps = torch.stack([(weight * padded[t : t + 3].T).sum(dim=(1, 2)) + bias for t in range(3)]).relu()
    expected = torch.stack([steps[:2].amax(0), steps[2]])
    torch.testing.assert_close(convolution(inputs, torch.tensor([3]))[0][0], expected)
