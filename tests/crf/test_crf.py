"""The CRF's likelihood and its gradient, against enumeration of every path, pytorch-crf and finite differences."""

from __future__ import annotations

import copy
import math

import pytest
import torch
import torchcrf
from crf_oracle import (
    is_legal,
    legal_tags,
    log_sum_exp,
    masks,
    path_score,
    paths_of,
    random_batch,
    random_crf,
    randomized,
    scheme_crf,
    scheme_labels,
)
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf import CRF


def twins(num_tags: int) -> tuple[CRF, torchcrf.CRF]:
    ours, theirs = random_crf(num_tags), torchcrf.CRF(num_tags, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


# ---- against enumeration


def test_log_partition_sums_every_path(crf: CRF, mask: Tensor) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    actual = crf.log_partition(emissions, mask)
    expected = [log_sum_exp(list(paths_of(crf, *row).values())) for row in zip(emissions, mask, strict=True)]
    torch.testing.assert_close(actual, torch.tensor(expected), rtol=1e-5, atol=1e-5)


def test_log_likelihood_is_the_gold_path_over_every_path(crf: CRF, mask: Tensor) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    tags = legal_tags(crf, emissions, mask)
    actual = crf(emissions, tags, mask, reduction="none")
    for row in range(5):
        path = tuple(tags[row][mask[row]].tolist())
        gold = path_score(crf, emissions[row][mask[row]].tolist(), path)
        log_z = log_sum_exp(list(paths_of(crf, emissions[row], mask[row]).values()))
        assert actual[row].item() == pytest.approx(gold - log_z, abs=1e-5)


def test_empty_sentences_have_log_z_zero_and_no_gradient() -> None:
    crf = random_crf(3)
    emissions = torch.randn(2, 4, 3, requires_grad=True)
    mask = torch.zeros(2, 4, dtype=torch.bool)
    loss = crf(emissions, torch.zeros(2, 4, dtype=torch.int64), mask)
    loss.backward()
    assert loss.item() == 0
    assert not emissions.grad.any()
    assert not crf.transitions.grad.any()


# ---- against pytorch-crf


@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "token_mean"])
@pytest.mark.parametrize("shape", [(32, 30, 9), (8, 100, 9), (7, 12, 50), (1, 1, 1), (3, 1, 4), (1, 6, 2)])
def test_likelihood_and_gradients_equal_those_of_pytorch_crf(shape: tuple[int, int, int], reduction: str) -> None:
    ours, theirs = twins(shape[2])
    emissions, tags, mask = random_batch(*shape)
    results = []
    for crf, dtype in ((ours, torch.float32), (theirs.double(), torch.float64)):
        own = emissions.to(dtype, copy=True).requires_grad_()
        value = crf(own, tags, mask, reduction)
        (value * torch.arange(1.0, 1 + value.numel()).view(value.shape)).sum().backward()
        gradients = [parameter.grad for parameter in crf.parameters() if parameter.grad is not None]
        results.append([value, own.grad, *gradients][: 4 if shape[1] == 1 else 5])
    for mine, other in zip(*results, strict=False):
        torch.testing.assert_close(mine, other.float(), rtol=1e-5, atol=1e-4)


def test_state_of_pytorch_crf_loads_and_constraints_are_not_part_of_it() -> None:
    crf = scheme_crf("bioes", 2)
    theirs = torchcrf.CRF(crf.num_tags)
    crf.load_state_dict(theirs.state_dict())
    assert crf.state_dict().keys() == theirs.state_dict().keys()


def test_byte_masks_and_no_mask_mean_what_they_mean_in_pytorch_crf() -> None:
    ours, theirs = twins(5)
    emissions, tags, mask = random_batch(4, 6, 5)
    everything = torch.ones(4, 6, dtype=torch.bool)
    torch.testing.assert_close(ours(emissions, tags), theirs(emissions, tags, everything), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours(emissions, tags, mask.byte()), ours(emissions, tags, mask))


# ---- batches and masks


def test_a_sentence_alone_is_what_it_is_in_a_batch(crf: CRF) -> None:
    emissions, _, mask = random_batch(6, 9, crf.num_tags)
    tags = legal_tags(crf, emissions, mask)
    together = crf(emissions, tags, mask, reduction="none")
    for row, length in enumerate(mask.sum(dim=1).tolist()):
        alone = crf(emissions[row : row + 1, :length], tags[row : row + 1, :length], reduction="none")
        torch.testing.assert_close(alone[0], together[row])


@pytest.mark.parametrize("garbage", [math.nan, math.inf, -math.inf, 1e30])
def test_what_stands_at_masked_positions_is_never_read(crf: CRF, garbage: float) -> None:
    mask = masks()[0]
    emissions = random_batch(5, 5, crf.num_tags)[0]
    tags = legal_tags(crf, emissions, mask)
    dirty, dirty_tags = emissions.clone(), tags.clone()
    dirty[~mask], dirty_tags[~mask] = garbage, -100
    dirty.requires_grad_()
    value = crf(dirty, dirty_tags, mask)
    value.backward()
    torch.testing.assert_close(value, crf(emissions, tags, mask))
    assert dirty.grad.isfinite().all()
    assert (dirty.grad[~mask] == 0).all()
    assert crf.decode(dirty, mask) == crf.decode(emissions, mask)
    torch.testing.assert_close(crf.marginals(dirty, mask), crf.marginals(emissions, mask))


