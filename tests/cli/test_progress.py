"""The bar on standard error: only where somebody sees it, only for a file."""

from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from seqnlp.cli.progress import bytes_to_read, is_file, line_progress


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def draw(monkeypatch: pytest.MonkeyPatch, total: int | None, out: io.StringIO, err: io.StringIO) -> str:
    """What is written on standard error while two lines are done."""
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with line_progress(total) as advance:
        sys.stdout.write("answers\n")
        advance(["one", "drei"])
    assert out.getvalue() == "answers\n"
    assert "answers" not in err.getvalue()
    return err.getvalue()


def test_a_bar_is_drawn_for_a_person_who_waits_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    drawn = draw(monkeypatch, 18, io.StringIO(), Terminal())
    assert "2 lines" in drawn
    assert "50%" in drawn


def test_nothing_is_drawn_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert draw(monkeypatch, 18, io.StringIO(), io.StringIO()) == ""  # a log file
    assert draw(monkeypatch, None, io.StringIO(), Terminal()) == ""  # an endless stream
    assert draw(monkeypatch, 18, Terminal(), Terminal()) == ""  # the answers are on the same screen


def test_only_plain_files_have_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    plain.write_bytes(b"one\ntwo\n")
    packed.write_bytes(gzip.compress(b"one\n"))
    assert (is_file(plain), bytes_to_read(plain)) == (True, 8)
    assert (is_file(packed), bytes_to_read(packed)) == (True, None)
    assert (is_file(tmp_path), bytes_to_read(tmp_path)) == (False, None)
    assert (is_file(tmp_path / "gone"), bytes_to_read(tmp_path / "gone")) == (False, None)
    with plain.open() as file:
        os.lseek(file.fileno(), 4, os.SEEK_SET)
        monkeypatch.setattr(sys, "stdin", file)
        assert (is_file(None), bytes_to_read(None)) == (True, 4)
    reader, writer = os.pipe()
    os.close(writer)
    with os.fdopen(reader) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert (is_file(None), bytes_to_read(None)) == (False, None)
    monkeypatch.setattr(sys, "stdin", None)
    assert (is_file(None), bytes_to_read(None)) == (False, None)
