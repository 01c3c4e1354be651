"""An encoder is fine-tuned on tagged sentences, and says what it thinks of words: a teacher for a small tagger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.loop import LoopConfig
from seqnlp.models.encoder_tagger import Passages, encoder_tagger
from seqnlp.tasks.fine_tuning import FineTuner, FineTuning, Say
from seqnlp.tasks.teachers import said_now_and_then

NOT_KNOWN = -100
"""In the place of a tag that is not learnt."""


class FineTunedTagger:
    """A tagger on top of a pretrained encoder; each word's tag is said on its own.

    Args:
        folder: of the encoder.
        num_tags: K.
        seed: of the output layer, the order of sentences and dropout.
        trainer: where and how precisely it computes.

    Attributes:
        where: that, in words.

    Raises:
        DataError: the folder lacks a file, or its encoder is of a kind that is not understood.
    """

    def __init__(self, folder: Path, num_tags: int, options: FineTuning, seed: int, trainer: LoopConfig) -> None:
        torch.manual_seed(seed)
        self.model, self._pieces = encoder_tagger(folder, num_tags, options.longest)
        self._tuner = FineTuner(self.model, self.model.encoder.width, options, seed, trainer)
        self.where = self._tuner.where

    def learn(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[int]], say: Say) -> None:
        """Fine-tune on words and their tags, by number; :data:`NOT_KNOWN` ones are read only.

        Raises:
            TrainingError: the loss is not a number any more.
        """
        chosen = self._tuner.chosen(len(sentences))
        read = self._pieces.read([sentences[number] for number in chosen])
        targets = np.array([tag for number in chosen for tag in tags[number]], dtype=np.int64)  # (W,)
        if (passages := len(read.pieces.lengths)) > len(chosen):
            longest = f"{self._pieces.longest} word pieces (--longest)"
            say(
                f"sentences with more than {longest} are read in parts: {len(chosen):,} sentences in {passages:,} parts"
            )

        def loss_of(batch: IntArray) -> torch.Tensor:
            wanted = torch.from_numpy(targets[read.words_of(batch)]).to(self._tuner.device)  # (W,)
            total = functional.cross_entropy(self._scores(read, batch), wanted, ignore_index=NOT_KNOWN, reduction="sum")
            return total / max(1, int((wanted != NOT_KNOWN).sum()))

        self._tuner.learn(read.pieces.lengths, loss_of, say)

    def answers(self, sentences: Sequence[Sequence[str]], say: Say = lambda text: None) -> list[FloatArray]:
        """The probabilities (T, K) of the tags of each sentence's words."""
        read, report = self._pieces.read(sentences), said_now_and_then("encoder", len(sentences), "sentences", say)
        rows = np.zeros((int(read.words[-1]), self.model.project.out_features))  # (W, K)
        for batch in self._tuner.reading(read.pieces.lengths):
            rows[read.words_of(batch)] = self._scores(read, batch).softmax(dim=-1).cpu().numpy()
            report(len(batch))
        ends = np.cumsum([len(words) for words in sentences], dtype=np.int64)
        return np.split(rows, ends[:-1]) if len(ends) else []

    def _scores(self, read: Passages, batch: IntArray) -> torch.Tensor:
        """The scores (W, K) of the words of some passages."""
        return self._tuner.scores(read.pieces, batch, read.first_of(batch))
