"""Evaluate a saved tagger on a split of its run's data."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from seqnlp.bundle import Bundle, load_bundle, record_scores
from seqnlp.config.tagging import DataConfig, TaggingConfig
from seqnlp.data.repeated_texts import shared
from seqnlp.data.sources import load_split, split_digest
from seqnlp.data.split_sources import source_name
from seqnlp.metrics.calibration import Calibration, measure_calibration
from seqnlp.metrics.confusion import ConfusionMatrix, confused
from seqnlp.metrics.entities import entity_scores
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.tagging.calibration import found_spans, scored_predictions
from seqnlp.tasks.tagging.data import entity_types, report_unseen_labels
from seqnlp.tasks.tagging.network import saved_predictor
from seqnlp.tasks.tagging.prediction import SentencePrediction
from seqnlp.tasks.tagging.report import EvaluationReport
from seqnlp.tasks.tagging.reporting import entity_report, tag_report
from seqnlp.tasks.tagging.review import SeenMistakes, compared, measure_review
from seqnlp.tasks.tagging.saved import SavedTagger, read_tagger
from seqnlp.tasks.train_on_dev import lent_by, warn_of
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import OUTSIDE, convert_tags

Say = Callable[[str], None]


def evaluate(
    run: Path, config: TaggingConfig, split: str, say: Say, keep: bool = True, precision: str = "auto"
) -> EvaluationReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Args:
        config: the run's configuration; its data settings say where the splits are.
        split: ``train``, ``dev`` or ``test``.
        say: told about labels the model cannot give.
        precision: that it computes in, see :class:`~seqnlp.Tagger`.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
    """
    data = config.data
    predicted = predicted_split(load_bundle(run), config, split, say, precision)
    sentences, tags, training = predicted.sentences, predicted.tags, predicted.training
    options = {"title": config.name or str(run), "split": split}
    calibration, seconds = predicted.calibration, predicted.seconds
    if data.scheme == "none":
        report = tag_report(sentences, tags, training, **options, calibration=calibration, seconds=seconds)
    else:
        report = entity_report(
            sentences, tags, training, data.scheme, **options, calibration=calibration, seconds=seconds
        )
        report = replace(report, unpenalized=predicted.unpenalized, review=predicted.review)
    summary = {
        report.measure: round(100 * report.score, 4),
        "interval": [round(100 * edge, 2) for edge in report.interval],
        "signature": report.signature,
        "ece": round(calibration.after.error, 5),
        "ece by chance": round(calibration.after.floor, 5),
        "file": Path(source_name(data, split)).name,
        "sha256": split_digest(data, split),
    }
    if keep:
        record_scores(run, split, summary, say)
    return report


def predictions_for_plots(
    run: Path, config: TaggingConfig, split: str, say: Say
) -> tuple[str, ConfusionMatrix, Calibration]:
    """Title, confusion and calibration of a run's model on a split, for pictures.

    Words are counted: their tags or, where tags mark entities, the types of those. The arguments and errors are those
    of :func:`evaluate`; nothing is written.
    """
    predicted = predicted_split(load_bundle(run), config, split, say)
    entities = config.data.scheme != "none"
    gold, answers = (
        [_type(tag) if entities else tag for sentence in tags for tag in sentence]
        for tags in ([sentence.tags for sentence in predicted.sentences], predicted.tags)
    )
    return f"{config.name or run} on {split}", confused(gold, answers, "words"), predicted.calibration


def _type(tag: str) -> str:
    """The entity type of a tag, or that it is outside."""
    return tag.partition("-")[2] or tag


@dataclass(frozen=True)
class PredictedSplit:
    """A split and the model's answers for it.

    Attributes:
        sentences: of the split.
        training: what baselines count: the sentences of train (and of dev, if it was learnt from) with known tags.
        tags: of the split's sentences, as the model gives them, in the scheme of the data.
        seconds: that tagging took.
        unpenalized: the F1 of the most probable tags, of a tagger with an outside penalty.
        review: what would have been marked for a person to look at.
    """

    sentences: list[TaggedSentence]
    training: list[TaggedSentence]
    tags: list[list[str]]
    calibration: Calibration
    seconds: float
    unpenalized: float | None = None
    review: list[SeenMistakes] = field(default_factory=list)


def predicted_split(
    saved: Bundle, config: TaggingConfig, split: str, say: Say, precision: str = "auto"
) -> PredictedSplit:
    """Read a split and tag it; arguments and errors are those of :func:`evaluate`."""
    require_split(config, split)
    tagger = read_tagger(saved)
    # entities inside words are missed, and said to be; training may refuse them
    data = replace(config.data, tokenizer=tagger.tokenizer, accept_cut_words=True)
    sentences, training = load_split(data, split, say), load_split(data, "train", say)
    warn_of(config, split, say)
    if lent_by(config):
        training += load_split(data, "dev", say)
    report_unseen_labels(sentences, _known_labels(tagger, data, training), data, split, say)
    training = [sentence for sentence in training if not sentence.partial]  # baselines count what is known
    if split == "test":
        for warning in shared([one.tokens for one in sentences], (one.tokens for one in training), split):
            say(warning)
    words = [sentence.tokens for sentence in sentences]
    predictor = saved_predictor(tagger, precision=precision)
    started = time.perf_counter()
    batches = list(predictor.emit(words))
    predictions = predictor.decode(batches, len(words))
    seconds = time.perf_counter() - started
    after, correct = scored_predictions(predictions, sentences, data.scheme)
    review = []
    if tagger.review and sentences:
        entropies = predictor.uncertainty_of(batches, len(words), "entropy")
        review = measure_review(tagger.review, compared(predictions, entropies, sentences, data.scheme))
    predictor.temperature = 1.0
    before, _ = scored_predictions(predictor.decode(batches, len(words)), sentences, data.scheme)
    calibration = measure_calibration(before, after, correct, tagger.temperature)
    tags = [prediction.tags for prediction in predictions]
    if data.scheme != "none":
        tags = [convert_tags(one, tagger.scheme, data.scheme) for one in tags]
    unpenalized = None
    if tagger.outside_penalty:
        predictor.outside_penalty = 0.0
        unpenalized = _f1(sentences, predictor.decode(batches, len(words), probabilities=False), data.scheme)
    return PredictedSplit(sentences, training, tags, calibration, seconds, unpenalized, review)


def _known_labels(tagger: SavedTagger, data: DataConfig, training: Sequence[TaggedSentence]) -> list[str]:
    """What training knew: plain tags, or types of entities; those of the model where there is no training split."""
    if data.scheme == "none":
        return list(tagger.tags)
    if data.train:
        return entity_types(training, data.scheme)
    return sorted({tag.partition("-")[2] for tag in tagger.tags if tag != OUTSIDE})


def _f1(sentences: Sequence[TaggedSentence], answers: Sequence[SentencePrediction], scheme: str) -> float:
    """The F1 of the entities in answers."""
    gold = [sentence.entities(scheme) for sentence in sentences]
    predicted = [one.placed(found_spans(answer)) for one, answer in zip(sentences, answers, strict=True)]
    return entity_scores(gold, predicted).micro.f1
