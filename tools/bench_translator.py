"""Rates of the translator: training, and translating beside a plain loop.

    python tools/bench_translator.py train [--data-dir DIR] [--threads 2]
    python tools/bench_translator.py translate RUN [--data-dir DIR] [--threads 2] [--lines 1000]
    python tools/bench_translator.py start RUN
    python tools/bench_translator.py stream RUN [--data-dir DIR] [--lines 1000000]

`train`: BiLSTM 2 x 256, decoder 512, additive attention with input feeding, embeddings 256, vocabulary 8,000, batch 64
on Multi30k German to English; target subwords a second. `translate`: the lines of test_2016_flickr; the plain loop
(tools/reference_beam.py) runs on identical weights, in turns with ours; peak memory is that of processes of their own.
`stream`: the memory of one greedy `seqnlp translate` while short lines pour into its standard input.
OpenNMT-py and JoeyNMT need a version of torch that this package cannot stand beside: measure them in an environment of
their own, on the same day and machine, with models of equal size (`train` prints ours).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import torch
from reference_beam import reference_beam

from seqnlp.api import Translator
from seqnlp.config.loop import TrainerConfig
from seqnlp.config.translation import DecodingConfig, ParallelDataConfig, SubwordConfig, TranslationConfig
from seqnlp.data.batches import cut_by_budget
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import with_end
from seqnlp.tasks.translation.task import TranslationTask
from seqnlp.text.files import read_lines
from seqnlp.training.average import AveragedWeights
from seqnlp.training.device import choose_precision
from seqnlp.training.memory import keep_freed_memory
from seqnlp.training.optimizer import Optimizer


def main() -> None:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("train", "translate", "start", "stream"))
    parser.add_argument("run", nargs="?")
    parser.add_argument("--data-dir", default=os.environ.get("SEQNLP_DATA", ""))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lines", type=int, help="default 1000; stream: 1000000")
    parser.add_argument("--memory-of", choices=("ours", "reference"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.lines = arguments.lines or (1_000_000 if arguments.what == "stream" else 1000)
    if arguments.memory_of:
        measure_memory(arguments)
    elif arguments.what == "train":
        bench_training(arguments.data_dir)
    elif arguments.what == "translate":
        bench_translating(arguments)
    elif arguments.what == "start":
        bench_start(arguments.run)
    else:
        bench_stream(arguments)


def bench_training(folder: str, steps: int = 12, blocks: int = 5) -> None:
    """Medians over blocks of steps, in the precision that `auto` chooses here and in fp32."""
    keep_freed_memory()
    config = TranslationConfig(
        data=ParallelDataConfig(dir=folder, train="translation/multi30k/train.{lang}.gz", source="de", target="en"),
        tokenizer=SubwordConfig(vocabulary_size=8000),
        trainer=TrainerConfig(batch_sentences=64),
    )
    task = TranslationTask(config, Path(tempfile.mkdtemp()), torch.device("cpu"), lambda text: None)
    plan = task.plan(0)
    for precision in ("auto", "fp32"):
        dtype, _ = choose_precision(replace(config.trainer, precision=precision), torch.device("cpu"), 512)
        optimizer, average = Optimizer(task.model.train(), config.optimizer), AveragedWeights(task.model, 0.99)
        rates = []
        for block in range(blocks + 1):
            batches = plan[block * steps : (block + 1) * steps]
            begun = time.perf_counter()
            for number, batch in enumerate(batches):
                optimizer.zero_grad()
                with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
                    loss = task.loss(batch, 0.0)
                (loss / task.count(batch)).backward()
                optimizer.clip(5.0)
                optimizer.step(1e-4)
                average.update(number)
            rates.append(sum(map(task.count, batches)) / (time.perf_counter() - begun))
        rate = statistics.median(rates[1:])
        weights = sum(parameter.numel() for parameter in task.model.parameters())
        print(f"training, {precision} ({dtype}): {rate:,.0f} target subwords/s, {weights / 1e6:.1f} million weights")


def bench_translating(arguments: argparse.Namespace, rounds: int = 3) -> None:
    """Sentences a second of ours and the plain loop, in turns; the plain loop in our precision, and in fp32."""
    translator, in_fp32 = (Translator(arguments.run, precision=one, engine="torch") for one in ("auto", "fp32"))
    lines = test_lines(arguments, translator.source_language)
    for batch, beam in ((64, 5), (64, 1), (1, 5), (1, 1)):
        some = lines if batch > 1 else lines[:: max(1, len(lines) // 100)]
        ways = {
            "ours": ours(translator, some, batch, beam),
            "plain": plain(translator, some, batch, beam),
            "plain in fp32": plain(in_fp32, some, batch, beam),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, translate in ways.items():
                begun = time.perf_counter()
                translate()
                rates[name].append(len(some) / (time.perf_counter() - begun))
        mine, same, fp32 = (statistics.median(rates[name]) for name in ways)
        ratios = f"plain loop {same:6.1f}: {mine / same:.1f}x, in fp32 {fp32:6.1f}: {mine / fp32:.1f}x"
        print(f"batch {batch:2d}, beam {beam}: {mine:7.1f} sentences/s, {ratios}", flush=True)
    command = [sys.executable, __file__, "translate", arguments.run, "--data-dir", arguments.data_dir]
    command += ["--lines", str(arguments.lines), "--threads", str(arguments.threads), "--memory-of"]
    used = [
        float(subprocess.run([*command, way], check=True, stdout=subprocess.PIPE).stdout)
        for way in ("ours", "reference")
    ]
    print(f"memory on top of the loaded model, batch 64, beam 5: {used[0]:.0f} MB, plain loop {used[1]:.0f} MB")


def bench_start(run: str, rounds: int = 5) -> None:
    """One sentence through a whole process, against importing torch."""
    translate = [sys.executable, "-m", "seqnlp", "translate", run, "--threads", "1"]
    ways: dict[str, Sequence[str]] = {"translate": translate, "import": [sys.executable, "-c", "import torch"]}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, command in ways.items():
            begun = time.perf_counter()
            subprocess.run(command, input=b"Ein Hund rennt.\n", check=True, stdout=subprocess.PIPE)
            seconds[name].append(time.perf_counter() - begun)
    mine, torch_alone = (statistics.median(seconds[name]) for name in ways)
    print(f"one sentence, whole process: {mine:.2f} s; import torch: {torch_alone:.2f} s; {mine / torch_alone:.2f}x")


def bench_stream(arguments: argparse.Namespace, longest: int = 60) -> None:
    """The resident memory of a process that translates many lines, at every tenth part of them."""
    lines = test_lines(arguments, Translator(arguments.run).source_language)
    short = [line for line in lines if len(line) <= longest]
    command = [sys.executable, "-m", "seqnlp", "translate", arguments.run, "--beam", "1"]
    command += ["--threads", str(arguments.threads)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, short, arguments.lines))
        feeder.start()
        begun = time.perf_counter()
        for number, _ in enumerate(process.stdout, start=1):
            if number % (arguments.lines // 10) == 0:
                rate = number / (time.perf_counter() - begun)
                print(f"{number:9,} lines: {_status('VmRSS', process.pid):.0f} MB, {rate:,.0f} lines/s", flush=True)
        feeder.join()


def _feed(pipe: IO[str], lines: list[str], count: int) -> None:
    """Write ``count`` lines, the same ones over and over."""
    with pipe:
        for number in range(count):
            pipe.write(lines[number % len(lines)] + "\n")


def measure_memory(arguments: argparse.Namespace) -> None:
    """Print by how many MB translating raises the peak of this process."""
    translator = Translator(arguments.run)
    lines = test_lines(arguments, translator.source_language)
    way = ours if arguments.memory_of == "ours" else plain
    way(translator, lines[:2], 2, 1)()
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far, that of loading, is forgotten (Linux)
    before = _status("VmRSS")
    way(translator, lines, 64, 5)()
    print(_status("VmHWM") - before)


def _status(name: str, process: int | str = "self") -> float:
    """A size that the kernel knows of a process, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def test_lines(arguments: argparse.Namespace, language: str) -> list[str]:
    """The lines of test_2016_flickr."""
    path = Path(arguments.data_dir) / f"translation/multi30k/test_2016_flickr.{language}.gz"
    return [line for _, line in read_lines(path)][: arguments.lines]


