"""Every token is predicted exactly once, after the one before it, however the text is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from seqnlp.data.streams import Streams

CUTS = [(100, 4, 7, 0), (101, 4, 7, 0), (103, 5, 7, 60), (20, 32, 7, 19), (5, 3, 9, 2), (64, 8, 8, 0), (1, 1, 1, 0)]


@pytest.mark.parametrize(("size", "num_streams", "window", "offset"), CUTS)
def test_every_unit_is_predicted_exactly_once_after_the_one_before_it(
    size: int, num_streams: int, window: int, offset: int
) -> None:
    tokens = np.arange(size)
    streams, seen = Streams(tokens, num_streams, window, offset), []
    for numbers in streams.plan():
        read = streams.read(numbers)
        assert int(read.mask.sum()) == streams.count(numbers)
        assert read.inputs.shape[1] <= window
        seen += read.targets[read.mask].tolist()
        assert ((read.inputs + 1) % size == read.targets)[read.mask].all()
    assert sorted(seen) == list(range(size))


@pytest.mark.parametrize(("size", "num_streams", "window", "offset"), CUTS)
def test_a_stream_goes_on_where_its_last_window_ended(size: int, num_streams: int, window: int, offset: int) -> None:
    streams = Streams(np.arange(size), num_streams, window, offset)
    plan = [streams.read(numbers) for numbers in streams.plan()]
    for before, after in pairwise(plan):
        real = after.mask[:, 0]
        assert (before.targets[:, -1][real] == after.inputs[:, 0][real]).all()


def test_shares_of_a_place_are_what_the_whole_has() -> None:
    streams = Streams(np.arange(57), 4, 5)
    for numbers in streams.plan():
        whole = streams.read(numbers)
        for piece in (numbers[::2], numbers[1::2]):
            part = streams.read(piece)
            rows, width = streams.streams_of(piece), part.targets.shape[1]
            assert (whole.targets[rows, :width][part.mask] == part.targets[part.mask]).all()
        assert sum(streams.count(numbers[start::2]) for start in (0, 1)) == streams.count(numbers)


def test_another_offset_cuts_elsewhere() -> None:
    first, other = (Streams(np.arange(50), 2, 5, offset) for offset in (0, 13))
    assert first.read(first.plan()[0]).targets[:, 0].tolist() == [0, 25]
    assert other.read(other.plan()[0]).targets[:, 0].tolist() == [13, 38]


def test_short_texts_have_fewer_streams_and_at_least_one() -> None:
    assert Streams(np.arange(50), 32, 7).num_streams == 7
    assert Streams(np.arange(5), 32, 7).num_streams == 1
