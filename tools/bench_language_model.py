"""Rates of the language model: training beside a plain PyTorch loop of equal size, and milliseconds per completion.

    python tools/bench_language_model.py train [--data-dir DIR] [--threads 2] [--size 200]
    python tools/bench_language_model.py complete RUN [--keys 400]

`train`: two LSTM layers as wide as the tied embedding (`--size`), dropout 0.2, 20 streams, windows of 35 on WikiText-2,
as the smaller models of the PyTorch word-language-model example have them. The reference is that example's loop in our
words: nn.LSTM time first, a linear decoder over all words, log-softmax, NLL loss, clipping, SGD by hand. Ours runs in
fp32 and in what `auto` chooses, with one softmax and with the adaptive one. Tokens a second, medians of blocks in turn.
`complete`: a text is typed key by key; median and 95th percentile of a key's milliseconds, in one thread.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from seqnlp.api import LanguageModel
from seqnlp.config.language_model import (
    LanguageModelConfig,
    RecurrentLanguageModelConfig,
    StreamTrainerConfig,
    TextDataConfig,
)
from seqnlp.tasks.language_model.task import LanguageModelTask
from seqnlp.training.device import choose_precision
from seqnlp.training.memory import keep_freed_memory
from seqnlp.training.optimizer import Optimizer

STREAMS, WINDOW, DROPOUT, CLIP = 20, 35, 0.2, 0.25
TYPED = "The station was built in the nineteenth century and is served by two lines . It was named after the river "


def main() -> None:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("train", "complete"))
    parser.add_argument("run", nargs="?")
    parser.add_argument("--data-dir", default=os.environ.get("SEQNLP_DATA", ""))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--keys", type=int, default=400)
    arguments = parser.parse_args()
    if arguments.what == "train":
        torch.set_num_threads(arguments.threads)
        bench_training(arguments.data_dir, arguments.size)
    else:
        torch.set_num_threads(1)
        bench_completing(arguments.run, arguments.keys)


class Plain(nn.Module):
    """The example's model: embedding, dropout, LSTM, dropout, decoder with the embedding's table."""

    def __init__(self, num_words: int, size: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(DROPOUT)
        self.encoder = nn.Embedding(num_words, size)
        self.rnn = nn.LSTM(size, size, 2, dropout=DROPOUT)
        self.decoder = nn.Linear(size, num_words)
        self.decoder.weight = self.encoder.weight

    def forward(self, words: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Log probabilities (T * B, V) after words (T, B), and the state."""
        outputs, state = self.rnn(self.dropout(self.encoder(words)), state)
        decoded = self.decoder(self.dropout(outputs)).flatten(0, 1)
        return torch.log_softmax(decoded, dim=1), state


def plain_steps(words: Tensor, num_words: int, size: int) -> Iterator[int]:
    """The example's training loop, one step at a time; each yields the words it has learnt from."""
    torch.manual_seed(1)
    model, criterion = Plain(num_words, size), nn.NLLLoss()
    rows = len(words) // STREAMS
    batches = words[: rows * STREAMS].view(STREAMS, -1).t().contiguous()  # (rows, B)
    state = (torch.zeros(2, STREAMS, size), torch.zeros(2, STREAMS, size))
    for begin in range(0, rows - WINDOW - 1, WINDOW):
        inputs, targets = batches[begin : begin + WINDOW], batches[begin + 1 : begin + 1 + WINDOW].flatten()
        model.zero_grad()
        state = (state[0].detach(), state[1].detach())
        output, state = model(inputs, state)
        criterion(output, targets).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.data.add_(parameter.grad, alpha=-20.0)
        yield len(targets)


def our_steps(config: LanguageModelConfig, precision: str) -> Iterator[int]:
    """Our loop's step on the same text, with the same update rule."""
    task = LanguageModelTask(config, Path(tempfile.mkdtemp()), torch.device("cpu"), lambda text: None)
    dtype, _ = choose_precision(replace(config.trainer, precision=precision), torch.device("cpu"), 512)
    optimizer = Optimizer(task.model.train(), replace(config.optimizer, name="sgd"))
    for batch in task.plan(0):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            loss = task.loss(batch, 0.0)
        (loss / task.count(batch)).backward()
        optimizer.clip(CLIP)
        optimizer.step(1.0)
        yield task.count(batch)


def bench_training(folder: str, size: int, steps: int = 6, blocks: int = 5) -> None:
    """Medians over blocks of steps, all ways in turns."""
    keep_freed_memory()
    config = LanguageModelConfig(
        data=TextDataConfig(dir=folder, train="lm/wikitext-2/train.txt.gz"),
        model=RecurrentLanguageModelConfig(
            embedding_dim=size,
            hidden_dim=size,
            embedding_dropout=0.0,
            input_dropout=DROPOUT,
            hidden_dropout=DROPOUT,
            output_dropout=DROPOUT,
            weight_drop=0.0,
        ),
        trainer=StreamTrainerConfig(streams=STREAMS, window=WINDOW),
    )
    adaptive = replace(config, model=replace(config.model, adaptive_head=4000))
    task = LanguageModelTask(config, Path(tempfile.mkdtemp()), torch.device("cpu"), lambda text: None)
    words = torch.from_numpy(task.train_tokens)
    ways = {
        "plain PyTorch loop, fp32": plain_steps(words, len(task.tokens), size),
        "ours, fp32": our_steps(config, "fp32"),
        "ours, auto": our_steps(config, "auto"),
        "ours, adaptive softmax, fp32": our_steps(adaptive, "fp32"),
        "ours, adaptive softmax, auto": our_steps(adaptive, "auto"),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(blocks + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            count = sum(next(way) for _ in range(steps))
            rates[name].append(count / (time.perf_counter() - begun))
    medians = {name: statistics.median(some[1:]) for name, some in rates.items()}
    reference = next(iter(medians.values()))
    for name, rate in medians.items():
        print(f"{name:32s} {rate:9,.0f} words/s  {rate / reference:5.2f}x")


def bench_completing(run: str, num_keys: int) -> None:
    """Type, complete after every key, and tell how long a key took."""
    model = LanguageModel(run)
    text = (TYPED * (num_keys // len(TYPED) + 1))[:num_keys]

    def keys(top: int) -> Iterator[float]:
        typed = model.start()
        for key in text:
            begun = time.perf_counter()
            typed = typed.type(key)
            typed.complete(top)
            yield 1000 * (time.perf_counter() - begun)

    measured: dict[str, Callable[[], list[float]]] = {
        "every key": lambda: list(keys(5)),
        "keys that begin a word": lambda: [ms for ms, key in zip(keys(5), text, strict=True) if key == " "],
    }
    for name, measure in measured.items():
        milliseconds = sorted(measure())
        slow = milliseconds[int(0.95 * (len(milliseconds) - 1))]
        print(f"{name}: median {statistics.median(milliseconds):.2f} ms, 95th percentile {slow:.2f} ms")


if __name__ == "__main__":
    main()