def ours(translator: Translator, lines: list[str], batch: int, beam: int) -> Callable[[], object]:
    """What `seqnlp translate` does; with batch 1 line by line."""
    decoding = DecodingConfig(beam=beam)
    if batch == 1:
        return lambda: [translator.translate(line, decoding=decoding) for line in lines]
    return lambda: translator.translate_lines(lines, decoding=decoding, batch_lines=batch)


def plain(translator: Translator, lines: list[str], batch: int, beam: int) -> Callable[[], object]:
    """The plain loop on the same weights, over the same batches of lines of similar length."""
    subwords, (model,) = translator._subwords, [network.model for network in translator._predictor.networks]

    def translate() -> list[str]:
        encoded = FlatSequences.of(subwords.source.encode(lines))
        order = np.argsort(encoded.lengths, kind="stable") if batch > 1 else np.arange(len(lines))
        answers = [""] * len(lines)
        for rows in cut_by_budget(order, encoded.lengths + 1, batch, 100_000):
            longest = torch.from_numpy((2.0 * encoded.lengths[rows] + 10).astype(np.int64))  # (B,)
            actual = reference_beam(model, *with_end(encoded, rows), beam, longest)
            for row, ids in zip(rows.tolist(), actual, strict=True):
                answers[row] = subwords.target.decode(ids)
        return answers

    return translate


if __name__ == "__main__":
    main()
