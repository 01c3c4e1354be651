"""What plugs cost: spaCy's `nlp.pipe` beside `tag_texts`, and `seqnlp.train` beside the command `seqnlp train`.

    python tools/bench_plugs.py RUN texts.txt [--rounds 5] [--train tagging/demo]

RUN is a tagger, texts.txt has a text a line. Both sides run in turn, and the medians of their seconds of CPU are
compared, so that a busy machine does not decide. Training is a process of its own on either side.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def main() -> None:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--train", default="", metavar="RECIPE", help="also compare trainings, such as tagging/demo")
    arguments = parser.parse_args()
    texts = arguments.texts.read_text(encoding="utf-8").splitlines()
    import spacy
    import torch

    import seqnlp
    import seqnlp.spacy  # an installed seqnlp has an entry point, a checkout need not

    torch.set_num_threads(1)
    tagger, nlp = seqnlp.Tagger(arguments.run), spacy.blank("en")
    nlp.add_pipe("seqnlp", config={"model": arguments.run})
    sides: list[Callable[[], object]] = [lambda: tagger.tag_texts(texts), lambda: list(nlp.pipe(texts))]
    plain, piped = interleaved(sides, arguments.rounds)
    print(
        f"tag_texts {len(texts) / plain:,.0f} texts/s of CPU, nlp.pipe {len(texts) / piped:,.0f}: {plain / piped:.1%}"
    )
    if arguments.train:
        command, python = interleaved([lambda: by_command(arguments.train), lambda: by_python(arguments.train)], 3)
        print(f"seqnlp train {command:.2f} s of CPU, seqnlp.train {python:.2f} s: {python / command - 1:+.1%}")


def interleaved(sides: list[Callable[[], object]], rounds: int) -> list[float]:
    """The medians of the seconds of CPU of each side, children included, after a round that does not count."""
    seconds: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds + 1):
        for side, action in zip(seconds, sides, strict=True):
            before = spent()
            action()
            side.append(spent() - before)
    return [statistics.median(side[1:]) for side in seconds]


def spent() -> float:
    """Seconds of CPU of this process and of the children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def by_command(recipe: str) -> None:
    """`seqnlp train` in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "seqnlp",
            "train",
            f"recipe={recipe}",
            f"run={folder}/run",
            "trainer.threads=1",
        ]
        subprocess.run(command, check=True, capture_output=True)


def by_python(recipe: str) -> None:
    """`seqnlp.train` in a new process and a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        program = f"import seqnlp; seqnlp.train({recipe!r}, run='{folder}/run', settings={{'trainer.threads': 1}})"
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


if __name__ == "__main__":
    main()
