"""seqnlp's CRF against pytorch-crf, interleaved in one process.

    python tools/bench_crf.py                 # the four shapes of the project's targets, one thread
    python tools/bench_crf.py --shape 64x50x17 --repeats 50 --clock cpu

Lengths are ragged, uniform between T/2 and T. Training is the negative log likelihood, forward and backward, to the
emissions and the parameters; decoding gives lists of tags. "bioes" is ours with the constraints of a BIOES scheme,
which pytorch-crf does not have. Before anything is timed, the answers are compared.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

import torch
import torchcrf
from torch import Tensor

from seqnlp.nn.crf import CRF
from seqnlp.text.tags import legal_end, legal_start, legal_transitions, tag_set

SHAPES = ("32x30x9", "32x100x9", "64x50x17", "64x50x50")
TOLERANCE = 1e-4
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

Work = Callable[[], object]


def main() -> None:
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    print(
        f"torch {torch.__version__}, {options.threads} thread(s), median {options.clock} ms of {options.repeats} repeats"
    )
    print(f"{'B x T x K':>10} | {'train: theirs':>13} {'ours':>7} {'ratio':>6} {'bioes':>7} |"
          f" {'decode: theirs':>14} {'ours':>7} {'ratio':>6} {'bioes':>7} | largest difference")  # fmt: skip
    for shape in options.shape or SHAPES:
        size, length, num_tags = (int(part) for part in shape.split("x"))
        print(_row(shape, _Problem(size, length, num_tags, options.seed), options), flush=True)


class _Problem:
    """One batch, and three CRFs for it."""

    def __init__(self, size: int, length: int, num_tags: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.emissions = torch.randn(size, length, num_tags, generator=generator).requires_grad_()  # (B, T, K)
        lengths = torch.randint((length + 1) // 2, length + 1, (size,), generator=generator)  # (B,)
        self.mask = torch.arange(length) < lengths[:, None]  # (B, T)
        self.tags = torch.randint(num_tags, (size, length), generator=generator)  # (B, T)
        torch.manual_seed(seed)
        self.theirs = torchcrf.CRF(num_tags, batch_first=True)
        self.ours = CRF(num_tags)
        self.ours.load_state_dict(self.theirs.state_dict())
        labels = _bioes_labels(num_tags)
        flags = (legal_start(labels, "bioes"), legal_end(labels, "bioes"), legal_transitions(labels, "bioes"))
        self.bioes = CRF(num_tags, *flags)
        with torch.no_grad():
            self.legal_tags = self.bioes.viterbi(self.emissions, self.mask)[0]  # (B, T)

    def train(self, crf: torchcrf.CRF, tags: Tensor) -> float:
        """The loss; gradients are in the emissions and the parameters."""
        crf.zero_grad()
        self.emissions.grad = None
        loss = -crf(self.emissions, tags, self.mask)
        loss.backward()
        return float(loss)

    def decode(self, crf: torchcrf.CRF) -> list[list[int]]:
        with torch.no_grad():
            result: list[list[int]] = crf.decode(self.emissions, self.mask)
        return result

    def difference(self) -> float:
        """Largest difference of loss per sentence and gradients; stops if it is too large or the best paths differ."""
        found = []
        for crf in (self.theirs, self.ours):
            loss = self.train(crf, self.tags)
            gradients = [self.emissions.grad, *(parameter.grad for parameter in crf.parameters())]
            found.append([torch.tensor(loss / len(self.tags)), *(gradient.clone() for gradient in gradients)])
        largest = max(float((a - b).abs().max()) for a, b in zip(*found, strict=True))
        # Float32 sums of some thousand terms: the tolerance is relative to the largest gradient.
        scale = max(1.0, *(float(value.abs().max()) for value in found[0]))
        if largest > TOLERANCE * scale:
            raise SystemExit(f"the two disagree by {largest:.2e}, more than {TOLERANCE * scale:.0e}")
        if self.decode(self.theirs) != self.decode(self.ours):
            raise SystemExit("the two find different best paths")
        return largest


def _row(shape: str, problem: _Problem, options: argparse.Namespace) -> str:
    difference = problem.difference()
    work: list[Work] = [
        lambda: problem.train(problem.theirs, problem.tags),
        lambda: problem.train(problem.ours, problem.tags),
        lambda: problem.train(problem.bioes, problem.legal_tags),
        lambda: problem.decode(problem.theirs),
        lambda: problem.decode(problem.ours),
        lambda: problem.decode(problem.bioes),
    ]
    times = _interleaved(work, options.repeats, CLOCKS[options.clock])
    train, ours, bioes, decode, our_decode, bioes_decode = times
    return (
        f"{shape:>10} | {train:13.2f} {ours:7.2f} {train / ours:5.1f}x {bioes:7.2f} |"
        f" {decode:14.2f} {our_decode:7.2f} {decode / our_decode:5.1f}x {bioes_decode:7.2f} | {difference:.1e}"
    )


def _interleaved(work: Sequence[Work], repeats: int, clock: Callable[[], float]) -> list[float]:
    """Median milliseconds of each piece of work, all of them taking turns."""
    times: list[list[float]] = [[] for _ in work]
    for turn in range(repeats + 3):
        for piece, record in zip(work, times, strict=True):
            start = clock()
            piece()
            if turn >= 3:  # the first turns warm up
                record.append(1000 * (clock() - start))
    return [statistics.median(record) for record in times]


def _bioes_labels(num_tags: int) -> list[str]:
    """As many BIOES tags; those left over by whole entity types are further ``S-`` tags."""
    whole = tag_set([f"T{index}" for index in range((num_tags - 1) // 4)], "bioes")
    return [*whole, *(f"S-U{index}" for index in range(num_tags - len(whole)))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shape", action="append", metavar="BxTxK", help=f"may be repeated (default: {' '.join(SHAPES)})"
    )
    parser.add_argument("--repeats", type=int, default=30, help="measurements of each piece of work (default: 30)")
    parser.add_argument("--threads", type=int, default=1, help="torch threads (default: 1)")
    parser.add_argument(
        "--clock", choices=sorted(CLOCKS), default="wall", help="cpu: for a machine that others use too"
    )
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    main()
