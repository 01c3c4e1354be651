"""What a command is to write is looked at before it works, and never what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.cli.output_file import check_output_file
from seqnlp.errors import SeqnlpError


def test_a_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("x", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(own)
    with pytest.raises(SeqnlpError, match=r"-o: .*own.txt would be written over, which is read here"):
        check_output_file(own, read=["runs/first", tmp_path / "link.txt"])
    check_output_file(own, read=["runs/first"])


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SeqnlpError, match="--page: expected a file, found the folder"):
        check_output_file(tmp_path, "--page")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SeqnlpError, match=r"nothing can be written in the folder .*file; choose another one"):
        check_output_file(tmp_path / "file" / "inside" / "out.txt")
    check_output_file(tmp_path / "new" / "folder" / "out.txt")
    assert not (tmp_path / "new").exists()
