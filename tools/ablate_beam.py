"""What each trick of the beam search is worth: sentences a second with all of them, and without one at a time.

    python tools/ablate_beam.py RUN [--data-dir DIR] [--threads 2] [--lines 1000] [--batch 64]

The lines of test_2016_flickr with beam 5, in turns; medians. Without a trick: its function is replaced by a plain one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import torch
from bench_translator import test_lines
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.api import Translator
from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.translation import DecodingConfig
from seqnlp.decode import beam
from seqnlp.decode.candidates import Candidates
from seqnlp.decode.steps import Layout, StepResult
from seqnlp.models import translator_step
from seqnlp.models.translator_step import SearchState, TranslatorStep
from seqnlp.nn.attention import Attention
from seqnlp.nn.products import product
from seqnlp.tasks.translation import prediction as translation_prediction

SEARCH = DecodingConfig(beam=5)
SHIFT = 1e6
"""Makes every log probability positive, so that 0 can stand for no candidate."""


def main() -> None:
    """Print a table row for each trick."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--data-dir", default=os.environ.get("SEQNLP_DATA", ""))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    lines = test_lines(arguments, Translator(arguments.run).source_language)
    rates: dict[str, list[float]] = {name: [] for name in TRICKS}
    for turn in range(arguments.rounds + 1):
        for name, patches in TRICKS.items():
            with ExitStack() as stack:
                for each in patches():
                    stack.enter_context(each)
                precision = "fp32" if name == "bf16" else "auto"
                translator = Translator(arguments.run, precision=precision, engine="torch")
                begun = time.perf_counter()
                translator.translate_lines(lines, decoding=SEARCH, batch_lines=arguments.batch)
                if turn:  # the first round warms up
                    rates[name].append(len(lines) / (time.perf_counter() - begun))
    whole = statistics.median(rates["(nothing)"])
    print("| without | sentences/s | of all |\n|---|---|---|")
    for name, actual in rates.items():
        rate = statistics.median(actual)
        print(f"| {name} | {rate:.0f} | {rate / whole:.0%} |")


def all_candidates(log_probs: NDArray[np.float32], totals: FloatArray, layout: Layout, widths: IntArray) -> Candidates:
    """The best candidates by torch's top-k over all hypotheses times the vocabulary."""
    vocabulary, width = log_probs.shape[1], int(widths.max())
    scores = torch.from_numpy(layout.spread(log_probs + totals[:, None] + SHIFT))  # (B, K, V), 0 if none
    best, places = (actual.numpy() for actual in scores.flatten(1).topk(width))  # (B, W)
    sentence, rank = np.nonzero((best > 0) & (np.arange(width) < widths[:, None]))
    slot, token = np.divmod(places[sentence, rank], vocabulary)
    first = np.searchsorted(layout.sentence, np.arange(layout.num_sentences))  # (B,)
    parent = first[sentence] + slot
    gains = log_probs[parent, token].astype(np.float64)
    return Candidates(sentence, parent, token, gains, best[sentence, rank] - SHIFT)


def keys_every_step(self: TranslatorStep, tokens: IntArray, layout: Layout, state: SearchState) -> StepResult:
    """The step with keys projected anew."""
    states = state.memory.states.to(state.memory.keys.dtype)  # (B, S, M)
    keys = self.model.decoder.attention.keys(states)  # (B, S, A)
    return WHOLE_STEP(self, tokens, layout, replace(state, memory=replace(state.memory, keys=keys)))


def copied_memory(self: TranslatorStep, tokens: IntArray, layout: Layout, state: SearchState) -> StepResult:
    """The step with keys and memory copied for every hypothesis."""
    memory = state.memory.select(torch.from_numpy(layout.sentence))
    alone = Layout.one_each(len(tokens))
    result = WHOLE_STEP(self, tokens, alone, replace(state, memory=memory))
    return replace(result, state=replace(result.state, memory=state.memory))


def energies_by_tanh(self: Attention, projected: Tensor, keys: Tensor, covered: Tensor | None) -> Tensor:
    """Additive energies as the formula writes them; what comes in carries a factor of two."""
    mixed = (projected[:, :, None, :] + keys[:, None, :, :]) / 2  # (B, K, S, A)
    return torch.tanh(mixed) @ self.energy.to(mixed.dtype)  # (B, K, S)


@contextmanager
def as_they_come() -> Iterator[None]:
    """Batches in the order of the lines."""
    cut = translation_prediction.cut_by_budget

    def unsorted(order: IntArray, sizes: IntArray, most_rows: int, budget: int) -> list[IntArray]:
        return list(cut(np.arange(len(order)), sizes, most_rows, budget))

    with patch.object(translation_prediction, "cut_by_budget", unsorted):
        yield


WHOLE_STEP = TranslatorStep.__call__
TRICKS: dict[str, Callable[[], list[AbstractContextManager[object]]]] = {
    "(nothing)": list,
    "bf16": list,
    "sorting lines by length": lambda: [as_they_come()],
    "keys projected once a sentence": lambda: [patch.object(TranslatorStep, "__call__", keys_every_step)],
    "one memory for all hypotheses of a sentence": lambda: [patch.object(TranslatorStep, "__call__", copied_memory)],
    "best candidates by maxima of chunks": lambda: [patch.object(beam, "best_candidates", all_candidates)],
    "packed weights": lambda: [patch.object(translator_step, "packed_product", product)],
    "few shapes": lambda: [patch.object(translator_step, "padded_rows", lambda count: count)],
    "attention by the sigmoid": lambda: [patch.object(Attention, "_energies", energies_by_tanh)],
}
"""What is replaced to be without each."""


if __name__ == "__main__":
    main()
