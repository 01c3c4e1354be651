"""The translation task: what the training loop needs to train and keep a translator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seqnlp import bundle
from seqnlp.config import TranslationConfig, settings_without_places
from seqnlp.data.batches import plan_epoch
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import shifted, with_end
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.errors import DataError
from seqnlp.metrics.translation_scores import bleu, chrf
from seqnlp.models.size import count_parameters
from seqnlp.models.translator import PairBatch, RecurrentTranslator
from seqnlp.tasks.saving import training_metrics
from seqnlp.tasks.translation.card import model_card
from seqnlp.tasks.translation.greedy import greedy_translations
from seqnlp.tasks.translation.model import build_translator, describe, learn_vocabularies, say_rewritten, start_from
from seqnlp.text.subword_sampling import SubwordSampler
from seqnlp.training.checkpoint import Progress
from seqnlp.training.task import Batch


class TranslationTask:
    """A translator, its data and its scores; implements ``training.task.Trainable``.

    Args:
        config: the run's configuration.
        folder: the run directory; models are saved to its ``model`` folder.
        device: where to compute.
        say: receives a line of text for each thing that a person should know about the data.

    Raises:
        DataError: a file is missing, empty or not as configured.
    """

    model: RecurrentTranslator

    def __init__(
        self, config: TranslationConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        self.config, self.folder, self.device = config, folder, device
        self.digest, self.dev_digest = (pairs_digest(config.data, split) for split in ("train", "dev"))
        train = load_pairs(config.data, "train", say)
        self.dev = load_pairs(config.data, "dev", say)
        sources, targets = [pair.source for pair in train], [pair.target for pair in train]
        torch.manual_seed(config.seed)
        self.initialized_from = ""
        if config.start_from:
            self.vocabularies, self.model, self.initialized_from = start_from(config)
            say(f"begins with the weights and the {len(self.vocabularies.target):,} subwords of {config.start_from}")
        else:
            self.vocabularies = learn_vocabularies(sources, targets, config, say)
            self.model = build_translator(config.model, self.vocabularies)
        say_rewritten(self.vocabularies, sources, targets, say)
        self.model = self.model.to(device)
        self.texts = self._short_enough(sources, targets, say)
        sides, sampling = (self.vocabularies.source, self.vocabularies.target), bool(config.tokenizer.sampling)
        self.samplers = [SubwordSampler(side, config.tokenizer.kind) for side in sides] if sampling else []
        self.encoded, self.encoded_for = self._encode(0), 0
        say(
            f"train: {len(self.texts[0]):,} pairs, {int(self.encoded[1].starts[-1]):,} target subwords; "
            f"dev: {len(self.dev):,} pairs; {len(self.vocabularies.target):,} subwords; "
            f"{count_parameters(self.model):,} parameters"
        )

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch; with subword sampling every epoch cuts the words anew."""
        if self.samplers and epoch != self.encoded_for:
            self.encoded, self.encoded_for = self._encode(epoch), epoch
        source, target = (side.lengths + 1 for side in self.encoded)
        trainer = self.config.trainer
        return plan_epoch(target, trainer.batch_sentences, trainer.batch_tokens, self.config.seed, epoch, source)

    def count(self, batch: Batch) -> int:
        """The target subwords of a batch, END included."""
        return int(self.encoded[1].lengths[batch].sum()) + len(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The label-smoothed negative log likelihood of the given targets, summed."""
        source, source_lengths = with_end(self.encoded[0], examples)
        outputs, lengths = with_end(self.encoded[1], examples)
        mask = torch.arange(outputs.size(1)) < lengths[:, None]  # (B, T)
        batch = PairBatch(source, source_lengths, shifted(outputs), outputs, mask)
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
        """``score`` is BLEU or chrF of greedy translations of the dev split."""
        if not self.dev:
            return {}
        hypotheses = greedy_translations(
            self.model, self.vocabularies, [pair.source for pair in self.dev], self.config.decoding, self.device
        )
        references, language = [pair.target for pair in self.dev], self.config.data.target
        measure = bleu if self.config.model.metric == "bleu" else chrf
        score = measure(hypotheses, references, language)
        return {"score": score, self.config.model.metric: score}

    def save(self, scores: dict[str, float], progress: Progress) -> None:
        """Write the run's model folder."""
        config = self.config
        metrics = training_metrics(
            config, self.model, scores, progress, self.digest, initialized_from=self.initialized_from
        )
        saved = bundle.Bundle(
            description=describe(config),
            weights=bundle.weights_of(self.model.state_dict()),
            vocabulary={},
            labels=[],
            metrics=metrics,
            training=settings_without_places(config),
            card=model_card(config, metrics),
            subwords=self.vocabularies.to_files(),
        )
        bundle.save_bundle(self.folder / bundle.FOLDER, saved)

    def finish(self) -> str:
        """Nothing is fitted after training; `seqnlp evaluate --tune` does that."""
        return ""

    @staticmethod
    def next_commands(run: Path) -> list[str]:
        """What one would type next."""
        return [
            f"seqnlp translate {run} < lines.txt",
            f"python -c \"import seqnlp; print(seqnlp.load('{run}').translate('...').text)\"",
        ]

    def _short_enough(
        self, sources: list[str], targets: list[str], say: Callable[[str], None]
    ) -> tuple[list[str], list[str]]:
        """The pairs within ``data.max_tokens``; says how many are left out."""
        most = self.config.data.max_tokens
        encoded = self.vocabularies.source.encode(sources), self.vocabularies.target.encode(targets)
        kept = [number for number, sides in enumerate(zip(*encoded, strict=True)) if max(map(len, sides)) <= most]
        if len(kept) < len(sources):
            left_out = len(sources) - len(kept)
            say(f"train: {left_out:,} pairs with more than {most} subwords are left out (data.max_tokens)")
        if not kept:
            raise DataError(f"no training pair has at most {most} subwords a side; raise data.max_tokens")
        return [sources[number] for number in kept], [targets[number] for number in kept]

    def _encode(self, epoch: int) -> tuple[FlatSequences, FlatSequences]:
        """Both sides as subwords: the best segmentation, or one drawn for this epoch."""
        if not self.samplers:
            source, target = self.vocabularies.source, self.vocabularies.target
            return FlatSequences.of(source.encode(self.texts[0])), FlatSequences.of(target.encode(self.texts[1]))
        strength, drawn = self.config.tokenizer.sampling, []
        for side, (sampler, texts) in enumerate(zip(self.samplers, self.texts, strict=True)):
            seed = int(np.random.SeedSequence([self.config.seed, epoch, side]).generate_state(1)[0])
            drawn.append(FlatSequences.of(sampler.sample(texts, strength, seed)))
        return drawn[0], drawn[1]


def inverse_sigmoid(done: float, steepness: float = 10.0) -> float:
    """From 1 at ``done=0`` to 0 at ``done=1``, steepest in the middle (scaled to meet both ends exactly)."""
    value, first, last = (1 / (1 + math.exp(steepness * (x - 0.5))) for x in (done, 0.0, 1.0))
    return (value - last) / (first - last)
