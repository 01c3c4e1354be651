"""Tagging a long stream needs no more memory than tagging a short one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTE = 2**20
SOME_WORDS = ("Ada", "Sorrel", "moved", "to", "Brinmoor", "with", "the", "old", "mill", "of", "Quarley", ",", ".")


def write_lines(path: Path, count: int) -> None:
    """Short lines of common words and, now and then, one never seen before."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            words = draw.choices(SOME_WORDS, k=draw.randint(2, 9))
            file.write(" ".join([*words, f"x{number}"] if number % 20 == 0 else words) + "\n")


def peak_memory(run: Path, lines: Path, answers: Path) -> int:
    """Peak resident bytes of ``seqnlp tag RUN < lines > answers``."""
    command = [sys.executable, "-m", "seqnlp", "tag", str(run), "--threads", "1"]
    with lines.open("rb") as source, answers.open("wb") as target:
        process = subprocess.Popen(command, stdin=source, stdout=target, env={**os.environ, "OMP_NUM_THREADS": "1"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
def test_ten_times_the_lines_take_hardly_more_memory(trained: Path, tmp_path: Path) -> None:
    peaks = []
    for count in (20_000, 200_000):
        write_lines(tmp_path / "lines.txt", count)
        peaks.append(peak_memory(trained, tmp_path / "lines.txt", tmp_path / "answers.jsonl"))
        with (tmp_path / "answers.jsonl").open("rb") as answers:
            assert sum(1 for _ in answers) == count
    short, long = peaks
    assert long - short < 40 * MEGABYTE, [peak // MEGABYTE for peak in peaks]
