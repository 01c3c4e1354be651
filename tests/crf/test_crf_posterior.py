"""Probabilities under a CRF, against enumeration of every path."""

from __future__ import annotations

import math

import pytest
import torch
from crf_oracle import Path, probabilities_of, random_batch, random_crf, scheme_crf, scheme_labels
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf import CRF


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_marginals_sum_the_paths_that_have_a_tag(crf: CRF, mask: Tensor, temperature: float) -> None:
    emissions = random_batch(5, 5, crf.num_tags)[0]
    actual = crf.marginals(emissions, mask, temperature)
    for row in range(5):
        expected = torch.zeros(5, crf.num_tags)
        positions = mask[row].nonzero()[:, 0].tolist()
        for path, probability in probabilities_of(crf, emissions[row], mask[row], temperature).items():
            for position, tag in zip(positions, path, strict=True):
                expected[position, tag] += probability
        torch.testing.assert_close(actual[row], expected, rtol=1e-5, atol=1e-6)


def test_a_higher_temperature_spreads_the_probability(crf: CRF) -> None:
    emissions, _, mask = random_batch(5, 6, crf.num_tags)
    peaks = [crf.marginals(emissions, mask, temperature).amax(dim=2).sum() for temperature in (0.5, 1.0, 2.0, 8.0)]
    assert peaks == sorted(peaks, reverse=True)


# ---- spans


def segments(scheme: str, labels: list[str], mask: Tensor) -> list[tuple[int, ...]]:
    """Every span of every type: sentence, start, end, first, inner, last tag, tag that must not follow."""
    actual = []
    for row, cells in enumerate(mask.tolist()):
        places = [position for position, cell in enumerate(cells) if cell]
        for index, start in enumerate(places):
            for last_place in places[index:]:
                for label in sorted({tag[2:] for tag in labels if tag != "O"}):
                    single = last_place == start
                    begin, inner = ("S" if scheme == "bioes" and single else "B"), labels.index(f"I-{label}")
                    last = labels.index(f"{'E' if scheme == 'bioes' else 'I'}-{label}")
                    follow = inner if scheme == "iob2" else -1
                    actual.append((row, start, last_place + 1, labels.index(f"{begin}-{label}"), inner, last, follow))
    return actual


def brute_force(paths: dict[Path, float], mask: Tensor, segment: tuple[int, ...]) -> float:
    """Of the paths of the segment's sentence with mask (T,), the probability of those that have the segment."""
    _, start, end, first, inner, last, follow = segment
    places = mask.nonzero()[:, 0].tolist()
    left, right = places.index(start), places.index(end - 1) + 1
    tags = (first, *[inner] * (right - left - 2), *[last] * (right - left > 1))
    return math.fsum(
        probability
        for path, probability in paths.items()
        if path[left:right] == tags and not (follow >= 0 and path[right : right + 1] == (follow,))
    )


@pytest.mark.parametrize("temperature", [1.0, 0.6])
@pytest.mark.parametrize(("scheme", "types", "length"), [("iob2", 2, 5), ("bioes", 1, 5)])
def test_span_probabilities_sum_the_paths_that_have_the_span(
    scheme: str, types: int, length: int, mask: Tensor, temperature: float
) -> None:
    crf, labels = scheme_crf(scheme, types), scheme_labels(scheme, types)
    emissions = random_batch(5, length, crf.num_tags)[0]
    spans = segments(scheme, labels, mask)
    columns = torch.tensor(spans).unbind(dim=1)
    logs = crf.span_log_probabilities(emissions, mask, *columns, temperature=temperature)
    paths = [probabilities_of(crf, *row, temperature) for row in zip(emissions, mask, strict=True)]
    expected = [brute_force(paths[span[0]], mask[span[0]], span) for span in spans]
    torch.testing.assert_close(logs.exp(), torch.tensor(expected), rtol=1e-5, atol=1e-7)


def test_span_probabilities_of_one_token_and_all_tags_are_its_marginals(crf: CRF) -> None:
    emissions, _, mask = random_batch(3, 6, crf.num_tags)
    rows, positions = mask.nonzero().unbind(dim=1)
    for tag in range(crf.num_tags):
        tags = torch.full_like(rows, tag)
        place = (rows, positions, positions + 1)
        logs = crf.span_log_probabilities(emissions, mask, *place, tags, tags, tags, torch.full_like(rows, -1))
        torch.testing.assert_close(logs.exp(), crf.marginals(emissions, mask)[rows, positions, tag])


def test_long_spans_are_exact_too() -> None:
    """A span over everything is a path: its probability is known without enumeration."""
    crf, labels = scheme_crf("bioes", 2), scheme_labels("bioes", 2)
    emissions = random_batch(1, 300, crf.num_tags, scale=0.1)[0]
    begin, inner, end = (labels.index(f"{prefix}-X") for prefix in "BIE")
    path = torch.tensor([[begin, *[inner] * 298, end]])
    columns = torch.tensor([[0, 0, 300, begin, inner, end, -1]]).unbind(dim=1)
    emissions[0, torch.arange(300), path[0]] += 20
    actual = crf.span_log_probabilities(emissions, None, *columns)
    torch.testing.assert_close(actual, crf(emissions, path, reduction="none"), rtol=1e-5, atol=1e-6)


def test_impossible_spans_have_probability_zero() -> None:
    crf, labels = scheme_crf("bioes", 1), scheme_labels("bioes", 1)
    begin, inner, end = (labels.index(f"{prefix}-X") for prefix in "BIE")
    columns = torch.tensor([[0, 0, 2, inner, inner, end, -1], [0, 2, 4, begin, inner, inner, -1]]).unbind(dim=1)
    logs = crf.span_log_probabilities(random_batch(1, 4, crf.num_tags)[0], None, *columns)
    assert logs.tolist() == [-math.inf, -math.inf]


def test_no_spans_are_no_probabilities() -> None:
    crf = random_crf(3)
    nothing = torch.zeros(7, 0, dtype=torch.int64)
    assert crf.span_log_probabilities(torch.randn(2, 4, 3), None, *nothing).shape == (0,)


@pytest.mark.parametrize(
    ("place", "actual"),
    [
        ((0, 2, 2), "span 0 is tokens 2 to 2"),
        ((0, 3, 5), "tokens 3 to 5"),
        ((1, 1, 3), "of sentence 1;"),
        ((2, 0, 1), "of sentence 2; expected at least one token, the first and the last of them real tokens of one of"),
    ],
)
def test_a_span_outside_its_sentence_is_an_error(place: tuple[int, int, int], actual: str) -> None:
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    columns = torch.tensor([[*place, 0, 0, 0, -1]]).unbind(dim=1)
    with pytest.raises(SeqnlpError, match=actual):
        random_crf(3).span_log_probabilities(torch.randn(2, 4, 3), mask, *columns)
