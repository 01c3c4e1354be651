"""Engines side by side, in turns: how fast a model answers, how fast it starts, and whether the answers are the same.

    python tools/bench_runtime.py tag RUN LINES [--lines 1024] [--threads 1]
    python tools/bench_runtime.py translate RUN LINES [--lines 200]
    python tools/bench_runtime.py start VERB RUN [--rounds 5]

LINES is a file with one text a line, plain or gzip, or with a word and its tag a line (CoNLL). Rates are lines a second
of CPU time, medians of rounds in which the engines take turns, so that ratios hold on a machine that is busy. `start`
runs `seqnlp VERB RUN` on a line, in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from seqnlp.api import Tagger, Translator
from seqnlp.config.translation import DecodingConfig
from seqnlp.errors import SeqnlpError
from seqnlp.text.conll import read_conll_words
from seqnlp.text.files import read_lines

ENGINES = ("torch", "onnxruntime", "numpy")
PRECISIONS = (("torch", "auto"), ("torch", "fp32"), ("onnxruntime", "fp32"), ("onnxruntime", "int8"))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    for name, lines in (("tag", 1024), ("translate", 200)):
        one = what.add_parser(name)
        one.add_argument("run")
        one.add_argument("file", type=Path)
        one.add_argument("--lines", type=int, default=lines)
        one.add_argument("--rounds", type=int, default=3)
        one.add_argument("--threads", type=int, default=1)
    start = what.add_parser("start")
    start.add_argument("verb")
    start.add_argument("run")
    start.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    try:
        {"tag": tagging, "translate": translating, "start": starting}[arguments.what](arguments)
    except SeqnlpError as problem:
        sys.exit(f"error: {problem}")


def texts_of(arguments: argparse.Namespace) -> list[str]:
    """The lines that are not blank; of CoNLL the sentences, with spaces between their words.

    Raises:
        DataError: the file cannot be read.
    """
    lines = [line for _, line in read_lines(arguments.file)]
    head = list(islice(filter(str.strip, lines), 20))
    if all(re.fullmatch(r"\S.*\s(O|[BIESLUM]-\S+)\s*", line) for line in head):
        return list(islice(map(" ".join, read_conll_words(lines, 0, arguments.file, -1, "auto")), arguments.lines))
    return list(islice(filter(str.strip, lines), arguments.lines))


def rates(ways: dict[str, Callable[[], object]], count: int, rounds: int) -> dict[str, float]:
    """Lines a second of CPU time of each way; the first round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, answer in ways.items():
            began = time.process_time()
            answer()
            if turn:
                seconds[name].append(time.process_time() - began)
    return {name: count / statistics.median(actual) for name, actual in seconds.items()}


def tagging(arguments: argparse.Namespace) -> None:
    """Taggers: one call for all lines, a call a line, and answers that differ from torch's."""
    texts = texts_of(arguments)
    taggers = {engine: Tagger(arguments.run, engine=engine, threads=arguments.threads) for engine in ENGINES}
    few = texts[: max(1, len(texts) // 4)]
    together = rates({e: lambda t=t: t.tag_texts(texts) for e, t in taggers.items()}, len(texts), arguments.rounds)
    alone = rates(
        {e: lambda t=t: [t.tag(text) for text in few] for e, t in taggers.items()}, len(few), arguments.rounds
    )
    wanted = taggers["torch"].tag_texts(texts)
    print(f"| engine | lines/s, {len(texts)} a call | 1 a call | other tags | largest difference of a probability |")
    print("|---|---|---|---|---|")
    for engine, tagger in taggers.items():
        actual = tagger.tag_texts(texts)
        same = [(a, b) for a, b in zip(actual, wanted, strict=True) if a.tags == b.tags]
        off = max(
            (abs(x.probability - y.probability) for a, b in same for x, y in zip(a.spans, b.spans, strict=True)),
            default=0,
        )
        print(f"| {engine} | {together[engine]:,.0f} | {alone[engine]:,.0f} | {len(texts) - len(same)} | {off:.0e} |")


def translating(arguments: argparse.Namespace) -> None:
    """Translators with a beam of 5: batches of 64 and of 1, texts other than torch's in fp32, scores that differ."""
    texts, options = texts_of(arguments), {"decoding": DecodingConfig(beam=5)}
    made = {
        f"{engine} {precision}": Translator(
            arguments.run, engine=engine, precision=precision, threads=arguments.threads
        )
        for engine, precision in PRECISIONS
    }
    few = texts[: max(1, len(texts) // 4)]

    def answers(model: Any, some: list[str], batch: int) -> list[Any]:
        actual: list[Any] = model.translate_lines(some, batch_lines=batch, **options)
        return actual

    together = rates({n: lambda m=m: answers(m, texts, 64) for n, m in made.items()}, len(texts), arguments.rounds)
    alone = rates({n: lambda m=m: answers(m, few, 1) for n, m in made.items()}, len(few), arguments.rounds)
    wanted = answers(made["torch fp32"], texts, 64)
    print("| engine | lines/s, batch 64 | batch 1 | other texts | other texts or scores alone |\n|---|---|---|---|---|")
    for name, model in made.items():
        actual = answers(model, texts, 64)
        others = sum(a.text != b.text for a, b in zip(actual, wanted, strict=True))
        singly = answers(model, texts, 1)
        differ = sum(
            (a.text, a.hypotheses[0].score) != (b.text, b.hypotheses[0].score)
            for a, b in zip(actual, singly, strict=True)
        )
        print(f"| {name} | {together[name]:,.0f} | {alone[name]:,.0f} | {others} | {differ} |")


def starting(arguments: argparse.Namespace) -> None:
    """One line through the command line, in a process of its own: seconds, and the most memory."""
    print("| engine | seconds | CPU seconds | MB |\n|---|---|---|---|")
    for engine in ENGINES:
        actual = [started(arguments.verb, arguments.run, engine) for _ in range(arguments.rounds)]
        seconds, cpu, memory = (statistics.median(column) for column in zip(*actual, strict=True))
        print(f"| {engine} | {seconds:.2f} | {cpu:.2f} | {memory:.0f} |")


def started(verb: str, run: str, engine: str) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and megabytes of one command.

    Raises:
        SeqnlpError: the command failed.
    """
    command = [sys.executable, "-m", "seqnlp", verb, run, "--engine", engine]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**os.environ})
    assert process.stdin is not None
    process.stdin.write(b"x\n")
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SeqnlpError(f"{' '.join(command)}: ended with status {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
