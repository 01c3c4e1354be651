"""The verbs that answer line by line write the same with several workers; so does Python."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import TINY, output, refusal, seqnlp
from tiny_pairs import make_pairs

import seqnlp as library

LINES = [f"Velisk {number} moved from Port Ombril to Yensa , {'very ' * (number % 7)}late" for number in range(90)]


@pytest.fixture(scope="module")
def classifier_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("workers") / "classifier"
    output("train", "recipe=sentiment/demo", f"run={run}", *TINY, "trainer.epochs=1")
    return run


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ((), "\n".join(LINES) + "\n\n"),
        (("--output", "label-studio"), "\n".join(LINES)),
        (
            ("--input", "csv", "--text-column", "b"),
            "a,b\n" + "".join(f'{n},"{line}"\n' for n, line in enumerate(LINES)),
        ),
        (("--input", "conll"), "\n\n".join(line.replace(" ", "\n") for line in LINES)),
        (("--nbest", "2", "--output", "jsonl", "--engine", "torch"), "\n".join(LINES[:20])),
    ],
)
def test_tag_writes_the_same_with_two_workers(trained: Path, options: tuple[str, ...], text: str) -> None:
    one, two = (output("tag", trained, *options, "--workers", workers, stdin=text) for workers in (1, 2))
    assert two == one
    assert one


def test_classify_writes_and_says_the_same_with_two_workers(classifier_run: Path) -> None:
    text = "\n".join([*LINES, "so " * 2000])
    for options in ((), ("--output", "tsv"), ("--output", "jsonl", "--explain")):
        lines = text if not options or "--explain" not in options else "\n".join(LINES[:5])
        one, two = (seqnlp("classify", classifier_run, *options, "--workers", n, stdin=lines) for n in (1, 2))
        assert two == one
        assert one.status == 0


def test_translate_and_score_write_the_same_with_two_workers(translator_run: Path, tmp_path: Path) -> None:
    pairs = make_pairs(30, seed=9)
    source, target = tmp_path / "s.de", tmp_path / "t.en"
    source.write_text("\n".join([*(source for source, _ in pairs), "", "x² ein Hund"]) + "\n")
    target.write_text("\n".join([*(target for _, target in pairs), "", "a dog"]) + "\n")
    for options in (("--nbest", 2), ("--sample", "--seed", 3), ("--output", "jsonl", "--alignments")):
        one, two = (seqnlp("translate", translator_run, "--input", source, *options, "--workers", n) for n in (1, 2))
        assert two == one
        assert one.status == 0
    one, two = (seqnlp("score", translator_run, source, target, "--workers", n) for n in (1, 2))
    assert two == one
    assert one.out.count("\n") == 32


def test_python_has_workers_too(trained: Path, classifier_run: Path, translator_run: Path) -> None:
    tagger, classifier, translator = (library.load(run) for run in (trained, classifier_run, translator_run))
    assert isinstance(tagger, library.Tagger)
    assert isinstance(classifier, library.Classifier)
    assert isinstance(translator, library.Translator)
    spread, alone = tagger.tag_texts(LINES, nbest=2, workers=2), tagger.tag_texts(LINES, nbest=2)
    assert [answer.to_dict() for answer in spread] == [answer.to_dict() for answer in alone]
    words = [line.split() for line in LINES]
    assert [answer.tags for answer in tagger.tag_words(iter(words), workers=3)] == [
        answer.tags for answer in tagger.tag_words(words)
    ]
    assert [answer.labels for answer in classifier.classify_texts(LINES, workers=2)] == [
        answer.labels for answer in classifier.classify_texts(LINES)
    ]
    sources, begins = [source for source, _ in make_pairs(20, seed=4)], ["a", ""] * 10
    assert translator.translate_lines(sources, prefixes=begins, workers=2) == translator.translate_lines(
        sources, prefixes=begins
    )
    assert translator.score_lines(sources, sources, workers=2) == translator.score_lines(sources, sources)
    with pytest.raises(ValueError, match="workers: expected"):
        tagger.tag_texts(LINES, workers=0)


def test_workers_that_make_no_sense_are_refused(trained: Path) -> None:
    assert refusal("tag", trained, "--workers", 0) == "--workers: expected 1 or more, found 0"
    several = refusal("tag", trained, "--workers", 2, "--threads", 2)
    assert several == "--workers 2: each computes with one thread on the CPU; leave --threads 2 out"


def started(run: Path, *options: str) -> subprocess.Popen[bytes]:
    """``seqnlp tag`` with two workers in a process group of its own, as a terminal starts it."""
    command = [sys.executable, "-m", "seqnlp", "tag", str(run), "--workers", "2", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, preexec_fn=_with_interrupts
    )


def _with_interrupts() -> None:
    """Ctrl-C is heard, also where the tests run in a shell's background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children(number: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_typed_line_is_answered_at_once_and_ctrl_c_ends_all(trained: Path) -> None:
    process = started(trained)
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"Velisk moved to Ombril .\n")
    process.stdin.flush()
    assert b"Velisk moved" in process.stdout.readline()  # while more lines may come
    workers = children(process.pid)
    assert len(workers) == 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, b"")
    assert not any(Path(f"/proc/{number}").exists() for number in workers)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_end_with_the_reader_and_with_a_killed_parent(trained: Path) -> None:
    process = started(trained)
    assert process.stdin
    assert process.stdout
    lines = b"Velisk moved to Ombril .\n" * 3000
    process.stdout.close()  # as `| head` does
    _, said = process.communicate(lines, timeout=60)
    assert (process.returncode, said) == (141, b"")
    process = started(trained)
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"Velisk moved .\n")
    process.stdin.flush()
    process.stdout.readline()
    workers = children(process.pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{number}").exists() for number in workers):
        assert time.monotonic() < deadline
        time.sleep(0.02)
