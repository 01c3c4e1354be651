"""Raw lines to searched translations: subwords, batches of similar length, search, in the order of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.config.translation import DecodingConfig
from seqnlp.data.batches import cut_by_budget
from seqnlp.data.flat_sequences import FlatSequences, ended
from seqnlp.decode.beam import beam_search
from seqnlp.decode.constraints import Prefix
from seqnlp.decode.ensemble import ensemble
from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.sampling import SamplingOptions, sample
from seqnlp.decode.steps import State, Step
from seqnlp.networks.protocol import TranslatorNetwork


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
    """One translator, or an ensemble (the mean of the probabilities of several)."""

    def __init__(self, networks: Sequence[TranslatorNetwork]) -> None:
        self.networks = list(networks)

    def translate(
        self,
        encoded: FlatSequences,
        options: SearchOptions,
        numbers: Sequence[tuple[int, ...]],
        prefixes: Sequence[Prefix] | None = None,
    ) -> list[list[Decoded]]:
        """Translations of encoded lines (without END, none empty), best first, in the order given.

        Args:
            numbers: what names each line; with the seed it decides what is drawn for the line.
            prefixes: how each translation must begin.
        """
        order = np.argsort(encoded.lengths, kind="stable")
        answers: list[list[Decoded]] = [[] for _ in range(len(encoded.lengths))]
        for rows in cut_by_budget(order, encoded.lengths + 1, options.batch_lines, options.max_batch_pieces):
            begun = [prefixes[row] for row in rows.tolist()] if prefixes else None
            decoded = self._search(encoded, rows, options, numbers, begun)
            for row, hypotheses in zip(rows.tolist(), decoded, strict=True):
                answers[row] = hypotheses
        return answers

    def score(self, sources: FlatSequences, targets: FlatSequences, batch_lines: int = 64) -> list[list[float]]:
        """Log probabilities of given translations, one a subword and one for END; an ensemble takes the mean."""
        keys = targets.lengths * (sources.lengths.max(initial=0) + 1) + sources.lengths
        answers: list[list[float]] = [[] for _ in range(len(targets.lengths))]
        for rows in cut_by_budget(np.argsort(keys, kind="stable"), targets.lengths + 1, batch_lines, 4000):
            outputs, lengths = ended(targets, rows)
            given = (*ended(sources, rows), outputs, lengths)
            scores = [network.token_log_probs(*given) for network in self.networks]  # M x (B, T)
            mean = np.logaddexp.reduce(scores) - np.log(len(scores))  # (B, T)
            for row, line, length in zip(rows.tolist(), mean.tolist(), lengths.tolist(), strict=True):
                answers[row] = line[:length]
        return answers

    def _search(
        self,
        encoded: FlatSequences,
        rows: IntArray,
        options: SearchOptions,
        numbers: Sequence[tuple[int, ...]],
        prefixes: Sequence[Prefix] | None,
    ) -> list[list[Decoded]]:
        source, lengths = ended(encoded, rows)
        step, state = self._begin(source, lengths)
        decoding, pieces = options.decoding, encoded.lengths[rows]
        longest = np.array([longest_output(count, decoding) for count in pieces.tolist()])
        shortest = np.minimum(np.ceil(decoding.min_ratio * pieces).astype(np.int64), longest)
        given: dict[str, Any] = {"source_lengths": lengths, "keep_attention": options.attention, "prefixes": prefixes}
        outputs = (len(rows), longest, shortest)
        if options.sampling:
            return sample(step, state, *outputs, options.sampling, [numbers[row] for row in rows.tolist()], **given)
        return beam_search(step, state, *outputs, decoding, nbest=options.nbest, **given)

    def _begin(self, source: IntArray, lengths: IntArray) -> tuple[Step, State]:
        states = [network.start(source, lengths) for network in self.networks]
        if len(states) == 1:
            return self.networks[0], states[0]
        return ensemble(self.networks, states)


def longest_output(num_pieces: int, decoding: DecodingConfig) -> int:
    """Most subwords of the translation of a line of ``num_pieces``, END not counted."""
    return max(1, int(decoding.max_ratio * num_pieces + decoding.max_extra))
