"""Standard streams that are missing, or that the locale would write in another encoding."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

SEQNLP = f"{shlex.quote(sys.executable)} -m seqnlp"
CLOSED = "error: standard output is closed; redirect it to a file, or to /dev/null, then run this again\n"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    everything = {**os.environ, **environment}
    return subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=everything)


def main_with(body: str) -> str:
    """A shell command that runs ``main`` where the verb ``recipes`` does something else."""
    program = f"import os, sys, seqnlp.cli\ndef run(words):\n    {body}\n    return 0\nseqnlp.cli._run = run\n"
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program + 'sys.exit(seqnlp.cli.main([]))')}"


@pytest.mark.parametrize("arguments", ["--version", "--help", "recipes", "tag --help", "train --settings"])
def test_a_closed_standard_output_is_one_plain_error(arguments: str) -> None:
    finished = shell(f"{SEQNLP} {arguments} >&-")
    assert (finished.returncode, finished.stderr.decode()) == (2, CLOSED)


def test_an_error_is_said_although_standard_output_is_closed() -> None:
    finished = shell(f"{SEQNLP} tag nowhere >&-")
    assert finished.returncode == 2
    assert finished.stderr.startswith(b"error: ")
    assert b"nowhere" in finished.stderr


@pytest.mark.parametrize(("arguments", "status"), [("--version", 0), ("recipes", 0), ("tag nowhere", 2), ("tga", 2)])
def test_without_a_standard_error_output_and_status_are_as_ever(arguments: str, status: int) -> None:
    closed, there = shell(f"{SEQNLP} {arguments} 2>&-"), shell(f"{SEQNLP} {arguments}")
    assert closed.returncode == there.returncode == status
    assert closed.stdout == there.stdout
    assert closed.stderr == b""


def test_a_file_that_is_opened_later_never_stands_for_a_closed_stream() -> None:
    body = "opened = os.open('/dev/null', os.O_RDONLY); print('said', file=sys.stderr); sys.exit(10 + opened)"
    for closing in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        finished = shell(f"{main_with(body)} {closing}")
        assert finished.returncode == 13
        assert finished.stdout == b""


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-16", ""])
def test_output_is_utf8_whatever_the_locale_says(encoding: str, locale: str) -> None:
    words = "Łódź, naïve 日本 \N{GRINNING FACE}"
    body = f"text = {words!a}; print(text); print(text, file=sys.stderr)"
    finished = shell(main_with(body), LC_ALL=locale, PYTHONIOENCODING=encoding)
    assert finished.returncode == 0
    assert finished.stdout.decode() == finished.stderr.decode() == f"{words}\n"


def test_what_utf8_cannot_hold_is_written_escaped() -> None:
    finished = shell(main_with("print('a\\ud800b')"))
    assert (finished.returncode, finished.stdout) == (0, b"a\\ud800b\n")
