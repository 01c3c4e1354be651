"""Evaluate a saved classifier on a split of its run's data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.bundle import Bundle, load_bundle, record_scores
from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import documents_digest, load_documents
from seqnlp.data.repeated_texts import shared
from seqnlp.data.split_sources import source_name
from seqnlp.metrics.calibration import Calibration, measure_calibration
from seqnlp.metrics.classification import confusion_matrix, label_scores, macro_interval, score_interval
from seqnlp.metrics.confusion import ConfusionMatrix, confused
from seqnlp.metrics.scores import Baseline
from seqnlp.tasks.classification.baselines import baselines
from seqnlp.tasks.classification.data import (
    ReadDocument,
    last_words_score,
    read_documents,
    report_unseen_labels,
    say_long,
    targets_of,
)
from seqnlp.tasks.classification.label_sets import SetSizes, measure_sets
from seqnlp.tasks.classification.network import saved_predictor
from seqnlp.tasks.classification.prediction import decide, label_names, predicted, probabilities
from seqnlp.tasks.classification.report import ClassificationReport, Mistake
from seqnlp.tasks.classification.saved import Decision, SavedClassifier, read_classifier
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.train_on_dev import warn_of
from seqnlp.text.documents import Document

MISTAKES = 10
_MAX_LENGTH = 200

Say = Callable[[str], None]


def evaluate(
    run: Path, config: ClassificationConfig, split: str, say: Say, keep: bool = True, precision: str = "auto"
) -> ClassificationReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Args:
        config: the run's configuration; its data settings say where the splits are.
        split: ``train``, ``dev`` or ``test``.
        say: told about what is dropped, empty, long or unknown.
        precision: that it computes in, see :class:`~seqnlp.Tagger`.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
    """
    data, notes = config.data, list[str]()

    def note(text: str) -> None:
        notes.append(text)
        say(text)

    saved = load_bundle(run)
    scored = scored_split(saved, config, split, note, precision)
    loaded, documents, read = scored.loaded, scored.documents, scored.read
    network, ngrams = scored.network, scored.ngrams
    report = _report(documents, decide(network, ngrams, loaded.decision), loaded)
    others: list[Baseline] = []
    if data.train:  # a model folder alone has nothing to fit others on
        train = load_documents(data, "train", lambda text: None)
        if split == "test" and data.format != "long_range":
            for warning in shared([one.text for one in documents], (one.text for one in train), split):
                note(warning)
        compared = _compared(config, loaded, train, read)
        others = baselines(run, _digest(config, split), *compared, loaded.multi_label, say)
    report = replace(
        report,
        title=config.name or str(run),
        split=split,
        words=sum(len(document.tokens) for document in read),
        calibration=_calibration(documents, network, ngrams, loaded),
        label_sets=_label_sets(documents, network, ngrams, loaded),
        baselines=[*others, *_last_words(config, loaded, read), *_parts(documents, network, ngrams, loaded)],
        notes=notes,
        seconds=scored.seconds,
    )
    if keep:
        record_scores(run, split, _summary(report, config), say)
    return report


def _summary(report: ClassificationReport, config: ClassificationConfig) -> dict[str, Any]:
    """What ``metrics.json`` keeps of a report."""
    return {
        report.measure: round(100 * report.score, 4),
        "interval": [round(100 * edge, 2) for edge in report.interval],
        "macro F1": round(100 * report.macro.f1, 4),
        "signature": report.signature,
        "ece": round(report.calibration.after.error, 5),
        "ece by chance": round(report.calibration.after.floor, 5),
        **({"label sets": [asdict(one) for one in report.label_sets]} if report.label_sets else {}),
        "baselines": {each.name: round(100 * each.score, 2) for each in report.baselines},
        "file": Path(source_name(config.data, report.split)).name,
        "sha256": documents_digest(config.data, report.split),
    }


def predictions_for_plots(
    run: Path, config: ClassificationConfig, split: str, say: Say
) -> tuple[str, ConfusionMatrix | None, Calibration]:
    """Title, confusion (none of several labels a document) and calibration of a run's model on a split, for pictures.

    The arguments and errors are those of :func:`evaluate`; nothing is fitted and nothing written.
    """
    scored = scored_split(load_bundle(run), config, split, say)
    loaded, matrix = scored.loaded, None
    if not loaded.multi_label:
        scores = decide(scored.network, scored.ngrams, loaded.decision)
        answers = label_names(predicted(scores, False), loaded.labels)
        gold = [document.labels[0] for document in scored.documents]
        matrix = confused(gold, [answer[0] for answer in answers], "documents")
    calibration = _calibration(scored.documents, scored.network, scored.ngrams, loaded)
    return f"{config.name or run} on {split}", matrix, calibration


@dataclass(frozen=True)
class ScoredSplit:
    """The documents of a split and what the model says of them.

    Attributes:
        read: the documents as tokens.
        network: (N, K) scores by the network alone.
        ngrams: (N, K) scores by the bag of n-grams; None without one.
        seconds: that scoring took.
    """

    loaded: SavedClassifier
    documents: list[Document]
    read: list[ReadDocument]
    network: FloatArray
    ngrams: FloatArray | None
    seconds: float


def scored_split(
    saved: Bundle, config: ClassificationConfig, split: str, say: Say, precision: str = "auto"
) -> ScoredSplit:
    """Read a split and score its documents; arguments and errors are those of :func:`evaluate`."""
    data = config.data
    require_split(config, split)
    loaded = read_classifier(saved)
    documents = load_documents(data, split, say)
    warn_of(config, split, say)
    report_unseen_labels(documents, loaded.labels, split, say)
    read = read_documents(documents, loaded.reader)
    lengths = np.array([len(document.tokens) for document in read], dtype=np.int64)
    say_long(lengths, loaded.settings.window, loaded.settings.long, split, say)
    predictor, words = saved_predictor(loaded, precision=precision), [document.tokens for document in read]
    started = time.perf_counter()
    network, ngrams = predictor.network_scores(words), predictor.ngram_scores(words)
    return ScoredSplit(loaded, documents, read, network, ngrams, time.perf_counter() - started)


