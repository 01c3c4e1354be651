"""Are the answers without torch those of torch, and does a line's answer depend on the lines beside it?

    python tools/check_runtime.py RUN LINES [--lines 1000] [--threads 1] [--quick]

RUN is a tagger, a classifier, a translator or a language model, LINES a file with one text a line. onnxruntime in
fp32 and in int8 is held against torch in fp32, and against itself with calls of one line, of 64, of 64 shuffled lines.
A language model completes the first half of each line; it reads one text at a time. With --quick, fp32 alone is held
against torch.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import seqnlp
from seqnlp.config.translation import DecodingConfig

Answer = tuple[Any, list[float]]
"""What is said, and how sure."""

Answering = Callable[[list[str]], list[Answer]]

PRECISIONS = ("fp32", "int8")
TOGETHER = 64


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    texts = texts_of(arguments.file, arguments.lines)

    def made(engine: str, precision: str) -> Answering:
        return answering(seqnlp.load(arguments.run, engine=engine, precision=precision, threads=arguments.threads))

    wanted = in_calls(made("torch", "fp32"), texts, TOGETHER)
    print(f"{len(texts):,} lines of {arguments.file.name}\n")
    print("| engine | other answers than torch | largest difference of a score | differ alone | differ shuffled |")
    print("|---|---|---|---|---|")
    for precision in PRECISIONS[: 1 if arguments.quick else None]:
        answer = made("onnxruntime", precision)
        together = in_calls(answer, texts, TOGETHER)
        others = sum(ours[0] != theirs[0] for ours, theirs in zip(together, wanted, strict=True))
        off = largest_difference(together, wanted)
        again = [] if arguments.quick else [in_calls(answer, texts, 1), in_shuffled_calls(answer, texts)]
        differ = [str(sum(map(other, together, answers))) for answers in again] or ["", ""]
        print(f"| onnxruntime, {precision} | {others} | {off:.1e} | {' | '.join(differ)} |", flush=True)


def texts_of(file: Path, count: int) -> list[str]:
    """The lines that are not blank, of a file that may be compressed."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        return list(islice((line.rstrip("\n") for line in lines if line.strip()), count))


def answering(model: Any) -> Answering:
    """What a model says of texts that are given together."""
    if isinstance(model, seqnlp.Tagger):
        return lambda texts: [
            (one.tags, [span.probability for span in one.spans] + one.probabilities) for one in model.tag_texts(texts)
        ]
    if isinstance(model, seqnlp.Classifier):
        return lambda texts: [(one.labels, list(one.probabilities.values())) for one in model.classify_texts(texts)]
    if isinstance(model, seqnlp.Translator):
        search = DecodingConfig(beam=5)
        return lambda texts: [
            (one.text, [one.hypotheses[0].score])
            for one in model.translate_lines(texts, decoding=search, batch_lines=len(texts))
        ]

    def completed(text: str) -> Answer:
        words = model.complete(text[: len(text) // 2])
        return [one.word for one in words], [one.probability for one in words]

    return lambda texts: [completed(text) for text in texts]


def in_calls(answer: Answering, texts: Sequence[str], size: int) -> list[Answer]:
    """The answers to texts, so many in a call."""
    parts = (answer(list(texts[begin : begin + size])) for begin in range(0, len(texts), size))
    return [one for part in parts for one in part]


def in_shuffled_calls(answer: Answering, texts: Sequence[str]) -> list[Answer]:
    """The answers in the order of the texts, each among others than before."""
    order = random.Random(1).sample(range(len(texts)), len(texts))
    answers = dict(zip(order, in_calls(answer, [texts[number] for number in order], TOGETHER), strict=True))
    return [answers[number] for number in range(len(texts))]


def other(one: Answer, again: Answer) -> bool:
    """Whether an answer is another one, or a score of it: sums of the CRF in fp64 may differ in their last digits."""
    return one[0] != again[0] or max((abs(x - y) for x, y in zip(one[1], again[1], strict=True)), default=0) > 1e-9


def largest_difference(ours: Sequence[Answer], theirs: Sequence[Answer]) -> float:
    """Of a score, where the answers are the same."""
    same = [(a[1], b[1]) for a, b in zip(ours, theirs, strict=True) if a[0] == b[0]]
    return max((abs(x - y) for a, b in same for x, y in zip(a, b, strict=True)), default=0.0)


if __name__ == "__main__":
    main()
