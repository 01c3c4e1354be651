"""Raw lines to searched translations: subwords, batches of similar length, search, in the order of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.config import DecodingConfig
from seqnlp.data.batches import cut_by_budget
from seqnlp.data.pair_batches import FlatSequences, shifted, with_end
from seqnlp.decode.beam import beam_search
from seqnlp.decode.ensemble import ensemble
from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.sampling import SamplingOptions, sample
from seqnlp.decode.steps import State, Step
from seqnlp.errors import RunError
from seqnlp.models.translator import PairBatch
from seqnlp.models.translator_step import TranslatorStep
from seqnlp.tasks.translation.model import LoadedTranslator
from seqnlp.training.device import inference_precision

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class SearchOptions:
    """What to search for.

    Attributes:
        decoding: beam, penalties, lengths.
        nbest: how many translations a line.
        attention: keep the attention of each translation.
        sampling: draw instead of searching for the best.
        max_batch_pieces: most padded source subwords of a batch.
        batch_lines: most lines of a batch.
    """

    decoding: DecodingConfig
    nbest: int = 1
    attention: bool = False
    sampling: SamplingOptions | None = None
    max_batch_pieces: int = 4000
    batch_lines: int = 64


class TranslationPredictor:
    """One translator, or an ensemble (the mean of the probabilities of several).

    Args:
        loaded: the models.
        precision: ``auto`` (bf16 where the hardware has it and the model is wide enough to gain), ``fp32`` or ``bf16``.

    Raises:
        RunError: the models of an ensemble do not have the same subwords and languages.
    """

    def __init__(self, loaded: Sequence[LoadedTranslator], precision: str = "auto") -> None:
        first = loaded[0]
        for number, other in enumerate(loaded[1:], start=2):
            if problem := _misfit(first, other):
                raise RunError(f"model {number} does not fit the first: {problem}; an ensemble needs the same of both")
        self.vocabularies = first.vocabularies
        width = max(one.model.config.decoder_hidden_dim for one in loaded)
        self.models = [one.model.to(inference_precision(precision, width)) for one in loaded]
        self._steps = [TranslatorStep(model) for model in self.models]

    def translate(
        self,
        encoded: FlatSequences,
        options: SearchOptions,
        numbers: Sequence[tuple[int, ...]],
        prefixes: Sequence[Sequence[int]] | None = None,
    ) -> list[list[Decoded]]:
        """Translations of encoded lines (without END, none empty), best first, in the order given.

        Args:
            numbers: what names each line; with the seed it decides what is drawn for the line.
            prefixes: the subwords that each translation must begin with.
        """
        order = np.argsort(encoded.lengths, kind="stable")
        answers: list[list[Decoded]] = [[] for _ in range(len(encoded.lengths))]
        for rows in cut_by_budget(order, encoded.lengths + 1, options.batch_lines, options.max_batch_pieces):
            begun = [prefixes[row] for row in rows.tolist()] if prefixes else None
            found = self._search(encoded, rows, options, numbers, begun)
            for row, hypotheses in zip(rows.tolist(), found, strict=True):
                answers[row] = hypotheses
        return answers

    @torch.inference_mode()
    def score(self, sources: FlatSequences, targets: FlatSequences, batch_lines: int = 64) -> list[list[float]]:
        """Log probabilities of given translations, one a subword and one for END; an ensemble takes the mean."""
        keys = targets.lengths * (sources.lengths.max(initial=0) + 1) + sources.lengths
        answers: list[list[float]] = [[] for _ in range(len(targets.lengths))]
        for rows in cut_by_budget(np.argsort(keys, kind="stable"), targets.lengths + 1, batch_lines, 4000):
            source, source_lengths = with_end(sources, rows)
            outputs, lengths = with_end(targets, rows)
            mask = torch.arange(outputs.size(1)) < lengths[:, None]  # (B, T)
            batch = PairBatch(source, source_lengths, shifted(outputs), outputs, mask)
            scores = torch.stack([model.token_log_probs(batch) for model in self.models])  # (M, B, T)
            mean = torch.logsumexp(scores, dim=0) - np.log(len(self.models))  # (B, T)
            for row, line, length in zip(rows.tolist(), mean.tolist(), lengths.tolist(), strict=True):
                answers[row] = line[:length]
        return answers

    def _search(
        self,
        encoded: FlatSequences,
        rows: IntArray,
        options: SearchOptions,
        numbers: Sequence[tuple[int, ...]],
        prefixes: Sequence[Sequence[int]] | None,
    ) -> list[list[Decoded]]:
        source, lengths = (part.numpy() for part in with_end(encoded, rows))
        step, state = self._begin(source, lengths)
        decoding, pieces = options.decoding, encoded.lengths[rows]
        longest = np.array([longest_output(count, decoding) for count in pieces.tolist()])
        shortest = np.minimum(np.ceil(decoding.min_ratio * pieces).astype(np.int64), longest)
        positions, attention = lengths, options.attention
        if options.sampling:
            names = [numbers[row] for row in rows.tolist()]
            return sample(
                step,
                state,
                len(rows),
                longest,
                shortest,
                options.sampling,
                names,
                prefixes=prefixes,
                source_lengths=positions,
                keep_attention=attention,
            )
        return beam_search(
            step,
            state,
            len(rows),
            longest,
            shortest,
            decoding,
            nbest=options.nbest,
            prefixes=prefixes,
            source_lengths=positions,
            keep_attention=attention,
        )

    def _begin(self, source: IntArray, lengths: IntArray) -> tuple[Step, State]:
        states = [step.start(source, lengths) for step in self._steps]
        if len(states) == 1:
            return self._steps[0], states[0]
        return ensemble(self._steps, states)


def longest_output(num_pieces: int, decoding: DecodingConfig) -> int:
    """Most subwords of the translation of a line of ``num_pieces``, END not counted."""
    return max(1, int(decoding.max_ratio * num_pieces + decoding.max_extra))


def _misfit(first: LoadedTranslator, other: LoadedTranslator) -> str:
    """Why two models cannot form an ensemble, or an empty string."""
    languages = [f"{one.source_language}-{one.target_language}" for one in (first, other)]
    if languages[0] != languages[1]:
        return f"it translates {languages[1]}, the first {languages[0]}"
    if first.vocabularies.to_files() != other.vocabularies.to_files():
        sizes = [len(one.vocabularies.target) for one in (first, other)]
        return f"its subwords are others ({sizes[1]:,}, the first has {sizes[0]:,}); train both on the same text"
    return ""
