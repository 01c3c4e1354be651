"""Files are the old one or the new one, and what a killed process left behind goes away."""

from __future__ import annotations

from pathlib import Path

from seqnlp.storage import remove_leftovers, write_atomically


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
