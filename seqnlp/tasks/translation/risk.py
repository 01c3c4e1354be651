"""Minimum risk training: a translator learns which of its own translations are better (Shen et al. 2016).

Of every source the best of a beam are searched. Each is compared with the reference, and what it scores above the mean
of them is its advantage a_k. Beside the loss of the reference stands, without any label smoothing,

    - scale * sum_k a_k log p(y_k) / K,

the gradient of their expected score where all K are held alike probable, as they nearly are in the published settings
(equations 10 to 12 of Shen et al. 2016, with a small alpha; section 4.3 of Edunov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.translation import TranslationConfig
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import shifted, with_end
from seqnlp.metrics.translation_scores import sentence_utility
from seqnlp.models.translator import PairBatch, RecurrentTranslator
from seqnlp.models.translator_step import TranslatorStep
from seqnlp.tasks.translation.prediction import SearchOptions, TranslationPredictor
from seqnlp.tasks.translation.saved import Vocabularies


class TranslationRisk:
    """What a translator learns of its own translations.

    Args:
        config: how many are searched, how they are compared, and what they count.
        vocabularies: of the model.
    """

    def __init__(self, config: TranslationConfig, vocabularies: Vocabularies) -> None:
        self._risk, self._vocabularies = config.risk, vocabularies
        beam = replace(config.decoding, beam=config.risk.candidates)
        self._search = SearchOptions(beam, nbest=config.risk.candidates)
        self._utility = sentence_utility(config.model.metric, config.data.target)

    def batch(
        self, model: RecurrentTranslator, encoded: tuple[FlatSequences, FlatSequences], pairs: IntArray
    ) -> PairBatch:
        """The pairs of these numbers, and beside their references the translations that ``model`` finds now.

        Where all of a source are alike good they are left out: they would count nothing.
        """
        sources, references = ([side.row(pair) for pair in pairs.tolist()] for side in encoded)
        targets = [(row, reference, 1 - self._risk.weight) for row, reference in enumerate(references)]
        for row, found in enumerate(self._translations(model, sources)):
            counts = self._risk.weight * self._risk.scale / len(found) * self.advantages(found, references[row])  # (K,)
            if counts.any():
                targets += [(row, one, count) for one, count in zip(found, counts.tolist(), strict=True)]
        rows, targeted, weights = zip(*targets, strict=True)
        source, source_lengths = _all_with_end(sources)
        outputs, lengths = _all_with_end(targeted)
        mask = torch.arange(outputs.size(1)) < lengths[:, None]  # (R, T)
        of_rows, of_weights = torch.tensor(rows), torch.tensor(weights)
        return PairBatch(source, source_lengths, shifted(outputs), outputs, mask, rows=of_rows, weights=of_weights)

    def advantages(self, outputs: Sequence[Sequence[int]], reference: Sequence[int]) -> FloatArray:
        """What the score (0 to 1) of each of K translations is above the mean of them all, (K,)."""
        decode = self._vocabularies.target.decode
        scores = np.array([self._utility(decode(output), decode(reference)) for output in outputs]) / 100  # (K,)
        advantages: FloatArray = scores - scores.mean()
        return advantages if np.ptp(scores) else np.zeros_like(scores)  # the mean of equal numbers may be another

    def _translations(self, model: RecurrentTranslator, sources: Sequence[Sequence[int]]) -> list[list[list[int]]]:
        """The best translations of each source, searched as the model would be used; it is left as it was."""
        training, device = model.training, model.output_bias.device.type
        model.eval()
        with torch.autocast(device, enabled=False):
            found = TranslationPredictor([TranslatorStep(model)]).translate(
                FlatSequences.of(sources), self._search, [(row,) for row in range(len(sources))]
            )
        model.train(training)
        return [[one.tokens for one in hypotheses] for hypotheses in found]


def _all_with_end(sequences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    return with_end(FlatSequences.of(sequences), np.arange(len(sequences)))
