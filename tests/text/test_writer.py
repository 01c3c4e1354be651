from __future__ import annotations

import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.text.writer import StopStrings


def fed(stops: StopStrings, pieces: list[str]) -> list[str]:
    shown = []
    for piece in pieces:
        shown.append(stops.add(piece))
        if stops.stopped:
            return shown
    return [*shown, stops.flush()]


def test_text_ends_before_the_first_stop_string_wherever_it_is_cut() -> None:
    text = "one two. three! four"
    for size in range(1, len(text)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert "".join(fed(StopStrings(["! f", ". t", "zzz"]), pieces)) == "one two"


def test_what_could_begin_a_stop_string_waits_and_is_not_lost() -> None:
    assert fed(StopStrings(["abc"]), ["xa", "b", "abd"]) == ["x", "", "ababd", ""]
    assert fed(StopStrings(["abc"]), ["xab"]) == ["x", "ab"]


def test_without_stop_strings_everything_passes_at_once() -> None:
    assert fed(StopStrings([]), ["a", "b"]) == ["a", "b", ""]


def test_an_empty_stop_string_is_refused() -> None:
    with pytest.raises(SeqnlpError, match="expected stop strings of at least one character, found an empty one"):
        StopStrings(["a", ""])
