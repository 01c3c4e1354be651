"""Constrained greedy decoding."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from crf_oracle import is_legal, masks, random_batch, scheme_crf
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf import CRF


def decode(crf: CRF, emissions: Tensor, mask: Tensor) -> Tensor:
    return crf.greedy(emissions, mask)


def slow_greedy(crf: CRF, tokens: list[list[float]]) -> list[int]:
    """Token by token the best tag that some legal completion has, found by trying all completions."""
    path: list[int] = []
    for position, token in enumerate(tokens):
        rest = len(tokens) - position - 1
        for tag in sorted(range(crf.num_tags), key=lambda tag: -token[tag]):
            completions = itertools.product(range(crf.num_tags), repeat=rest)
            if any(is_legal(crf, (*path, tag, *completion)) for completion in completions):
                path.append(tag)
                break
    return path


@pytest.mark.parametrize("scheme", ["iob2", "bioes"])
def test_each_step_takes_the_best_tag_that_can_still_end_well(scheme: str, mask: Tensor) -> None:
    crf = scheme_crf(scheme, 1)
    emissions = random_batch(5, 5, crf.num_tags)[0]
    actual = decode(crf, emissions, mask)
    for row in range(5):
        assert actual[row][mask[row]].tolist() == slow_greedy(crf, emissions[row][mask[row]].tolist())
    assert (actual[~mask] == 0).all()


@pytest.mark.parametrize("scheme", ["iob2", "bioes"])
@pytest.mark.parametrize("length", [1, 2, 3, 8])
def test_it_never_runs_into_a_dead_end(scheme: str, length: int) -> None:
    crf = scheme_crf(scheme, 3)
    for seed in range(10):
        emissions, _, mask = random_batch(50, length, crf.num_tags, seed)
        for path, row in zip(decode(crf, emissions, mask), mask, strict=True):
            assert is_legal(crf, tuple(path[row].tolist()))


def test_it_looks_as_far_ahead_as_a_scheme_needs() -> None:
    """Tag 1 leads into a ring of three that may only be left at its end."""
    moves = [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0]]
    crf = CRF(4, [True, True, False, False], [True, False, False, True], moves)
    emissions = torch.zeros(1, 5, 4)
    emissions[..., 1] = 1
    assert decode(crf, emissions, torch.ones(1, 5).bool()).tolist() == [[1, 2, 3, 0, 0]]


def test_without_constraints_it_is_the_argmax() -> None:
    emissions, _, mask = random_batch(6, 7, 5)
    assert torch.equal(decode(CRF(5), emissions, mask), emissions.argmax(dim=2) * mask)


def test_a_sentence_alone_has_the_tags_it_has_in_a_batch() -> None:
    crf = scheme_crf("bioes", 2)
    emissions, _, mask = random_batch(8, 12, crf.num_tags)
    together = decode(crf, emissions, mask)
    for row, length in enumerate(mask.sum(dim=1).tolist()):
        alone = decode(crf, emissions[row : row + 1, :length], mask[row : row + 1, :length])
        assert torch.equal(alone[0], together[row, :length])


@pytest.mark.parametrize("garbage", [math.nan, math.inf])
def test_what_stands_at_masked_positions_is_never_read(garbage: float) -> None:
    crf, mask = scheme_crf("iob2", 2), masks()[0]
    emissions = random_batch(5, 5, crf.num_tags)[0]
    dirty = emissions.clone()
    dirty[~mask] = garbage
    assert torch.equal(decode(crf, dirty, mask), decode(crf, emissions, mask))


def test_legal_tags_win_even_at_minus_infinity() -> None:
    crf = scheme_crf("bioes", 1)
    emissions = torch.full((1, 3, 5), -math.inf)
    path = decode(crf, emissions, torch.ones(1, 3).bool())[0]
    assert is_legal(crf, tuple(path.tolist()))


def test_no_sentences_and_half_precision_work() -> None:
    crf = scheme_crf("iob2", 1)
    assert decode(crf, torch.zeros(0, 4, 3), torch.ones(0, 4).bool()).shape == (0, 4)
    emissions, _, mask = random_batch(3, 4, 3)
    half = emissions.to(torch.bfloat16)
    assert torch.equal(decode(crf, half, mask), decode(crf, half.float(), mask))


def test_a_sentence_that_allows_no_tags_is_an_error() -> None:
    crf = CRF(2, [True, False], [False, True], [[False, True], [False, False]])
    with pytest.raises(SeqnlpError, match="no legal tag sequence exists"):
        decode(crf, torch.zeros(1, 3, 2), torch.ones(1, 3).bool())
