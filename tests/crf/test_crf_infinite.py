"""Emissions that are not finite: minus infinity forbids a tag, anything else is an error that names its place."""

from __future__ import annotations

import math

import pytest
import torch
from crf_oracle import legal_paths, probabilities_of, random_batch, random_crf
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf import CRF

METHODS = ("decode", "viterbi", "log_partition", "marginals")
UNDEFINED = (math.inf, math.nan)


def spans(crf: CRF, emissions: Tensor, first: list[int], end: list[int], tag: int) -> Tensor:
    """Log probabilities of spans of sentence 0 that have one tag throughout."""
    same = torch.full((len(first),), tag)
    where = torch.zeros_like(same), torch.tensor(first), torch.tensor(end)
    return crf.span_log_probabilities(emissions, None, *where, same, same, same, torch.full_like(same, -1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("value", UNDEFINED)
@pytest.mark.parametrize("method", METHODS)
def test_an_undefined_score_is_an_error_that_names_its_sentence(method: str, value: float, dtype: torch.dtype) -> None:
    crf, emissions = random_crf(3), random_batch(4, 5, 3)[0].to(dtype)
    mask = torch.tensor([[True] * 5, [True, False, True, True, False], [False, True, True, True, True], [False] * 5])
    emissions[1, 1] = emissions[3] = value  # masked: never read
    getattr(crf, method)(emissions, mask)
    emissions[2, 3, 1] = value  # the third real token
    expected = rf"the score of tag 1 at token 2 of sentence 2 of the batch \(counted from 0\) is {value}; expected a"
    with pytest.raises(SeqnlpError, match=expected):
        getattr(crf, method)(emissions, mask)


@pytest.mark.parametrize("value", UNDEFINED)
def test_so_it_is_for_whole_paths_and_spans(value: float) -> None:
    crf, emissions = random_crf(3), random_batch(2, 4, 3)[0]
    emissions[1, 0, 2] = value
    asked = (
        lambda: crf.nbest(emissions, None, 3),
        lambda: spans(crf, emissions, [0], [2], 1),
    )
    for ask in asked:
        with pytest.raises(SeqnlpError, match="tag 2 at token 0 of sentence 1 of the batch"):
            ask()


@pytest.mark.parametrize("length", [1, 3, 9])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_minus_infinity_forbids_a_tag_and_all_else_equals_enumeration(length: int, dtype: torch.dtype) -> None:
    """A length of 9 goes past a step at which the fast implementation rescales its states."""
    crf = random_crf(2) if length == 9 else random_crf(4)
    emissions = random_batch(1, length, crf.num_tags)[0].to(dtype)
    for token in range(0, length, 2):
        emissions[0, token, token // 2 % crf.num_tags] = -math.inf
    emissions[0, -1, 0], emissions[0, -1, 1] = -math.inf, 0.5
    everywhere = torch.ones(length, dtype=torch.bool)
    legal = {path: p for path, p in probabilities_of(crf, emissions[0], everywhere).items() if p > 0}
    assert len(legal) < len(legal_paths(crf, length))
    marginals = torch.zeros(length, crf.num_tags, dtype=dtype)
    for path, p in legal.items():
        marginals[torch.arange(length), list(path)] += p
    torch.testing.assert_close(crf.marginals(emissions)[0], marginals, atol=1e-5, rtol=1e-5)
    assert tuple(crf.decode(emissions)[0]) == max(legal, key=lambda path: legal[path])
    places = [(first, end) for first in range(length) for end in range(first + 1, length + 1)]
    for tag in range(crf.num_tags):
        actual = spans(crf, emissions, [first for first, _ in places], [end for _, end in places], tag).exp()
        expected = [sum(p for path, p in legal.items() if set(path[first:end]) == {tag}) for first, end in places]
        torch.testing.assert_close(actual, torch.tensor(expected, dtype=dtype), atol=1e-5, rtol=1e-5)


def test_a_token_that_may_have_no_tag_is_an_error_where_probabilities_are_asked_for() -> None:
    crf, emissions = random_crf(3), random_batch(3, 4, 3)[0]
    emissions[1, 2] = -math.inf
    for method in ("decode", "viterbi", "marginals"):
        with pytest.raises(SeqnlpError, match="no legal tag sequence exists for sentence 1 of the batch, of 4 tokens"):
            getattr(crf, method)(emissions)
    assert crf.log_partition(emissions).isneginf().tolist() == [False, True, False]
