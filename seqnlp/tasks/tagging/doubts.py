"""Gold tags and entities that a tagger finds improbable, and entities that it finds where none is annotated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from seqnlp.bundle import load_bundle
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.tasks.doubts import Doubt
from seqnlp.tasks.tagging.network import saved_predictor
from seqnlp.tasks.tagging.prediction import SpanPrediction, TagPredictor
from seqnlp.tasks.tagging.saved import read_tagger
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span, spans_from_tags


def doubts(run: Path, config: TaggingConfig, split: str, say: Callable[[str], None]) -> list[Doubt]:
    """All annotations of a split, each with its exact probability."""
    saved = read_tagger(load_bundle(run))
    data = replace(config.data, tokenizer=saved.tokenizer, accept_cut_words=True)
    sentences, predictor = load_split(data, split, say), saved_predictor(saved)
    if data.scheme == "none":
        return list(_of_tags(sentences, predictor))
    return list(_of_entities(sentences, predictor, data.scheme))


def _of_tags(sentences: Sequence[TaggedSentence], predictor: TagPredictor) -> Iterator[Doubt]:
    number = {tag: place for place, tag in enumerate(predictor.tags)}
    tables = predictor.marginals([sentence.tokens for sentence in sentences])  # (T, K) each
    for sentence, table in zip(sentences, tables, strict=True):
        for place, gold in enumerate(sentence.tags):
            probability = float(table[place, number[gold]]) if gold in number else 0.0
            likeliest = predictor.tags[int(table[place].argmax())]
            word, context = sentence.tokens[place], " ".join(sentence.tokens)
            yield Doubt(sentence.line_of(place), probability, gold, likeliest, word, context)


def _of_entities(sentences: Sequence[TaggedSentence], predictor: TagPredictor, scheme: str) -> Iterator[Doubt]:
    words = [sentence.tokens for sentence in sentences]
    gold = [spans_from_tags(sentence.tags, scheme) for sentence in sentences]
    known = {tag[2:] for tag in predictor.tags}
    probabilities: list[dict[Span, float]] = [{} for _ in sentences]
    batches = list(predictor.emit(words))
    for batch in batches:
        asked = [(row, *span) for row, s in enumerate(batch.sentences) for span in gold[s] if span.label in known]
        if asked:
            result = predictor.span_probabilities(batch.emissions, batch.mask, asked)
            for (row, *span), probability in zip(asked, result, strict=True):
                probabilities[batch.sentences[row]][Span(*span)] = float(probability)
    answers = predictor.decode(batches, len(words))
    for sentence, spans, known_of, answer in zip(sentences, gold, probabilities, answers, strict=True):
        yield from _of_sentence(sentence, {span: known_of.get(span, 0.0) for span in spans}, answer.spans)


def _of_sentence(
    sentence: TaggedSentence, gold: Mapping[Span, float], answers: Sequence[SpanPrediction]
) -> Iterator[Doubt]:
    """Of every gold entity with its probability, and of every place where only the model sees one."""
    context = " ".join(sentence.tokens)
    for span, probability in gold.items():
        beside = [one for one in answers if one.start < span.end and span.start < one.end]
        predicted = ", ".join(
            one.label if (one.start, one.end) == (span.start, span.end) else f"{_text(sentence, one)} {one.label}"
            for one in beside
        )
        line = sentence.line_of(span.start)
        yield Doubt(line, probability, span.label, predicted, _text(sentence, span), context)
    for one in answers:
        if not any(one.start < span.end and span.start < one.end for span in gold):
            line = sentence.line_of(one.start)
            yield Doubt(line, 1 - one.probability, "", one.label, _text(sentence, one), context)


def _text(sentence: TaggedSentence, span: Span | SpanPrediction) -> str:
    return " ".join(sentence.tokens[span.start : span.end])
