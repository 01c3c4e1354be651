"""Where nothing can be written, a command says so in one line and leaves nothing half written."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

CLAIM = """
import sys
from pathlib import Path
from seqnlp.config.reading import read_config
from seqnlp.errors import SeqnlpError
from seqnlp.run_config import claim
try:
    claim(read_config({"run": sys.argv[1], "data": {"train": "x"}}))
except SeqnlpError as problem:
    sys.exit(f"error: {problem}")
"""
CONVERT = ["-m", "seqnlp", "data", "convert", "in.conll"]
COMMANDS = {
    "a recipe's copy": (["-m", "seqnlp", "recipes", "copy", "tagging/demo"], "recipes/tagging/demo.yaml"),
    "converted text": (CONVERT, "out.jsonl"),
}


def with_a_full_disk(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with arguments; no file that it writes may have more than no bytes."""
    return subprocess.run(
        [sys.executable, "-B", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)),
        timeout=100,
    )


@pytest.mark.parametrize("what", COMMANDS)
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, what: str) -> None:
    (tmp_path / "in.conll").write_text("Oslo\tB-LOC\n", encoding="utf-8")
    arguments, name = COMMANDS[what]
    target = tmp_path / "new" / ("" if what == "a recipe's copy" else name)
    finished = with_a_full_disk(tmp_path, *arguments, str(target))
    assert finished.returncode == 2
    assert finished.stderr.splitlines()[-1].startswith("error: cannot write ")
    assert "(File too large): nothing was written" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert [path for path in (tmp_path / "new").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("existing", [True, False])
def test_a_run_that_cannot_be_claimed_leaves_its_directory_free(tmp_path: Path, existing: bool) -> None:
    run = tmp_path / "run"
    if existing:
        run.mkdir()
    program = f"import tempfile\ntempfile.tempdir = {str(tmp_path)!r}\n{CLAIM}"  # torch looks for one to write in
    finished = with_a_full_disk(tmp_path, "-c", program, str(run))
    assert finished.stderr.splitlines()[-1] == f"error: cannot make the run directory {run}: File too large"
    assert run.exists() == existing
    assert not existing or list(run.iterdir()) == []


def test_no_place_for_temporary_files_is_one_line(tmp_path: Path) -> None:
    finished = with_a_full_disk(tmp_path, "-m", "seqnlp", "train", "recipe=tagging/demo", "run=run")
    expected = "error: no temporary file can be written; free some space, or name a folder in TMPDIR"
    assert (finished.returncode, finished.stderr.splitlines()[-1]) == (2, expected)
    assert not (tmp_path / "run").exists()
