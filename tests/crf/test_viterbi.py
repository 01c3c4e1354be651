"""The best path and the k best, against enumeration of every path."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
import torchcrf
from crf_oracle import (
    is_legal,
    path_score,
    paths_of,
    probabilities_of,
    random_batch,
    random_crf,
    scheme_crf,
)
from torch import Tensor

from seqnlp.crf import inference, k_best, viterbi
from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf import CRF


def test_the_best_path_is_the_best_of_all(crf: CRF, mask: Tensor) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    tags, scores = crf.viterbi(emissions, mask)
    for row, path in enumerate(crf.decode(emissions, mask)):
        paths = paths_of(crf, emissions[row], mask[row])
        best = max(paths, key=lambda candidate: paths[candidate])
        assert tuple(path) == best
        assert tuple(tags[row][mask[row]].tolist()) == best
        assert scores[row].item() == pytest.approx(paths[best], abs=1e-5)
    assert (tags[~mask] == 0).all()


@pytest.mark.parametrize("shape", [(16, 30, 9), (4, 100, 9), (9, 20, 50), (1, 1, 1), (5, 1, 3)])
def test_best_paths_equal_those_of_pytorch_crf(shape: tuple[int, int, int]) -> None:
    ours, theirs = random_crf(shape[2]), torchcrf.CRF(shape[2], batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    emissions, _, mask = random_batch(*shape)
    assert ours.decode(emissions, mask) == theirs.decode(emissions, mask)


@pytest.mark.parametrize("shape", [(30, 1, 6), (12, 64, 9), (20, 10, 51)])  # (S, B, N)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_of_scores_and_transitions_have_no_rounding_of_their_own(
    shape: tuple[int, int, int], dtype: type[np.floating[Any]]
) -> None:
    random = np.random.default_rng(3)
    emissions = (random.normal(size=shape) * 100).astype(dtype)
    transitions = random.normal(size=(shape[2], shape[2])).astype(dtype)
    emissions[random.random(shape) < 0.2] = -np.inf
    transitions[random.random(transitions.shape) < 0.5] = -np.inf
    with np.errstate(invalid="ignore"):
        actual = viterbi._prefix_scores(emissions.copy(), transitions)
        plain = emissions.copy()
        for step in range(1, len(plain)):
            plain[step] += (plain[step - 1][:, :, None] + transitions).max(axis=1)
            if step % viterbi.RESCALE_EVERY == 0:
                plain[step] -= plain[step].max(axis=1, keepdims=True)
    np.testing.assert_array_equal(actual, plain)


def test_of_equal_paths_the_lower_tags_win() -> None:
    crf = CRF(3)
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.zero_()
    assert crf.decode(torch.zeros(2, 4, 3)) == [[0] * 4] * 2


def test_a_sentence_alone_has_the_path_it_has_in_a_batch(crf: CRF) -> None:
    emissions, _, mask = random_batch(8, 20, crf.num_tags)
    together = crf.decode(emissions, mask)
    lengths = mask.sum(dim=1).tolist()
    alone = [crf.decode(emissions[row : row + 1, :length])[0] for row, length in enumerate(lengths)]
    assert together == alone


@pytest.mark.parametrize("scheme", ["iob2", "bioes"])
@pytest.mark.parametrize("length", [1, 2, 3, 9])
def test_decoded_tags_are_legal_whatever_the_emissions(scheme: str, length: int) -> None:
    crf = scheme_crf(scheme, 2)
    for seed in range(5):
        emissions, _, mask = random_batch(20, length, crf.num_tags, seed, scale=30.0)
        assert all(is_legal(crf, tuple(path)) for path in crf.decode(emissions, mask))


def test_long_sentences_lose_no_digits() -> None:
    """A preference of 0.01 in the last of 5,000 tokens, where the sums are near a million."""
    crf = CRF(2)
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.zero_()
    emissions = torch.full((1, 5000, 2), 200.0)
    emissions[0, :, 1] += 0.01
    assert crf.decode(emissions) == [[1] * 5000]


def test_a_sentence_that_allows_no_tags_is_an_error_that_says_so() -> None:
    chain_of_two = CRF(2, legal_start=[True, False], legal_end=[False, True], legal_transitions=[[0, 1], [0, 0]])
    assert chain_of_two.decode(torch.randn(1, 2, 2)) == [[0, 1]]
    for call in (chain_of_two.decode, lambda emissions: chain_of_two.nbest(emissions, None, 2)):
        with pytest.raises(SeqnlpError, match="no legal tag sequence exists for sentence 0 of the batch, of 3 tokens"):
            call(torch.randn(1, 3, 2))


# ---- k best


@pytest.mark.parametrize("k", [1, 3, 12])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_k_best_are_the_k_best_of_all(crf: CRF, mask: Tensor, k: int, temperature: float) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    tags, logs = crf.nbest(emissions, mask, k, temperature)
    assert tags.shape == (5, k, 5)
    for row in range(5):
        paths = probabilities_of(crf, emissions[row], mask[row], temperature)
        best = sorted(paths, key=lambda path: -paths[path])[:k]
        actual = [tuple(path[mask[row]].tolist()) for path in tags[row]]
        assert actual[: len(best)] == best
        assert logs[row].exp()[: len(best)].tolist() == pytest.approx([paths[path] for path in best], rel=1e-4)
        assert (logs[row, len(best) :] == -math.inf).all()
        assert (tags[row, len(best) :] == 0).all()
    assert (tags.transpose(1, 2)[~mask] == 0).all()


def test_the_best_of_k_is_the_best_path(crf: CRF) -> None:
    emissions, _, mask = random_batch(10, 30, crf.num_tags)
    assert torch.equal(crf.nbest(emissions, mask, 4)[0][:, 0], crf.viterbi(emissions, mask)[0])


def test_ranks_that_do_not_exist_have_no_probability() -> None:
    """One token has as many paths as it may have tags: O and S-X."""
    crf = scheme_crf("bioes", 1)
    _, logs = crf.nbest(torch.randn(1, 1, 5), None, 4)
    assert logs[0, :2].exp().sum().item() == pytest.approx(1)
    assert logs[0, 2:].tolist() == [-math.inf] * 2


def test_the_probabilities_of_all_paths_sum_to_one() -> None:
    crf = random_crf(3)
    _, logs = crf.nbest(torch.randn(2, 4, 3), None, 3**4 + 5)
    torch.testing.assert_close(logs.exp().sum(dim=1), torch.ones(2))
    assert (logs[:, 3**4 :] == -math.inf).all()


def test_fewer_than_one_best_is_an_error() -> None:
    with pytest.raises(SeqnlpError, match="expected k of at most 1,000 for the k best paths, found 1,000,000; memory"):
        random_crf(3).nbest(torch.zeros(1, 2, 3), None, 10**6)
    with pytest.raises(SeqnlpError, match="expected k of at least 1 for the k best paths, found 0"):
        random_crf(3).nbest(torch.randn(1, 2, 3), None, 0)


def test_a_batch_in_pieces_has_the_same_best_paths(crf: CRF, mask: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    tags, logs = crf.nbest(emissions, mask, 7)
    monkeypatch.setattr(inference, "POINTERS_AT_ONCE", 7 * 7 * (crf.num_tags + 1) * 2)  # two sentences at a time
    again, their_logs = crf.nbest(emissions, mask, 7)
    assert torch.equal(again, tags)
    assert torch.equal(their_logs, logs)


def test_more_than_there_is_room_for_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "POINTERS_AT_ONCE", 1)
    monkeypatch.setattr(k_best, "MAX_POINTERS", 52 * 4 * 20)
    assert random_crf(3).nbest(torch.zeros(2, 50, 3), None, 20)[0].shape == (2, 20, 50)
    with pytest.raises(SeqnlpError, match="expected k of at most 20 for the k best paths of 50 tokens, found 21; mem"):
        random_crf(3).nbest(torch.zeros(1, 50, 3), None, 21)


def test_the_score_is_that_of_the_path() -> None:
    crf = random_crf(6)
    emissions, _, mask = random_batch(4, 9, 6)
    tags, scores = crf.viterbi(emissions, mask)
    for row in range(4):
        own = mask[row]
        expected = path_score(crf, emissions[row][own].tolist(), tuple(tags[row][own].tolist()))
        assert scores[row].item() == pytest.approx(expected, rel=1e-6)
