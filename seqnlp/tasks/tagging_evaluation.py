"""Evaluate a saved tagger on a split of its run's data."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from seqnlp.bundle import find_model, load_bundle, save_metrics
from seqnlp.config import TaggingConfig
from seqnlp.data.sources import load_split, source_name, split_digest
from seqnlp.errors import ConfigError
from seqnlp.metrics.calibration import measure_calibration
from seqnlp.metrics.evaluation import entity_report, tag_report
from seqnlp.metrics.report import EvaluationReport
from seqnlp.tasks.prediction import TagPredictor
from seqnlp.tasks.tagging_calibration import scored_predictions
from seqnlp.tasks.tagging_data import entity_types, report_unseen_labels
from seqnlp.tasks.tagging_model import tagger_from_bundle
from seqnlp.text.tags import convert_tags


def evaluate(run: Path, config: TaggingConfig, split: str, say: Callable[[str], None]) -> EvaluationReport:
    """Score the run's model on a split and add the scores to the model folder's ``metrics.json``.

    Args:
        config: the run's configuration; its data settings say where the splits are.
        split: ``train``, ``dev`` or ``test``.
        say: told about labels the model cannot give.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
    """
    data = config.data
    if not getattr(data, split):
        raise ConfigError([f"data.{split}: this run was trained without a {split} split; choose another --split"])
    saved = load_bundle(run)
    tagger = tagger_from_bundle(saved)
    sentences = load_split(data, split, say)
    training = load_split(data, "train", say)
    labels = tagger.tags if data.scheme == "none" else entity_types(training, data.scheme)
    report_unseen_labels(sentences, labels, data, split, say)

    words = [sentence.tokens for sentence in sentences]
    decisions = (tagger.temperature, tagger.outside_penalty, tagger.context)
    predictor = TagPredictor(tagger.model, tagger.features, tagger.tags, tagger.scheme, *decisions)
    started = time.perf_counter()
    batches = list(predictor.emit(words))
    predictions = predictor.decode(batches, len(words))
    seconds = time.perf_counter() - started
    after, correct = scored_predictions(predictions, sentences, data.scheme)
    predictor.temperature = 1.0
    before, _ = scored_predictions(predictor.decode(batches, len(words)), sentences, data.scheme)
    calibration = measure_calibration(before, after, correct, tagger.temperature)
    title = config.name or str(run)
    options = {"title": title, "split": split}
    if data.scheme == "none":
        tags = [prediction.tags for prediction in predictions]
        report = tag_report(sentences, tags, training, **options, calibration=calibration, seconds=seconds)
    else:
        tags = [convert_tags(prediction.tags, tagger.scheme, data.scheme) for prediction in predictions]
        report = entity_report(
            sentences, tags, training, data.scheme, **options, calibration=calibration, seconds=seconds
        )
    summary = {
        report.measure: round(100 * report.score, 4),
        "interval": [round(100 * edge, 2) for edge in report.interval],
        "signature": report.signature,
        "ece": round(calibration.after.error, 5),
        "file": Path(source_name(data, split)).name,
        "sha256": split_digest(data, split),
    }
    save_metrics(find_model(run), {**saved.metrics, split: {**saved.metrics.get(split, {}), **summary}})
    return report
