"""What teachers say of a training corpus: the subwords that they think likeliest in the place of each target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.bundle import Bundle
from seqnlp.config.translation import TranslationConfig
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.errors import RunError
from seqnlp.nn.smoothed_loss import SoftTargets
from seqnlp.tasks.teachers import progress_of, refuse_other
from seqnlp.tasks.translation.batches import pair_batch
from seqnlp.tasks.translation.given_subwords import asked_and_given
from seqnlp.tasks.translation.model import LoadedTranslator, translator_from_bundle
from seqnlp.tasks.translation.saved import Vocabularies

KEPT = 8
"""Subwords that are kept of each answer. On Multi30k they have 88 % of its probability, and the rest of it is mostly
what label smoothing gave all other subwords."""

ROWS_AT_ONCE = 2048
"""Target subwords whose probabilities of the whole vocabulary exist at the same time."""


@dataclass(frozen=True)
class SoftCorpus:
    """What teachers say of each target subword and END of a corpus, one pair after the other.

    Attributes:
        ids: (W, K) the likeliest subwords.
        probabilities: (W, K) theirs, with a sum of 1.
        starts: (N + 1,) the row at which each pair begins, and the end.
        weight: the teachers' share of the loss.
    """

    ids: NDArray[np.int32]
    probabilities: NDArray[np.float16]
    starts: IntArray
    weight: float

    def rows(self, pairs: IntArray) -> IntArray:
        """The rows of some pairs, one pair after the other."""
        return np.concatenate([np.arange(self.starts[pair], self.starts[pair + 1]) for pair in pairs])

    def of(self, pairs: IntArray) -> SoftTargets:
        """What is said of some pairs."""
        rows = self.rows(pairs)
        return SoftTargets(torch.from_numpy(self.ids[rows]), torch.from_numpy(self.probabilities[rows]), self.weight)


def translation_teachers(
    config: TranslationConfig, bundles: Sequence[Bundle], given: Vocabularies | None
) -> list[LoadedTranslator]:
    """The teachers, which agree on languages and subwords.

    Args:
        given: the subwords of the model that the run begins with.

    Raises:
        RunError: they do not, or are for other languages than this run.
    """
    loaded = [translator_from_bundle(bundle) for bundle in bundles]
    wanted = f"{config.data.source} to {config.data.target}"
    for one in loaded:
        saved = one.saved
        refuse_other(saved.folder, "the languages", wanted, f"{saved.source_language} to {saved.target_language}")
        for setting, asked, actual in asked_and_given(config.tokenizer, saved.vocabularies):
            refuse_other(saved.folder, setting, asked, actual)
        given = given or saved.vocabularies
        if saved.vocabularies.to_files() != given.to_files():
            other = config.start_from or loaded[0].saved.folder
            raise RunError(f"teacher.runs: expected the subwords of {other}, found others in {saved.folder}")
    return loaded


def soft_corpus(
    config: TranslationConfig,
    teachers: Sequence[LoadedTranslator],
    encoded: tuple[FlatSequences, FlatSequences],
    device: torch.device,
    say: Callable[[str], None],
) -> SoftCorpus | None:
    """The mean of the teachers' probabilities, of the likeliest subwords only; None without teachers."""
    if not teachers:
        return None
    lengths = encoded[1].lengths + 1  # (N,)
    starts = np.concatenate([[0], lengths.cumsum()])  # (N + 1,)
    shape = int(starts[-1]), min(KEPT, len(teachers[0].saved.vocabularies.target))
    soft = SoftCorpus(np.zeros(shape, np.int32), np.zeros(shape, np.float16), starts, config.teacher.weight)
    models = [one.model.to(device) for one in teachers]
    report = progress_of(1, 1, config.teacher.runs, len(lengths), "pairs", say)
    for pairs in _of_about(ROWS_AT_ONCE, lengths):
        batch, rows = pair_batch(encoded, pairs).to(device), soft.rows(pairs)  # rows (n,)
        with torch.inference_mode():
            mean = torch.stack([model.next_log_probs(batch).exp() for model in models]).mean(dim=0)  # (n, V)
            best, ids = mean.topk(shape[1], dim=1)  # (n, K)
        soft.ids[rows], soft.probabilities[rows] = ids.cpu(), (best / best.sum(dim=1, keepdim=True)).cpu()
        report(len(pairs))
    return soft


def _of_about(rows: int, lengths: IntArray) -> Iterator[IntArray]:
    """The pairs of these lengths (N,), shorter ones first, in groups of about so many rows; a longer one is alone."""
    order = np.argsort(lengths, kind="stable")
    groups = (lengths[order].cumsum() - 1) // rows
    yield from np.split(order, np.flatnonzero(np.diff(groups)) + 1)
