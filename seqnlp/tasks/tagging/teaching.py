"""``seqnlp teach`` for taggers: an encoder learns tagged sentences and says what it thinks of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.arrays import FloatArray
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.metrics.entities import entity_scores
from seqnlp.tasks.fine_tuning import FineTuning, Say
from seqnlp.tasks.tagging.data import learn_tags, model_tags
from seqnlp.tasks.tagging.fine_tuning import NOT_KNOWN, FineTunedTagger
from seqnlp.tasks.tagging.legal_sequences import LegalSequences
from seqnlp.tasks.tagging.teacher_answers import rows_of_sentences
from seqnlp.tasks.tagging.tokenizer_choice import choose_tokenizer
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import spans_from_tags
from seqnlp.text.tokenize import tokenize


def taught_rows(
    config: TaggingConfig, encoder: Path, options: FineTuning, lines: Sequence[str], say: Say
) -> tuple[int, Iterator[dict[str, Any]]]:
    """Fine-tune, score on dev, and answer each sentence of train once, then each of some lines: how many, and rows.

    Args:
        lines: of raw text, cut into words as the tagger will cut them.

    Raises:
        DataError: a file cannot be read, or the encoder.
        TrainingError: the loss is not a number any more.
    """
    data = replace(config.data, tokenizer=choose_tokenizer(config.data, say))
    train, dev = load_split(data, "train", say), load_split(data, "dev", say)
    if data.train_on_dev:
        train, dev = [*train, *dev], []
    tags, scheme = learn_tags(train, data, config.model), config.model.scheme
    teacher = FineTunedTagger(encoder, len(tags), options, config.seed, config.trainer)
    say(f"{len(train):,} sentences with {len(tags)} tags are learnt by {encoder}; {teacher.where}")
    index, gold = {tag: number for number, tag in enumerate(tags)}, model_tags(train, data, config.model)
    numbers = [[index.get(tag, NOT_KNOWN) for tag in sentence] for sentence in gold]
    teacher.learn([sentence.tokens for sentence in train], numbers, say)
    if dev:
        say(f"dev: {_score(dev, teacher.answers([one.tokens for one in dev]), tags, data.scheme, scheme)}")
    cut = (tuple(token.text for token in tokenize(line, data.tokenizer)) for line in lines)
    sentences = list(dict.fromkeys([*(sentence.tokens for sentence in train), *filter(None, cut)]))
    say(f"{len(sentences):,} sentences are answered ...")
    return len(sentences), rows_of_sentences(sentences, teacher.answers(sentences, say), tags)


def _score(
    dev: Sequence[TaggedSentence], said: Sequence[FloatArray], tags: Sequence[str], gold_scheme: str, scheme: str
) -> str:
    """How good the likeliest legal tags are."""
    best = LegalSequences(tags, scheme).best(said)
    if scheme == "none":
        right = [a == b for one, found in zip(dev, best, strict=True) for a, b in zip(one.tags, found, strict=True)]
        return f"accuracy {100 * sum(right) / len(right):.2f}"
    placed = [one.placed(spans_from_tags(found, scheme)) for one, found in zip(dev, best, strict=True)]
    scores = entity_scores([one.entities(gold_scheme) for one in dev], placed).micro
    return f"F1 {100 * scores.f1:.2f}, precision {100 * scores.precision:.2f}, recall {100 * scores.recall:.2f}"
