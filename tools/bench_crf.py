"""seqnlp's CRF against pytorch-crf, taking turns in one process.

    python tools/bench_crf.py                 # the four shapes of the project's targets, one thread
    python tools/bench_crf.py --shape 64x50x17 --turns 50 --clock cpu

Lengths are ragged, uniform between T/2 and T. Training is the negative log likelihood, forward and backward, to the
emissions and the parameters; decoding gives lists of tags. "bioes" is ours with the constraints of that scheme, which
pytorch-crf does not have. Before anything is timed, the answers are compared.
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
WARM_UP = 2

Work = Callable[[], object]


def main() -> None:
    """Print one row a shape."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    print(f"torch {torch.__version__}, {options.threads} thread(s); median of {options.turns} turns")
    print(f"of {options.calls} calls, {options.clock} clock, ms a call")
    names = [
        "shape",
        "train: theirs",
        "ours",
        "ratio",
        "bioes",
        "decode: theirs",
        "ours",
        "ratio",
        "bioes",
        "difference",
    ]
    print("  ".join(f"{name:>8}" for name in names))
    for shape in options.shape or SHAPES:
        size, length, num_tags = (int(part) for part in shape.split("x"))
        print(row(shape, Problem(size, length, num_tags, options.seed), options), flush=True)


class Problem:
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
        labels = bioes_labels(num_tags)
        flags = (legal_start(labels, "bioes"), legal_end(labels, "bioes"), legal_transitions(labels, "bioes"))
        self.bioes = CRF(num_tags, *flags)
        self.legal_tags = self.bioes.viterbi(self.emissions, self.mask)[0]  # (B, T)

    def train(self, crf: torchcrf.CRF, tags: Tensor) -> Tensor:
        """The loss; gradients are in the emissions and the parameters."""
        crf.zero_grad()
        self.emissions.grad = None
        loss: Tensor = -crf(self.emissions, tags, self.mask)
        loss.backward()
        return loss.detach()

    def decode(self, crf: torchcrf.CRF) -> list[list[int]]:
        """The best paths."""
        with torch.no_grad():
            paths: list[list[int]] = crf.decode(self.emissions, self.mask)
        return paths

    def difference(self) -> float:
        """Largest difference between the two in loss a sentence and in gradients, over the largest of those values."""
        actual = []
        for crf in (self.theirs, self.ours):
            loss = self.train(crf, self.tags) / len(self.tags)
            gradients = [self.emissions.grad, *(parameter.grad for parameter in crf.parameters())]
            actual.append(torch.cat([loss.flatten(), *(value.flatten() for value in gradients if value is not None)]))
        if self.decode(self.theirs) != self.decode(self.ours):
            raise SystemExit("the two find different best paths")
        difference = float((actual[0] - actual[1]).abs().max() / actual[0].abs().max())
        if not difference < TOLERANCE:
            raise SystemExit(f"the two disagree by {difference:.1e}, more than {TOLERANCE:.0e}")
        return difference


def row(shape: str, problem: Problem, options: argparse.Namespace) -> str:
    """Compare, measure, and lay out one line."""
    difference = problem.difference()
    work: list[Work] = [
        lambda: problem.train(problem.theirs, problem.tags),
        lambda: problem.train(problem.ours, problem.tags),
        lambda: problem.train(problem.bioes, problem.legal_tags),
        lambda: problem.decode(problem.theirs),
        lambda: problem.decode(problem.ours),
        lambda: problem.decode(problem.bioes),
    ]
    train, ours, bioes, decode, our_decode, bioes_decode = taking_turns(work, options)
    return (
        f"{shape:>8}  {train:13.2f}  {ours:8.2f}  {train / ours:7.1f}x  {bioes:8.2f}  {decode:14.2f}  {our_decode:8.2f}"
        f"  {decode / our_decode:7.1f}x  {bioes_decode:8.2f}  {difference:10.0e}"
    )


def taking_turns(work: Sequence[Work], options: argparse.Namespace) -> list[float]:
    """Median milliseconds a call of each piece of work."""
    clock = CLOCKS[options.clock]
    times: list[list[float]] = [[] for _ in work]
    for turn in range(WARM_UP + options.turns):
        for piece, record in zip(work, times, strict=True):
            start = clock()
            for _ in range(options.calls):
                piece()
            if turn >= WARM_UP:
                record.append(1000 * (clock() - start) / options.calls)
    return [statistics.median(record) for record in times]


def bioes_labels(num_tags: int) -> list[str]:
    """That many BIOES tags: as many whole entity types as fit, and ``S-`` tags of others."""
    whole = tag_set([f"T{index}" for index in range((num_tags - 1) // 4)], "bioes")
    return [*whole, *(f"S-U{index}" for index in range(num_tags - len(whole)))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", action="append", metavar="BxTxK", help=f"repeatable (default: {' '.join(SHAPES)})")
    parser.add_argument("--turns", type=int, default=9, help="measurements of each piece of work (default: 9)")
    parser.add_argument("--calls", type=int, default=20, help="calls in each of them (default: 20)")
    parser.add_argument("--threads", type=int, default=1, help="torch threads (default: 1)")
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall", help="cpu: on a machine that others use too")
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    main()
