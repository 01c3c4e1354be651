"""Files are the old one or the new one, and what a killed process left behind goes away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seqnlp.storage import remove_leftovers, write_atomically, write_pieces_atomically


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_atomically(tmp_path / "folder" / "file", b"old")
    write_atomically(tmp_path / "folder" / "file", b"new")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "folder").iterdir()] == [("file", b"new")]


def test_leftovers_of_killed_writers_are_removed_and_other_files_stay(tmp_path: Path) -> None:
    write_atomically(tmp_path / "model" / "weights", b"whole")
    (tmp_path / "model" / ".weights.k3j2.partial").write_bytes(b"half")
    (tmp_path / ".hidden").write_bytes(b"somebody's")
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == [".hidden", "model", "weights"]


def test_an_error_while_the_pieces_are_made_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("a bad piece")

    write_atomically(tmp_path / "file", b"old")
    with pytest.raises(ValueError, match="a bad piece"):
        write_pieces_atomically(tmp_path / "file", pieces())
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"old")]
