"""The classification task: what the training loop needs to train and keep a classifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle, weights_of
from seqnlp.config.classification import AUTO_NGRAMS, FEW_DOCUMENTS, ClassificationConfig
from seqnlp.data.batches import plan_epoch
from seqnlp.data.document_batches import SoftLabels, collate_documents, take_documents
from seqnlp.data.documents import documents_digest, load_documents
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.windows import cut_windows
from seqnlp.metrics.classification import label_scores
from seqnlp.models.as_network import TorchClassifier
from seqnlp.models.classifier import RecurrentClassifier
from seqnlp.models.size import count_parameters
from seqnlp.networks.protocol import FloatArray
from seqnlp.tasks.base import BaseTask, python_command
from seqnlp.tasks.classification import data as reading
from seqnlp.tasks.classification.calibration import fit_decision
from seqnlp.tasks.classification.card import model_card
from seqnlp.tasks.classification.label_sets import LabelSets
from seqnlp.tasks.classification.model import bag_tensors, build_classifier, describe, set_tensors, vocabulary_of
from seqnlp.tasks.classification.ngrams_of_run import fit_ngrams
from seqnlp.tasks.classification.prediction import (
    DocumentPredictor,
    decide,
    label_names,
    predicted,
    probabilities,
)
from seqnlp.tasks.classification.saved import Decision, read_classifier
from seqnlp.tasks.classification.start import ClassifierStart, classifier_start, take_over
from seqnlp.tasks.classification.teachers import taught_by
from seqnlp.tasks.pretrained_vectors import Vectors, load_vectors, vectors_digests
from seqnlp.tasks.start import (
    begins_with,
    fill_new_words,
    joined,
    joined_features,
    name_of,
    refuse_other_width,
    start_digests,
)
from seqnlp.tasks.teachers import file_digests, teacher_bundles, teacher_digests
from seqnlp.tasks.train_on_dev import lender, lent_by, metrics_of
from seqnlp.tasks.word_features import fill_vectors, learn_features
from seqnlp.text.documents import Document
from seqnlp.training.checkpoint import DEV, TRAIN
from seqnlp.training.task import Batch


class ClassificationTask(BaseTask[ClassificationConfig, RecurrentClassifier]):
    """A classifier, its data and its scores.

    Attributes:
        settings: those of the model, with what the data chose; the configuration stays as it was asked for.

    Raises:
        DataError: a file is missing, empty or not as configured, or there is only one class.
    """

    def __init__(
        self, config: ClassificationConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        data = config.data
        start, teachers = classifier_start(config), teacher_bundles(config, config.teacher)
        self.digests = {TRAIN: documents_digest(data, "train"), DEV: documents_digest(data, "dev")}
        self.digests |= vectors_digests(data, config.model) | (start_digests(start.bundle) if start else {})
        self.digests |= teacher_digests(teachers) | file_digests(config.teacher)
        train, dev = (load_documents(data, split, say) for split in ("train", "dev"))
        self.settings = settings = replace(config.model)
        if settings.ngrams == AUTO_NGRAMS:
            settings.ngrams = 2 if len(train) <= FEW_DOCUMENTS and data.format != "long_range" else 0
        self.lender = lender(config, self.digests[TRAIN])
        alone = len(train)
        if self.lender:
            train, dev = [*train, *dev], []
        self._learn_labels(train, dev, start, say)
        texts = [document.text for document in train]
        self.reader = start.saved.reader if start else reading.learn_reader(texts, config.tokenizer, say)
        self.targets = reading.targets_of(train, self.labels)
        self.taught = taught_by(config, teachers, train, dev, self.labels, str(device), say)
        self.dev = reading.read_documents(dev, self.reader)
        read = reading.read_documents(train, self.reader)
        more = [reading.ReadDocument(self.reader.read(text), ()) for text in self.taught.texts]
        reading.refuse_blank(read)
        vectors = load_vectors(data, settings, say)
        self._learn_words([*read, *more], vectors, start, say)
        self.initialized_from = name_of(start.bundle) if start else ""
        self.teachers = self.taught.teachers
        self.lexicon = Lexicon(self.features)
        self.train = FlatSequences.of([self.lexicon.indices(document.tokens) for document in [*read, *more]])
        reading.say_long(self.train.lengths, settings.window, settings.long, "train", say)
        held_out = read[alone:] if self.lender else self.dev
        ngrams = fit_ngrams(self._chosen, self.labels, read, self.targets, held_out, more, say)
        self.bag, self.ngram_scores, self.ngram_weight = ngrams.bag, ngrams.scores, ngrams.weight
        self.decision = Decision(ngram_weight=self.ngram_weight if self.bag else 0.0)
        self.baselines = reading.last_words_score(read, self.dev) if data.format == "long_range" else {}
        self.label_sets: LabelSets | None = None
        self._take_over_decision()
        self.word_dim = start.saved.word_dim if start else vectors.width if vectors else settings.word_dim
        self.model = self._build(vectors, start)
        say(
            f"train: {len(train):,} documents, {len(self.train.items):,} {self._unit}; "
            f"dev: {len(self.dev):,} documents; {len(self.labels)} labels; "
            f"{len(self.features.words) - 1:,} different {self._unit}; {count_parameters(self.model):,} parameters"
        )
        if config.tokenizer.kind == "words" and not start and data.format != "long_range":
            reading.say_runs_of_words(read, say)
            reading.say_few(len(read) + len(more), settings, say)

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch."""
        trainer = self.config.trainer
        return plan_epoch(self.train.lengths, trainer.batch_sentences, trainer.batch_tokens, self.config.seed, epoch)

    def count(self, batch: Batch) -> int:
        """The documents of a batch."""
        return len(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The cross-entropy of the given documents, summed."""
        settings = self.settings
        documents = take_documents(self.train, examples)
        windows = cut_windows(documents.lengths, settings.window, settings.overlap, settings.long == "truncated")
        labelled = examples < len(self.targets)  # (B,), the others are the teachers'
        chosen = self.targets[np.where(labelled, examples, 0)]  # (B, K)
        targets = chosen if self.config.data.multi_label else chosen.argmax(axis=1)
        batch = collate_documents(documents, windows, targets, self.lexicon)
        if self.ngram_scores is not None:
            ngram_scores = (self.ngram_weight * self.ngram_scores[examples]).astype(np.float32)  # (B, K)
            batch = replace(batch, ngram_scores=torch.from_numpy(ngram_scores))
        if self.taught.soft is not None:
            teacher, said = self.config.teacher, torch.from_numpy(self.taught.soft[examples])  # (B, K)
            answered, known = torch.from_numpy(self.taught.answered[examples]), torch.from_numpy(labelled)  # (B,)
            batch = replace(batch, soft=SoftLabels(said, teacher.weight, teacher.temperature, known, answered))
        return self.model.loss(batch.to(self.device))

    def evaluate(self) -> dict[str, float]:
        """Dev accuracy and macro F1 in percent; of several labels a document micro and macro F1.

        The temperature and the weight of the n-grams are fitted anew: a model is scored as it would be used.
        """
        return self.dev_scores(self.dev_answers(range(self.dev_size))) if self.dev else {}

    @property
    def dev_size(self) -> int:
        """Dev documents."""
        return len(self.dev)

    def dev_answers(self, numbers: Sequence[int]) -> list[FloatArray]:
        """The network's scores (K,) of the dev documents of these numbers."""
        return list(self._predictor().network_scores([self.dev[number].tokens for number in numbers]))

    def dev_scores(self, answers: Sequence[FloatArray]) -> dict[str, float]:
        """The scores of all dev documents, from what the network says of them."""
        multi_label, network = self.config.data.multi_label, np.stack(answers).astype(np.float64)  # (B, K)
        ngrams = self._predictor().ngram_scores([document.tokens for document in self.dev])
        targets = reading.targets_of(self.dev, self.labels)  # (B, K)
        trained = None if self.ngram_scores is None else self.ngram_weight
        self.decision = fit_decision(network, ngrams, targets, multi_label, trained)
        decided = decide(network, ngrams, self.decision)  # (B, K)
        self.label_sets = None if multi_label else LabelSets.of_dev(probabilities(decided, False), targets)
        scores = label_scores(
            [document.labels for document in self.dev], label_names(predicted(decided, multi_label), self.labels)
        )
        overall = {"micro_f1": 100 * scores.micro.f1} if multi_label else {"accuracy": 100 * scores.accuracy}
        macro = {"macro_f1": 100 * scores.macro.f1}
        return {**macro, **overall} if self.settings.metric == "macro_f1" else {**overall, **macro}

    def _predictor(self) -> DocumentPredictor:
        return DocumentPredictor(TorchClassifier(self.model), self.features, self.settings, self.bag)

    def more_metrics(self) -> dict[str, Any]:
        """The scores of simpler models, if any stand beside this one's."""
        return {**({"beside": self.baselines} if self.baselines else {}), **metrics_of(self.config)}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        tensors = {**self.model.state_dict(), **bag_tensors(self.bag), **set_tensors(self.label_sets)}
        return Bundle(
            description=describe(self._chosen, self.word_dim, self.decision),
            weights=weights_of(tensors),
            vocabulary=vocabulary_of(self.features, self.bag),
            labels=self.labels,
            metrics=metrics,
            card=model_card(self._chosen, self.labels, metrics),
            subwords=self.reader.to_files(),
        )

    def finish(self) -> str:
        """What was fitted on dev with the saved model, in words."""
        if not self.dev and not self.lender:
            return ""
        lent = f", of {lent_by(self.config)}" if self.lender else ""
        description = load_bundle(self.folder).description
        ngram_weight = f"n-grams count {description['ngram_weight']:.2f}, " if self.bag else ""
        return f"{ngram_weight}temperature {description['temperature']:.2f}{lent}; "

    @staticmethod
    def next_commands(run: str) -> list[str]:
        """What one would type next."""
        return [
            f"seqnlp classify {run} < lines.txt",
            python_command(run, "classify('...')"),
        ]

    @property
    def _chosen(self) -> ClassificationConfig:
        """The configuration with what the data chose."""
        return replace(self.config, model=self.settings)

    @property
    def _unit(self) -> str:
        return "words" if self.config.tokenizer.kind == "words" else "subwords"

    def _learn_labels(
        self,
        train: Sequence[Document],
        dev: Sequence[Document],
        start: ClassifierStart | None,
        say: Callable[[str], None],
    ) -> None:
        """Set ``labels`` from the training split, after those of the start if there is one."""
        own = reading.learn_labels(train, self.config.data.multi_label)
        if self.config.data.format != "long_range":
            reading.report_suspicions(train, dev, self.config.data.multi_label, say)
        self.labels = joined(start.saved.labels, own) if start else own
        reading.report_unseen_labels(dev, self.labels, "dev", say)

    def _learn_words(
        self,
        train: Sequence[reading.ReadDocument],
        vectors: Vectors | None,
        start: ClassifierStart | None,
        say: Callable[[str], None],
    ) -> None:
        """Set ``features`` from the training split, after those of the start if there is one."""
        config = self.config
        self.features = learn_features(train, config.model, vectors)
        if start:
            refuse_other_width(config, start.saved.word_dim, vectors)
            self.features = joined_features(config, start.saved.features, self.features, vectors)
            new_words = len(self.features.words) - len(start.saved.features.words)
            new = {self._unit: new_words, "labels": len(self.labels) - len(start.saved.labels)}
            say(f"{begins_with(config, new)}; texts are cut as there")

    def _build(self, vectors: Vectors | None, start: ClassifierStart | None) -> RecurrentClassifier:
        """The network with its first weights."""
        settings, multi_label = self.settings, self.config.data.multi_label
        weights = None
        if settings.class_weights == "balanced":
            weights = torch.from_numpy(reading.balanced_weights(self.targets))  # (K,)
        torch.manual_seed(self.config.seed)
        model = build_classifier(settings, self.features, len(self.labels), self.word_dim, multi_label, weights)
        if self.ngram_scores is not None:  # the untrained network says nothing beside the n-grams
            torch.nn.init.zeros_(model.project.weight)
            torch.nn.init.zeros_(model.project.bias)
        model = model.to(self.device)
        if start:
            take_over(self.config, start, model)
            fill_new_words(model.embedder, start.saved.features, vectors, self.lexicon)
        else:
            fill_vectors(model.embedder, vectors, self.lexicon)
        return model

    def _take_over_decision(self) -> None:
        """Set what is fitted on dev otherwise, where the network learns from dev."""
        if not self.lender:
            return
        saved = read_classifier(self.lender)
        trained = self.bag is not None and self.ngram_scores is not None
        weight = self.ngram_weight if trained else saved.decision.ngram_weight
        self.decision = Decision(saved.decision.temperature, weight)
        self.label_sets = saved.label_sets