def _report(documents: Sequence[Document], scores: FloatArray, loaded: SavedClassifier) -> ClassificationReport:
    """What the labels alone tell; the rest is filled in by :func:`evaluate`."""
    gold = [document.labels for document in documents]
    answers = label_names(predicted(scores, loaded.multi_label), loaded.labels)
    own = label_scores(gold, answers)
    names, counts = ([], np.zeros((0, 0))) if loaded.multi_label else confusion_matrix(gold, answers)
    nothing = measure_calibration([], [], [], 1.0)
    return ClassificationReport(
        title="",
        split="",
        multi_label=loaded.multi_label,
        documents=len(documents),
        words=0,
        accuracy=own.accuracy,
        micro=own.micro,
        macro=own.macro,
        per_label=own.per_label,
        interval=score_interval(gold, answers, loaded.multi_label),
        macro_interval=macro_interval(gold, answers),
        calibration=nothing,
        confusion=None if loaded.multi_label else (names, counts.tolist()),
        mistakes=_mistakes(documents, answers, probabilities(scores, loaded.multi_label)),
    )


def _mistakes(documents: Sequence[Document], answers: Sequence[Sequence[str]], sure: FloatArray) -> list[Mistake]:
    """The wrong answers with the largest probability."""
    wrong = [n for n, document in enumerate(documents) if set(document.labels) != set(answers[n])]
    best = sorted(wrong, key=lambda number: -sure[number].max())[:MISTAKES]
    return [
        Mistake(
            documents[number].line,
            ", ".join(documents[number].labels),
            ", ".join(answers[number]),
            float(sure[number].max()),
            documents[number].text[:_MAX_LENGTH],
        )
        for number in best
    ]


def _calibration(
    documents: Sequence[Document], network: FloatArray, ngrams: FloatArray | None, loaded: SavedClassifier
) -> Calibration:
    """Of the given label of each document; with several labels of every label on every document."""
    targets, multi_label = targets_of(documents, loaded.labels), loaded.multi_label
    start = Decision(ngram_weight=0.0 if ngrams is None else 1.0)
    columns = []
    for decision in (start, loaded.decision):
        scores = decide(network, ngrams, decision)
        sure, chosen = probabilities(scores, multi_label), predicted(scores, multi_label)
        where = np.ones_like(chosen) if multi_label else chosen
        columns.append((sure[where], targets[where]))
    (before, right_before), (after, right) = columns
    calibration = measure_calibration(before, after, right, loaded.decision.temperature)
    if np.array_equal(right_before, right):
        return calibration
    # Weighing the n-grams changes answers, so that what was right before is not what is right now.
    return replace(calibration, before=measure_calibration(before, before, right_before, 1.0).before)


def _label_sets(
    documents: Sequence[Document], network: FloatArray, ngrams: FloatArray | None, loaded: SavedClassifier
) -> list[SetSizes]:
    """How often sets of labels held the gold one, if the model has such sets."""
    if loaded.label_sets is None:
        return []
    sure = probabilities(decide(network, ngrams, loaded.decision), False)
    return measure_sets(loaded.label_sets, sure, targets_of(documents, loaded.labels))


def _last_words(
    config: ClassificationConfig, loaded: SavedClassifier, evaluated: Sequence[ReadDocument]
) -> list[Baseline]:
    """What an n-gram model of the answer reaches, where the answer stands far from what decides it."""
    if config.data.format != "long_range" or not config.data.train:
        return []
    train = read_documents(load_documents(config.data, "train", lambda text: None), loaded.reader)
    return [Baseline(name, score / 100) for name, score in last_words_score(train, evaluated).items()]


def _parts(
    documents: Sequence[Document], network: FloatArray, ngrams: FloatArray | None, loaded: SavedClassifier
) -> list[Baseline]:
    """What the network and the n-grams reach alone, where there are both."""
    if ngrams is None:
        return []
    gold = [document.labels for document in documents]
    parts = {"this model's network alone": network, "this model's n-grams alone": ngrams}
    scored = {
        name: label_scores(gold, label_names(predicted(s, loaded.multi_label), loaded.labels))
        for name, s in parts.items()
    }
    return [Baseline(name, one.micro.f1 if loaded.multi_label else one.accuracy) for name, one in scored.items()]


def _compared(
    config: ClassificationConfig, loaded: SavedClassifier, train: Sequence[Document], evaluated: Sequence[ReadDocument]
) -> tuple[list[ReadDocument], list[ReadDocument], list[ReadDocument]]:
    """Training, development and evaluated documents as the n-grams see them: lower-cased if the model is."""
    dev = load_documents(config.data, "dev", lambda text: None)
    splits = []
    for documents in (read_documents(train, loaded.reader), read_documents(dev, loaded.reader), evaluated):
        lowered = [[word.lower() for word in d.tokens] if loaded.settings.lowercase else d.tokens for d in documents]
        splits.append([replace(d, tokens=words) for d, words in zip(documents, lowered, strict=True)])
    return splits[0], splits[1], splits[2]


def _digest(config: ClassificationConfig, split: str) -> str:
    """Of all that the baselines of a split depend on."""
    settings = [{**asdict(config.data), "dir": ""}, asdict(config.tokenizer), config.model.lowercase, split]
    return json.dumps([settings, *(documents_digest(config.data, name) for name in ("train", "dev", split))])
