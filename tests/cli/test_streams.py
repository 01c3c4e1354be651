"""Lines from a stream: none lost, none late."""

from __future__ import annotations

import gzip
import io
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seqnlp.cli.streams import WINDOW, read_file_lines, read_text_lines, windows
from seqnlp.errors import DataError
from seqnlp.text.conll import read_conll_words

NOT_UTF8 = (
    "expected UTF-8 text, found the byte 0xef at byte 3 of the line; convert the file, for example with "
    "`iconv -f cp1252 -t utf-8`, or read what is left of it with --errors replace"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"one", ["one"]),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\n\r\ntwo", ["one", "", "two"]),
        (b"\n\n", ["", ""]),
        (b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n", ["one", "\ufefftwo"]),
        ("a\u2028b\x0bc\x85d\n".encode(), ["a\u2028b\x0bc\x85d"]),
        ("  Straße 𝄞 \n".encode(), ["  Straße 𝄞 "]),
    ],
)
def test_only_a_newline_ends_a_line(content: bytes, expected: list[str]) -> None:
    assert list(read_text_lines(io.BytesIO(content), "strict")) == expected


def test_bytes_that_are_not_utf8_are_named_by_line_and_place() -> None:
    lines = read_text_lines(io.BytesIO(b"fine\nna\xefve\nmore\n"), "strict")
    assert next(lines) == "fine"
    with pytest.raises(DataError) as caught:
        next(lines)
    assert str(caught.value) == f"standard input:2: {NOT_UTF8}"


def test_bytes_that_are_not_utf8_can_be_replaced() -> None:
    assert list(read_text_lines(io.BytesIO(b"na\xefve\n\xff\n"), "replace")) == ["na\ufffdve", "\ufffd"]


def test_a_carriage_return_inside_a_line_is_refused_or_becomes_a_space() -> None:
    with pytest.raises(DataError, match=r"standard input:2: .*a carriage return without a line feed at byte 4"):
        list(read_text_lines(io.BytesIO(b"fine\r\nold\rmac\r"), "strict"))
    assert list(read_text_lines(io.BytesIO(b"old\rmac\r"), "replace")) == ["old mac"]


@pytest.mark.parametrize("errors", ["strict", "replace"])
def test_utf16_is_no_text_of_one_byte_units(errors: str) -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(DataError, match=r"standard input:1: expected UTF-8 text, found UTF-16 text; .*iconv"):
            list(read_text_lines(io.BytesIO("ten mills\n".encode(encoding)), errors))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_lines_of_a_file_are_those_of_a_stream(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "lines"
    path.write_bytes(pack(b"\xef\xbb\xbfone\r\n\0\x0c\n\nna\xefve"))
    assert list(read_file_lines(path, "replace")) == ["one", "\0\x0c", "", "na\ufffdve"]
    with pytest.raises(DataError) as caught:
        list(read_file_lines(path, "strict"))
    assert str(caught.value) == f"{path}:4: {NOT_UTF8}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        (["one\tO", "two", ""], [["one", "two"]]),
        (["one", "", "two"], [["one"], ["two"]]),
        (["one O", "", "", "two B-X", ""], [["one"], [], ["two"]]),
        (["", "one"], [[], ["one"]]),
        (["New York\tB-LOC"], [["New York"]]),
        (["  ", "\t"], [[], []]),
    ],
)
def test_every_blank_line_ends_one_block(lines: list[str], expected: list[list[str]]) -> None:
    assert list(read_conll_words(lines)) == expected


@pytest.mark.parametrize("count", [0, 1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW + 7])
def test_windows_keep_every_item_in_order_and_are_never_empty_or_too_large(count: int) -> None:
    actual = list(windows(range(count)))
    assert [item for window in actual for item in window] == list(range(count))
    assert all(0 < len(window) <= WINDOW for window in actual)


def test_a_full_window_waits_for_a_slow_producer() -> None:
    def lines() -> Iterator[int]:
        for number in range(10):
            threading.Event().wait(0.01)
            yield number

    assert list(windows(lines(), 4, full=True)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_an_error_comes_after_the_items_of_a_full_window_too() -> None:
    def lines() -> Iterator[str]:
        yield "one"
        raise DataError("broken", "in.txt", 2)

    actual = windows(lines(), 4, full=True)
    assert next(actual) == ["one"]
    with pytest.raises(DataError, match=r"in\.txt:2: broken"):
        next(actual)


def test_items_that_mean_false_are_items_too() -> None:
    assert [item for window in windows(["", None, 0]) for item in window] == ["", None, 0]


def test_an_item_is_given_at_once_although_more_may_come() -> None:
    typed: queue.Queue[str] = queue.Queue()

    def lines() -> Iterator[str]:
        while (line := typed.get(timeout=30)) != "end":
            yield line

    actual = windows(lines())
    for line in ("first", "second"):
        typed.put(line)
        assert next(actual) == [line]
    typed.put("end")
    assert list(actual) == []


def test_what_waits_is_given_together() -> None:
    ready = threading.Event()

    def lines() -> Iterator[int]:
        yield from range(100)
        ready.set()

    actual = windows(lines())
    first = next(actual)
    assert ready.wait(30)
    assert len(first) + len(next(actual, [])) + len(next(actual, [])) == 100


def test_an_error_comes_after_the_items_before_it() -> None:
    def lines() -> Iterator[str]:
        yield "one"
        raise DataError("broken", "standard input", 2)

    actual = windows(lines())
    assert next(actual) == ["one"]
    with pytest.raises(DataError, match="standard input:2: broken"):
        next(actual)


def test_reading_ahead_is_bounded() -> None:
    read = []

    def lines() -> Iterator[int]:
        for number in range(100 * WINDOW):
            read.append(number)
            yield number

    actual = windows(lines())
    next(actual)
    threading.Event().wait(0.2)
    assert len(read) <= 3 * WINDOW + 2
    actual.close()


EARLY_END = """
import sys
from seqnlp.cli.streams import read_text_lines, standard_input, windows
for window in windows(read_text_lines(standard_input(), "strict")):
    print(window, flush=True)
    sys.exit(3)
"""


def test_a_program_that_ends_while_more_input_may_come_ends_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", EARLY_END], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.wait(timeout=60) == 3
    assert process.stderr.read() == b""
    process.stdin.close()
