"""The tagging task: what the training loop needs to train and keep a tagger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqnlp.bundle import Bundle, weights_of
from seqnlp.bundle_files import FOLDER
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.batches import plan_epoch
from seqnlp.data.collate import collate
from seqnlp.data.label_suspicions import alike_labels
from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.data.sources import load_split, split_digest
from seqnlp.data.split_sources import source_name
from seqnlp.errors import counted
from seqnlp.metrics.entities import entity_scores
from seqnlp.models.size import count_parameters
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.tasks.base import BaseTask, python_command
from seqnlp.tasks.pretrained_vectors import Vectors, load_vectors, vectors_digests
from seqnlp.tasks.start import begins_with, fill_new_words, joined, name_of, start_digests
from seqnlp.tasks.tagging import data as tagging_data
from seqnlp.tasks.tagging.calibration import calibrate, found_spans, take_over_calibration
from seqnlp.tasks.tagging.card import model_card
from seqnlp.tasks.tagging.contextual import add_context, load_context
from seqnlp.tasks.tagging.contextual_store import ContextStore
from seqnlp.tasks.tagging.model import build_tagger, columns_of, describe, module_predictor
from seqnlp.tasks.tagging.prediction import SentencePrediction
from seqnlp.tasks.tagging.start import TaggerStart, features_of, tagger_start, take_over, with_its_tokenizer
from seqnlp.tasks.tagging.teacher_answers import read_answers, soft_tags_of
from seqnlp.tasks.tagging.teachers import answered_sentences, soft_tags, unlabelled_sentences
from seqnlp.tasks.tagging.tokenizer_choice import choose_tokenizer
from seqnlp.tasks.teachers import file_digests, teacher_bundles, teacher_digests, teacher_names
from seqnlp.tasks.train_on_dev import lender, lent_by, metrics_of
from seqnlp.tasks.word_features import fill_vectors, learn_features
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span
from seqnlp.training.checkpoint import DEV, TRAIN
from seqnlp.training.task import Batch


class TaggingTask(BaseTask[TaggingConfig, RecurrentTagger]):
    """A tagger, its data and its scores.

    Raises:
        DataError: a file is missing, empty, not as configured, or has illegal tags.
    """

    def __init__(self, config: TaggingConfig, folder: Path, device: torch.device, say: Callable[[str], None]) -> None:
        start, teachers = tagger_start(config), teacher_bundles(config, config.teacher)
        if start:
            data = with_its_tokenizer(config.data, config, start)
        else:
            data = replace(config.data, tokenizer=choose_tokenizer(config.data, say))
        config = replace(config, data=data)
        super().__init__(config, folder, device)
        self.columns = columns_of(data)
        train = load_split(data, "train", say)
        self.dev = load_split(data, "dev", say)
        self.digests = {TRAIN: split_digest(data, "train"), DEV: split_digest(data, "dev")}
        self.digests |= file_digests(config.teacher)
        self.lender = lender(config, self.digests[TRAIN])
        if self.lender:
            train, self.dev = [*train, *self.dev], []
        tagging_data.report_repeated(train, self.dev, say)
        self.tags = self._learn_tags(train, start, say)
        answers = read_answers(Path(config.teacher.answers), self.tags) if config.teacher.answers else {}
        train = [*train, *unlabelled_sentences(data, config.teacher, self.dev, say)]
        train = [*train, *answered_sentences(config, answers, train, self.dev, say)]
        self.words = [sentence.tokens for sentence in train]
        self.context = self._read_context(say)
        self.digests |= self._more_digests(start) | teacher_digests(teachers)
        vectors = load_vectors(data, config.model, say)
        self.features = self._learn_words(train, vectors, start, say)
        self.gold = self._gold_of_dev(say)
        self.lexicon = Lexicon(self.features)
        soft = (
            soft_tags_of(answers, self.words, self.tags, config.model.scheme, config.teacher.weight)
            if answers
            else soft_tags(config, teachers, self.words, self.tags, str(device), say)
        )
        self.train = replace(tagging_data.encoded(train, data, config.model, self.lexicon, self.tags), soft=soft)
        self.initialized_from = name_of(start.bundle) if start else ""
        self.teachers = [Path(config.teacher.answers).name] if answers else teacher_names(teachers)
        self.word_dim = start.saved.word_dim if start else vectors.width if vectors else config.model.word_dim
        self.model = self._build(vectors, start)
        say(
            f"train: {counted(len(train), 'sentence')}, {counted(len(self.train.words), 'token')}; "
            f"dev: {counted(len(self.dev), 'sentence')}; "
            f"{len(self.features.words) - 1:,} words, {len(self.tags)} tags; "
            f"{count_parameters(self.model):,} parameters"
        )

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch."""
        trainer = self.config.trainer
        return plan_epoch(self.train.lengths, trainer.batch_sentences, trainer.batch_tokens, self.config.seed, epoch)

    def count(self, batch: Batch) -> int:
        """The tokens of a batch."""
        return int(self.train.lengths[batch].sum())

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The negative log likelihood of the given sentences, summed."""
        batch = collate(self.train, examples, self.lexicon)
        if self.context:
            batch = batch.with_context(self.context.read([self.words[example] for example in examples]))
        return self.model.loss(batch.to(self.device))

    def evaluate(self) -> dict[str, float]:
        """Entity F1, or token accuracy for plain tags, on the dev split, in percent.

        Empty without a dev split, or where it has no entities: every model would have an F1 of 0, so the last is kept.
        """
        return self.dev_scores(self.dev_answers(range(self.dev_size))) if self.dev_size else {}

    @property
    def dev_size(self) -> int:
        """Dev sentences; 0 where they have no entities."""
        return len(self.dev) if self.config.data.scheme == "none" or any(self.gold) else 0

    def dev_answers(self, numbers: Sequence[int]) -> list[SentencePrediction]:
        """The tags of the dev sentences of these numbers."""
        predictor = module_predictor(self.model, self.features, self.tags, self.config.model.scheme, self.context)
        return predictor.predict([self.dev[number].tokens for number in numbers], probabilities=False)

    def dev_scores(self, answers: Sequence[SentencePrediction]) -> dict[str, float]:
        """The scores of tags of all dev sentences."""
        if self.config.data.scheme == "none":
            pairs = [
                (a, b) for s, p in zip(self.dev, answers, strict=True) for a, b in zip(s.tags, p.tags, strict=True)
            ]
            accuracy = 100 * sum(gold == predicted for gold, predicted in pairs) / len(pairs)
            return {"accuracy": accuracy}
        placed = [sentence.placed(found_spans(p)) for sentence, p in zip(self.dev, answers, strict=True)]
        scores = entity_scores(self.gold, placed).micro
        f1, precision, recall = 100 * scores.f1, 100 * scores.precision, 100 * scores.recall
        return {"f1": f1, "precision": precision, "recall": recall}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        config, embedder = self.config, self.context.embedder if self.context else None
        about = asdict(config.about)
        saved = Bundle(
            description={
                **describe(config.model, self.word_dim, config.data.scheme, config.data.tokenizer, about),
                "columns": self.columns,
            },
            weights=weights_of(self.model.state_dict()),
            vocabulary=self.features.to_dict(),
            labels=self.tags,
            metrics=metrics,
            card=model_card(config, self.tags, metrics, embedder.directions if embedder else []),
        )
        return add_context(saved, embedder)

    def more_metrics(self) -> dict[str, Any]:
        """Whether dev was learnt from."""
        return metrics_of(self.config)

    def finish(self) -> str:
        """Fit the outside penalty and the temperature of the saved model on dev; returns what was found, in words."""
        fit_outside = self.config.model.fit_outside
        if self.lender:
            penalty, temperature = take_over_calibration(self.folder / FOLDER, self.lender)
            return f"outside penalty {penalty:.1f}, temperature {temperature:.2f}, both of {lent_by(self.config)}; "
        penalty, temperature = calibrate(self.folder / FOLDER, self.dev, fit_outside, self.context)
        return f"outside penalty {penalty:.1f}, temperature {temperature:.2f}; "

    def _more_digests(self, start: TaggerStart | None) -> dict[str, str]:
        digests = vectors_digests(self.config.data, self.config.model)
        digests |= {"a model of model.context": self.context.embedder.digest()} if self.context else {}
        return digests | (start_digests(start.bundle) if start else {})

    def _learn_tags(
        self, train: Sequence[TaggedSentence], start: TaggerStart | None, say: Callable[[str], None]
    ) -> list[str]:
        """The tags of the training split, after those of the start if there is one."""
        data = self.config.data
        tags = tagging_data.learn_tags(train, data, self.config.model)
        tagging_data.refuse_one_tag(tags, source_name(data, "train"))
        for suspicion in alike_labels(tagging_data.labels_of(tags, data.scheme)):
            say(f"train: {suspicion}")
        return joined(start.saved.tags, tags) if start else tags

    def _learn_words(
        self,
        train: Sequence[TaggedSentence],
        vectors: Vectors | None,
        start: TaggerStart | None,
        say: Callable[[str], None],
    ) -> WordFeatures:
        """What is known of the words of the training split, after those of the start if there is one."""
        features = learn_features(train, self.config.model, vectors)
        if not start:
            return features
        features = features_of(self.config, start, features, vectors)
        new_words = len(features.words) - len(start.saved.features.words)
        say(begins_with(self.config, {"words": new_words, "tags": len(self.tags) - len(start.saved.tags)}))
        return features

    def _gold_of_dev(self, say: Callable[[str], None]) -> list[list[Span]]:
        """The entities of the dev sentences; none of plain tags."""
        data = self.config.data
        tagging_data.report_unseen_labels(self.dev, tagging_data.labels_of(self.tags, data.scheme), data, "dev", say)
        if data.scheme == "none":
            return []
        gold = gold_spans(self.dev, data.scheme)
        if self.dev and not any(gold):
            say(f"{source_name(data, 'dev')}: no entities to find, so there is no F1: the last epoch is kept")
        return gold

    def _build(self, vectors: Vectors | None, start: TaggerStart | None) -> RecurrentTagger:
        """The network with its first weights."""
        context_dim = self.context.embedder.dim if self.context else 0
        torch.manual_seed(self.config.seed)
        model = build_tagger(self.config.model, self.features, self.tags, self.word_dim, context_dim).to(self.device)
        if start:
            take_over(self.config, start, model)
            fill_new_words(model.embedder, start.saved.features, vectors, self.lexicon)
        else:
            fill_vectors(model.embedder, vectors, self.lexicon)
        return model

    def _read_context(self, say: Callable[[str], None]) -> ContextStore | None:
        """The contextual embeddings of the words of train and dev, if the tagger reads any."""
        runs = self.config.model.context_runs
        if not runs:
            return None
        embedder = load_context(runs).to(self.device)
        return ContextStore(embedder, [*self.words, *(sentence.tokens for sentence in self.dev)], say)

    @staticmethod
    def next_commands(run: str) -> list[str]:
        """What one would type next."""
        return [
            f"seqnlp tag {run} < lines.txt",
            python_command(run, "tag('...')"),
        ]


def gold_spans(sentences: Sequence[TaggedSentence], scheme: str) -> list[list[Span]]:
    """The entities of each sentence."""
    return [sentence.entities(scheme) for sentence in sentences]