def test_a_batch_of_no_sentences_works() -> None:
    crf = random_crf(3)
    emissions, mask = torch.zeros(0, 4, 3, requires_grad=True), torch.ones(0, 4, dtype=torch.bool)
    loss = crf(emissions, torch.zeros(0, 4, dtype=torch.int64), mask)
    loss.backward()
    assert loss.item() == 0
    assert crf.decode(emissions, mask) == []
    assert crf.marginals(emissions, mask).shape == (0, 4, 3)
    assert crf.nbest(emissions, mask, 2)[0].shape == (0, 2, 4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_any_type_of_emissions_is_computed_exactly(dtype: torch.dtype) -> None:
    crf, (emissions, tags, mask) = random_crf(4), random_batch(3, 6, 4)
    emissions = emissions.to(dtype).requires_grad_()
    value = crf(emissions, tags, mask)
    value.backward()
    assert value.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert emissions.grad.dtype == dtype
    torch.testing.assert_close(value.float(), crf(emissions.detach().float(), tags, mask))


def test_autocast_changes_nothing() -> None:
    crf, (emissions, tags, mask) = random_crf(9), random_batch(4, 8, 9)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(crf(emissions, tags, mask), crf(emissions, tags, mask).float())
        inside = crf(emissions, tags, mask)
    assert torch.equal(inside, crf(emissions, tags, mask))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_results_come_back_to_the_device_of_the_emissions() -> None:
    crf, (emissions, tags, mask) = scheme_crf("bioes", 2), random_batch(4, 8, 9)
    tags = legal_tags(crf, emissions, mask)
    expected = crf(emissions, tags, mask)
    moved = copy.deepcopy(crf).cuda()
    there = emissions.cuda().requires_grad_()
    value = moved(there, tags.cuda(), mask.cuda())
    value.backward()
    torch.testing.assert_close(value.cpu(), expected)
    assert there.grad.is_cuda
    assert moved.viterbi(there, mask.cuda())[0].is_cuda


# ---- errors


def test_illegal_gold_tags_are_an_error_that_names_the_sentence() -> None:
    crf = scheme_crf("bioes", 1)
    begin = scheme_labels("bioes", 1).index("B-X")
    tags = torch.zeros(3, 4, dtype=torch.int64)
    tags[2, 1] = begin
    assert not is_legal(crf, tuple(tags[2].tolist()))
    with pytest.raises(SeqnlpError, match="gold tags break the tag scheme in sentence 2 of the batch"):
        crf(torch.randn(3, 4, 5), tags)


def test_wrong_shapes_and_settings_are_errors_that_say_what_was_expected() -> None:
    crf, (emissions, tags, mask) = random_crf(4), random_batch(3, 6, 4)
    with pytest.raises(SeqnlpError, match=r"expected emissions \(B, T, 4\), found \(3, 6, 2\)"):
        crf(emissions[..., :2], tags)
    with pytest.raises(SeqnlpError, match=r"expected tags \(3, 6\) as the emissions have, found \(3, 5\)"):
        crf(emissions, tags[:, :5])
    with pytest.raises(SeqnlpError, match=r"expected mask \(3, 6\) as the emissions have, found \(2, 6\)"):
        crf.decode(emissions, mask[:2])
    with pytest.raises(SeqnlpError, match="expected a reduction of none, sum, mean, token_mean, found 'max'"):
        crf(emissions, tags, mask, reduction="max")
    with pytest.raises(SeqnlpError, match="expected a temperature above 0, found 0"):
        crf.marginals(emissions, mask, temperature=0)


def test_wrong_constraints_are_errors_that_say_what_was_expected() -> None:
    with pytest.raises(SeqnlpError, match=r"expected legal_start \(3,\), found \(2,\)"):
        CRF(3, legal_start=[True, False])
    with pytest.raises(SeqnlpError, match="legal_end forbids everything; expected at least one True"):
        CRF(3, legal_end=[False] * 3)


def test_emissions_that_are_not_numbers_give_a_loss_that_is_not_a_number() -> None:
    crf, (emissions, tags, mask) = randomized(CRF(4), 0), random_batch(3, 6, 4)
    emissions[0, 0, 0] = math.nan
    loss = crf(emissions, tags, mask, reduction="none")
    assert loss[0].isnan()
    assert loss[1:].isfinite().all()


@pytest.mark.parametrize("tag", [-1, 4])
def test_gold_tags_that_do_not_exist_are_an_error(tag: int) -> None:
    crf, (emissions, tags, mask) = random_crf(4), random_batch(3, 6, 4)
    tags[0, 2] = tag
    with pytest.raises(SeqnlpError, match="expected tags from 0 to 3 at real tokens, found"):
        crf(emissions, tags, mask)
