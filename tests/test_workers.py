"""Several workers give what one gives, in order; what goes wrong in one is told, and nothing before it is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from seqnlp.cpus import check_parallel
from seqnlp.errors import ConfigError, DataError, SeqnlpError
from seqnlp.workers import cut, cut_for, mapped, spread


def kept(results: Iterator[int], actual: list[int]) -> None:
    actual.extend(results)


def doubled(piece: list[int]) -> list[int]:
    if piece[0] % 4 == 0:
        time.sleep(0.02)  # later than the pieces after it
    return [2 * item for item in piece]


def ends_at_seven(piece: list[int]) -> int:
    if 7 in piece:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)
    return piece[0]


def refuses_five(piece: list[int]) -> int:
    if 5 in piece:
        raise ConfigError(["five: expected another number"])
    return piece[0]


def unsendable(piece: list[int]) -> Callable[[], list[int]]:
    return lambda: piece


def called(piece: list[Callable[[], int]]) -> list[int]:
    return [item() for item in piece]


def first(piece: list[int]) -> int:
    return piece[0]


def process_number(piece: list[int]) -> int:
    return os.getpid()


def test_results_come_in_the_order_of_the_pieces() -> None:
    assert spread(doubled, range(50), workers=3, size=2) == [2 * item for item in range(50)]
    assert list(mapped(doubled, iter([[1], [2, 3], [4]]), workers=2)) == [[2], [4, 6], [8]]
    assert spread(doubled, [], workers=3) == []


@pytest.mark.parametrize("count", [0, 1, 7, 100, 1000, 5000])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_last_pieces_are_small(count: int, workers: int) -> None:
    pieces = list(cut_for(iter(range(count)), 64, workers))
    assert [item for piece in pieces for item in piece] == list(range(count))
    sizes = [len(piece) for piece in pieces]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size <= max(8, sum(sizes[place:]) // (2 * workers)) for place, size in enumerate(sizes))
    if count == 5000:
        assert sizes[0] == 64
        assert sizes[-1] <= 8


def test_items_before_an_error_are_cut_and_the_error_comes_last() -> None:
    def items() -> Iterator[int]:
        yield from range(20)
        raise DataError("no more")

    before: list[int] = []
    with pytest.raises(DataError, match="no more"):
        kept(chain.from_iterable(cut_for(items(), 8, 2)), before)
    assert before == list(range(20))


def test_a_worker_that_ends_is_an_error_that_names_its_items() -> None:
    actual: list[int] = []
    with pytest.raises(
        SeqnlpError, match=r"a worker was ended by SIGKILL while it had lines 7 to 9; what comes before"
    ):
        kept(mapped(ends_at_seven, cut(range(1, 40), 3), workers=2), actual)
    assert actual == [1, 4]


def test_errors_come_after_the_results_before_them() -> None:
    actual: list[int] = []
    with pytest.raises(SeqnlpError) as caught:
        kept(mapped(refuses_five, cut(range(1, 20), 2), workers=2), actual)
    assert actual == [1, 3]
    assert str(caught.value) == str(ConfigError(["five: expected another number"]))

    def lines() -> Iterator[int]:
        yield from range(1, 4)
        raise DataError("not UTF-8", "standard input", 4)

    actual = []
    with pytest.raises(DataError, match=r"^standard input:4: not UTF-8$"):
        kept(mapped(first, cut(lines(), 2), workers=2), actual)
    assert actual == [1, 3]


def test_what_cannot_be_sent_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises(Exception, match="pickle"):
        list(mapped(called, iter([[lambda: 1]]), workers=2))
    with pytest.raises(Exception, match="pickle"):
        list(mapped(unsendable, iter([[1]]), workers=2))


def test_no_process_is_left_when_nobody_wants_more() -> None:
    results = mapped(process_number, ([number] for number in range(100)), workers=2)
    numbers = {next(results) for _ in range(8)}
    results.close()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{number}").exists() for number in numbers) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(Path(f"/proc/{number}").exists() for number in numbers)


def test_one_worker_starts_without_what_several_need() -> None:
    program = "import sys; from seqnlp.workers import mapped; print(*mapped(len, [[1, 2]], 1), *sys.modules)"
    answer, *modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split()
    assert answer == "2"
    assert "multiprocessing" not in modules


@pytest.mark.parametrize("count", [10**8, -1, 0])
def test_more_processes_or_threads_than_a_machine_can_have_are_refused(count: int) -> None:
    with pytest.raises(SeqnlpError, match=r"^--workers: expected "):
        check_parallel(count, "--workers")
    assert check_parallel(0, "--threads", least=0) == 0
    if count > 0:
        with pytest.raises(SeqnlpError, match=r"at most \d+ \(16 for each CPU\), found 100,000,000"):
            next(mapped(list, iter([["a"]]), count))
