"""The command line, run inside the test's own process: a process of its own would cost seconds each time."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from seqnlp.cli import main

TINY = (
    "data.limit=200",
    "model.word_dim=20",
    "model.character_model=none",
    "model.hidden_dim=16",
    "optimizer.learning_rate=0.02",
    "trainer.batch_sentences=8",
    "trainer.epochs=3",
)
"""Settings that train any recipe in about a second."""

TINY_TRANSLATION = (
    "data.train=train.{lang}",
    "data.dev=dev.{lang}",
    "data.test=test.{lang}",
    "data.source=de",
    "data.target=en",
    "data.max_tokens=40",
    "tokenizer.vocabulary_size=330",
    "model.embedding_dim=32",
    "model.encoder_hidden_dim=24",
    "model.decoder_hidden_dim=48",
    "model.attention_dim=24",
    "model.embedding_dropout=0",
    "model.hidden_dropout=0.1",
    "model.output_dropout=0.1",
    "optimizer.learning_rate=0.01",
    "trainer.batch_sentences=20",
    "trainer.epochs=8",
)
"""Settings that train a translator of tiny_pairs.py in a few seconds."""


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    status: int
    out: str
    err: str


def seqnlp(*arguments: object, stdin: str | bytes = b"") -> Finished:
    """Run ``seqnlp ARGUMENTS`` with ``stdin`` as its standard input."""
    out, err = io.StringIO(), io.StringIO()
    with _standard_input(stdin), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
    return Finished(status, out.getvalue(), err.getvalue())


def output(*arguments: object, stdin: str | bytes = b"") -> str:
    """Standard output of a command that must succeed."""
    finished = seqnlp(*arguments, stdin=stdin)
    assert finished.status == 0, finished.err
    return finished.out


def refusal(*arguments: object, stdin: str | bytes = b"") -> str:
    """The one message of a command that must be refused with status 2; what was said before it is left out."""
    finished = seqnlp(*arguments, stdin=stdin)
    assert finished.status == 2, (finished.out, finished.err)
    before, _, message = finished.err.rpartition("error: ")
    assert "error: " not in before
    assert "Traceback" not in finished.err
    return message.rstrip("\n")


@contextlib.contextmanager
def _standard_input(content: str | bytes) -> Iterator[None]:
    """A real file as ``sys.stdin``: the command reads its descriptor."""
    with tempfile.TemporaryFile() as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.seek(0)
        before, sys.stdin = sys.stdin, io.TextIOWrapper(file)
        running = set(threading.enumerate())
        try:
            yield
        finally:
            sys.stdin = before
            for reader in set(threading.enumerate()) - running:  # else it could read the next command's file
                reader.join(timeout=5)
