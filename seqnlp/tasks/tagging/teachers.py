"""What teachers say of a training split: the mean of their exact distributions over tag sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seqnlp.bundle import Bundle
from seqnlp.config.tagging import DataConfig, TaggingConfig
from seqnlp.config.teacher import TextTeacherConfig
from seqnlp.data.soft_tags import SoftTags
from seqnlp.data.sources import load_split
from seqnlp.tasks.tagging.data import labels_of
from seqnlp.tasks.tagging.model import tagger_from_saved
from seqnlp.tasks.tagging.saved import SavedTagger, read_tagger
from seqnlp.tasks.tagging.teacher_answers import Answers, sentences_to_learn
from seqnlp.tasks.teachers import kept_out, progress_of, refuse_other, refuse_other_labels, unlabelled
from seqnlp.text.partial_tags import UNKNOWN
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tokenize import tokenize


def soft_tags(
    config: TaggingConfig,
    teachers: Sequence[Bundle],
    sentences: Sequence[Sequence[str]],
    tags: Sequence[str],
    device: str,
    say: Callable[[str], None],
) -> SoftTags | None:
    """What the teachers say of sentences given as words, with the temperatures of their folders; None without teachers.

    Args:
        tags: of this run, in its order.

    Raises:
        RunError: a teacher has other tags.
    """
    if not teachers:
        return None
    saved = [read_tagger(bundle) for bundle in teachers]
    for one in saved:
        _refuse_other_tags(one, config.model.scheme, tags)
    lengths = np.array([len(words) for words in sentences], dtype=np.int64)  # (S,)
    starts = lengths.cumsum() - lengths  # (S,)
    marginals = np.zeros((int(lengths.sum()), len(tags)), dtype=np.float32)  # (W, K)
    moves = np.zeros((len(sentences), len(tags) + 1, len(tags) + 1), dtype=np.float32)  # (S, N, N)
    for number, one in enumerate(saved, start=1):
        predictor = tagger_from_saved(one, device).predictor()
        order = np.array([*map(one.tags.index, tags), len(tags)])  # (N,), the boundary stays last
        report = progress_of(number, len(saved), str(one.folder), len(sentences), "sentences", say)
        for batch in predictor.emit(sentences):
            crf, parts = predictor.network.crf, (batch.emissions, batch.mask, one.temperature)
            found, moved = crf.expectations(*parts)  # (B, T, K), (B, N, N)
            where = (starts[batch.sentences][:, None] + np.arange(batch.mask.shape[1]))[batch.mask]  # (R,)
            marginals[where] += found[batch.mask][:, order[:-1]] / len(saved)
            moves[batch.sentences] += moved[:, order[:, None], order] / len(saved)
            report(len(batch.sentences))
    return SoftTags(marginals, moves, np.full(len(sentences), config.teacher.weight, dtype=np.float32))


def unlabelled_sentences(
    data: DataConfig, teacher: TextTeacherConfig, dev: Sequence[TaggedSentence], say: Callable[[str], None]
) -> list[TaggedSentence]:
    """The lines of ``teacher.texts`` as sentences of which no tag is known, cut as raw text is once the model is used.

    The likelihood of what is known of them is 1 whatever the weights, so that only the teachers' share is learnt.
    """
    lines = unlabelled(teacher, lambda: _of_dev_and_test(data, dev), say)
    cut = [[token.text for token in tokenize(line, data.tokenizer)] for line in lines]
    return [TaggedSentence(tuple(words), (UNKNOWN,) * len(words), 0, partial=True) for words in cut if words]


def answered_sentences(
    config: TaggingConfig,
    answers: Answers,
    train: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    say: Callable[[str], None],
) -> list[TaggedSentence]:
    """The answered sentences that train lacks, of which no tag is known, and none that dev holds or a held-out test."""
    if not answers:
        return []
    own = [sentence.tokens for sentence in train]
    more, dropped = sentences_to_learn(answers, set(own), _of_dev_and_test(config.data, dev))
    left_out = f", {dropped:,} of dev or test left out" if dropped else ""
    known = f"{sum(tokens in answers for tokens in own):,} of {len(own):,} training sentences"
    say(f"teacher.answers: {known}, {len(more):,} sentences without tags{left_out}; {config.teacher.answers}")
    return [TaggedSentence(words, (UNKNOWN,) * len(words), 0, partial=True) for words in more]


def _of_dev_and_test(data: DataConfig, dev: Sequence[TaggedSentence]) -> set[str]:
    return kept_out(data, dev, load_split, lambda sentence: " ".join(sentence.tokens))


def _refuse_other_tags(teacher: SavedTagger, scheme: str, tags: Sequence[str]) -> None:
    advice = f"; give model.scheme={teacher.scheme}" if "none" not in (teacher.scheme, scheme) else ""
    refuse_other(teacher.folder, "the tag scheme", scheme, teacher.scheme, advice)
    refuse_other_labels(teacher.folder, labels_of(tags, scheme), labels_of(teacher.tags, scheme))
