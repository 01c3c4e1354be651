"""The translation task: what the training loop needs to train and keep a translator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle, weights_of
from seqnlp.config.splits import held_out_part
from seqnlp.config.translation import TranslationConfig
from seqnlp.data.batches import plan_epoch
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.metrics.translation_scores import bleu, chrf
from seqnlp.models.size import count_parameters
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.tasks.base import BaseTask, python_command
from seqnlp.tasks.start import name_of, start_bundle, start_digests
from seqnlp.tasks.teachers import teacher_bundles, teacher_digests, teacher_names
from seqnlp.tasks.translation.batches import pair_batch
from seqnlp.tasks.translation.card import model_card
from seqnlp.tasks.translation.corpus import shared_pairs, training_corpus
from seqnlp.tasks.translation.greedy import greedy_translations
from seqnlp.tasks.translation.model import build_translator, describe, translator_start
from seqnlp.tasks.translation.risk import TranslationRisk
from seqnlp.tasks.translation.teachers import soft_corpus, translation_teachers
from seqnlp.text.subword_sampling import SubwordSampler
from seqnlp.training.checkpoint import DEV, TRAIN
from seqnlp.training.task import Batch


class TranslationTask(BaseTask[TranslationConfig, RecurrentTranslator]):
    """A translator, its data and its scores.

    Raises:
        DataError: a file is missing, empty or not as configured.
    """

    def __init__(
        self, config: TranslationConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        self.digests = {TRAIN: pairs_digest(config.data, "train"), DEV: pairs_digest(config.data, "dev")}
        torch.manual_seed(config.seed)
        begun = start_bundle(config) if config.start_from else None
        self.digests |= start_digests(begun) if begun else {}
        self.initialized_from = name_of(begun) if begun else ""
        bundles = teacher_bundles(config, config.teacher)
        self.digests |= teacher_digests(bundles)
        self.teachers = teacher_names(bundles)
        given, model = translator_start(config, begun) if begun else (None, None)
        teachers = translation_teachers(config, bundles, given)
        if teachers and not given:
            given = teachers[0].saved.vocabularies
            say(f"takes over the {len(given.target):,} subwords of {teachers[0].saved.folder} (teacher.runs)")
        corpus = training_corpus(config, self.digests[TRAIN], given, say)
        self.dev = load_pairs(config.data, "dev", say)
        self.vocabularies, self.habits = corpus.vocabularies, corpus.habits
        self.model = model or build_translator(config.model, self.vocabularies)
        if begun:
            say(f"begins with the weights and the {len(self.vocabularies.target):,} subwords of {config.start_from}")
        self.model = self.model.to(device)
        if held_out_part(config.data) is None:
            for warning in shared_pairs(self.dev, corpus):
                say(warning)
        sides = (self.vocabularies.source, self.vocabularies.target) if corpus.texts else ()
        self.texts, self.samplers = corpus.texts, [SubwordSampler(side, config.tokenizer.kind) for side in sides]
        self.encoded, self.encoded_for = self._sampled(0) if self.samplers else corpus.encoded, 0
        self.soft = soft_corpus(config, teachers, self.encoded, device, say)
        self.risk = TranslationRisk(config, self.vocabularies) if config.risk.part else None
        say(
            f"train: {len(self.encoded[0].lengths):,} pairs, {int(self.encoded[1].starts[-1]):,} target subwords; "
            f"dev: {len(self.dev):,} pairs; {len(self.vocabularies.target):,} subwords; "
            f"{count_parameters(self.model):,} parameters"
        )

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch; with subword sampling every epoch cuts the words anew."""
        if self.samplers and epoch != self.encoded_for:
            self.encoded, self.encoded_for = self._sampled(epoch), epoch
        source, target = (side.lengths + 1 for side in self.encoded)
        trainer = self.config.trainer
        return plan_epoch(target, trainer.batch_sentences, trainer.batch_tokens, self.config.seed, epoch, source)

    def count(self, batch: Batch) -> int:
        """The target subwords of a batch, END included."""
        return int(self.encoded[1].lengths[batch].sum()) + len(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The label-smoothed negative log likelihood of the given targets, summed.

        Teachers have a share of it, and at the end of a training with minimum risk the model's own translations.
        """
        if self.risk and done >= 1 - self.config.risk.part:
            return self.model.loss(self.risk.batch(self.model, self.encoded, examples).to(self.device))
        batch = pair_batch(self.encoded, examples)
        if self.soft:
            batch = replace(batch, soft=self.soft.of(examples))
        return self.model.loss(batch.to(self.device), self.teacher_forcing(done))

    def teacher_forcing(self, done: float) -> float:
        """The chance that the decoder reads the true subword when the part ``done`` of the training is over."""
        model = self.config.model
        start, end = model.teacher_forcing_start, model.teacher_forcing_end
        if model.teacher_forcing == "constant":
            return start
        if model.teacher_forcing == "linear":
            return start + (end - start) * done
        return end + (start - end) * inverse_sigmoid(done)

    def evaluate(self) -> dict[str, float]:
        """BLEU or chrF of greedy translations of the dev split."""
        return self.dev_scores(self.dev_answers(range(self.dev_size))) if self.dev else {}

    @property
    def dev_size(self) -> int:
        """Dev pairs."""
        return len(self.dev)

    def dev_answers(self, numbers: Sequence[int]) -> list[str]:
        """Greedy translations of the dev pairs of these numbers."""
        sources = [self.dev[number].source for number in numbers]
        return greedy_translations(self.model, self.vocabularies, sources, self.config.decoding, self.device)

    def dev_scores(self, answers: Sequence[str]) -> dict[str, float]:
        """The scores of translations of all dev pairs."""
        references, language = [pair.target for pair in self.dev], self.config.data.target
        measure = bleu if self.config.model.metric == "bleu" else chrf
        return {self.config.model.metric: measure(list(answers), references, language)}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        return Bundle(
            description=describe(self.config, self.habits),
            weights=weights_of(self.model.state_dict()),
            vocabulary={},
            labels=[],
            metrics=metrics,
            card=model_card(self.config, metrics),
            subwords=self.vocabularies.to_files(),
        )

    @staticmethod
    def next_commands(run: str) -> list[str]:
        """What one would type next."""
        return [
            f"seqnlp translate {run} < lines.txt",
            python_command(run, "translate('...').text"),
        ]

    def _sampled(self, epoch: int) -> tuple[FlatSequences, FlatSequences]:
        """Both sides in segmentations that are drawn for this epoch."""
        strength, drawn = self.config.tokenizer.sampling, []
        for side, (sampler, texts) in enumerate(zip(self.samplers, self.texts, strict=True)):
            seed = int(np.random.SeedSequence([self.config.seed, epoch, side]).generate_state(1)[0])
            drawn.append(FlatSequences.of(sampler.sample(list(texts), strength, seed)))
        return drawn[0], drawn[1]


def inverse_sigmoid(done: float) -> float:
    """From 1 at ``done=0`` to 0 at ``done=1``, steepest in the middle (scaled to meet both ends exactly)."""
    value, first, last = (1 / (1 + math.exp(10 * (x - 0.5))) for x in (done, 0.0, 1.0))
    return (value - last) / (first - last)
