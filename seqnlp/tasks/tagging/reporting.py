"""From gold and predicted tags to the whole report."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.entities import entity_scores, sentence_counts, seqeval_scores
from seqnlp.metrics.error_analysis import compare_entities, count_errors, entity_confusions
from seqnlp.metrics.intervals import f1_interval, ratio_interval
from seqnlp.metrics.scores import Baseline, Scores, ratio
from seqnlp.metrics.seen import SeenScores, TrainingEntities, seen_scores
from seqnlp.tasks.tagging.accuracy import correct_counts, known_word_scores, tag_confusions, tag_scores
from seqnlp.tasks.tagging.baselines import DictionaryBaseline, MajorityTagBaseline
from seqnlp.tasks.tagging.report import EvaluationReport
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span, spans_from_tags, tags_from_spans

Sentences = Sequence[TaggedSentence]
Tags = Sequence[Sequence[str]]


def entity_report(
    sentences: Sentences,
    predicted_tags: Tags,
    training: Sentences,
    scheme: str,
    *,
    title: str,
    split: str,
    calibration: Calibration | None = None,
    seconds: float = 0.0,
) -> EvaluationReport:
    """The report of a model that finds entities.

    Args:
        sentences: the evaluated split.
        predicted_tags: the model's tags of each sentence's words, legal in ``scheme`` as the gold tags are.
        training: the training split, for the baseline and the seen entities; empty if it is not at hand.
        scheme: of all three.
        title, split: what was evaluated on what.
        calibration: from :func:`seqnlp.metrics.calibration.measure_calibration`, if probabilities were computed.
        seconds: the time that predicting took; 0 if it was not measured.

    Raises:
        SeqnlpError: the scheme has no entities.
    """
    words = [sentence.scored_tokens for sentence in sentences]
    gold = [sentence.entities(scheme) for sentence in sentences]
    predicted = [
        sentence.placed(spans_from_tags(tags, scheme)) for sentence, tags in zip(sentences, predicted_tags, strict=True)
    ]
    scores = seqeval_scores(_tags(gold, words, scheme), _tags(predicted, words, scheme), scheme)
    outcomes = compare_entities(gold, predicted)
    tokens = sum(len(sentence.tokens) for sentence in sentences)
    surfaces = [sentence.scored_tokens for sentence in training]
    known = TrainingEntities(surfaces, [sentence.entities(scheme) for sentence in training])
    seen = seen_scores(known, words, gold, predicted)
    training_spans = [spans_from_tags(sentence.tags, scheme) for sentence in training]
    dictionary = DictionaryBaseline.fit([sentence.tokens for sentence in training], training_spans)
    looked_up = entity_scores(gold, [sentence.placed(dictionary.predict(sentence.tokens)) for sentence in sentences])
    return EvaluationReport(
        title=title,
        split=split,
        kind="entities",
        signature=f"seqeval {version('seqeval')}, strict, {scheme}",
        sentences=len(sentences),
        tokens=tokens,
        overall=scores.micro,
        interval=f1_interval(sentence_counts(gold, predicted)),
        macro=scores.macro,
        per_label=scores.per_label,
        breakdown=_seen_rows(seen) if training else {},
        errors=count_errors(outcomes),
        confusions=entity_confusions(outcomes, words),
        calibration=calibration,
        baseline=Baseline("dictionary of the training entities", looked_up.micro.f1) if training else None,
        tokens_per_second=ratio(tokens, seconds) or None,
    )


def tag_report(
    sentences: Sentences,
    predicted_tags: Tags,
    training: Sentences,
    *,
    title: str,
    split: str,
    calibration: Calibration | None = None,
    seconds: float = 0.0,
) -> EvaluationReport:
    """The report of a model that gives plain tags; the arguments are those of :func:`entity_report`."""
    words, gold = [sentence.tokens for sentence in sentences], [sentence.tags for sentence in sentences]
    scores = tag_scores(gold, predicted_tags)
    tokens = sum(map(len, words))
    breakdown: dict[str, Scores] = {}
    baseline = None
    if training:
        majority = MajorityTagBaseline.fit([s.tokens for s in training], [s.tags for s in training])
        known, unknown = known_word_scores(majority.tags, words, gold, predicted_tags)
        breakdown = {"words seen in training": known, "words not seen in training": unknown}
        accuracy = tag_scores(gold, [majority.predict(sentence) for sentence in words]).micro.f1
        baseline = Baseline("most frequent tag of each word", accuracy)
    return EvaluationReport(
        title=title,
        split=split,
        kind="tags",
        signature="token accuracy on gold tokens",
        sentences=len(sentences),
        tokens=tokens,
        overall=scores.micro,
        interval=ratio_interval(correct_counts(gold, predicted_tags)),
        macro=scores.macro,
        per_label=scores.per_label,
        breakdown=breakdown,
        confusions=tag_confusions(words, gold, predicted_tags),
        calibration=calibration,
        baseline=baseline,
        tokens_per_second=ratio(tokens, seconds) or None,
    )


def _seen_rows(seen: SeenScores) -> dict[str, Scores]:
    return {
        "entity seen in training (same words, same type)": seen.seen_entity,
        "entity not seen in training": seen.unseen_entity,
        "words seen as an entity of any type": seen.seen_surface,
        "words never seen as an entity": seen.unseen_surface,
    }


def _tags(spans: Sequence[Sequence[Span]], words: Tags, scheme: str) -> list[list[str]]:
    """The tags of entities in sentences of so many words."""
    return [tags_from_spans(entities, len(tokens), scheme) for entities, tokens in zip(spans, words, strict=True)]
