"""Labelled documents to words, classes and targets."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.classification import ClassifierConfig, TokensConfig
from seqnlp.config.translation import SubwordConfig
from seqnlp.data.label_suspicions import label_suspicions, unseen_labels
from seqnlp.data.repeated_texts import contradictions, shared
from seqnlp.errors import DataError, counted
from seqnlp.metrics.last_words import LastWordsBaseline
from seqnlp.text.documents import Document
from seqnlp.text.garbled import garbled_note
from seqnlp.text.html_characters import html_character
from seqnlp.text.scripts import runs_of_words
from seqnlp.text.subwords import Subwords, train_subwords
from seqnlp.text.tokenize import tokenize

SUBWORD_FILE = "subwords.spm"

FEW_FOR_WORDS = 5_000
"""Training documents up to which training points to pretrained vectors; on seven sets of 400 to 3,000 these were worth
2.5 to 18 points over n-grams."""

_LOOKED_AT = 1000
"""Training documents that show how their words are written."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class TextEncoder:
    """Cuts texts into what the model reads: words, or subwords.

    Attributes:
        splitter: kind of the words; see ``text/tokenize.py``.
        subwords: stands in for words; None: words.
    """

    splitter: str
    subwords: Subwords | None = None

    def read(self, text: str) -> list[str]:
        """The words or subwords of a text, in order; none for a blank one."""
        if self.subwords is None:
            return [sys.intern(token.text) for token in tokenize(text, self.splitter)]
        return list(map(sys.intern, self.subwords.pieces(self.subwords.encode([text])[0])))

    def to_files(self) -> dict[str, bytes]:
        """What the model folder must hold beside its settings."""
        return {SUBWORD_FILE: self.subwords.to_bytes()} if self.subwords else {}


def learn_reader(texts: Sequence[str], config: TokensConfig, say: Say) -> TextEncoder:
    """The reader that the settings describe; subwords are learned from the training texts.

    Raises:
        DataError: no text has a word, or the texts have more different characters than there may be subwords.
    """
    if not any(text.strip() for text in texts):
        raise blank(len(texts))
    if config.kind == "words":
        return TextEncoder(config.splitter)
    settings = SubwordConfig(kind=config.kind, vocabulary_size=config.vocabulary_size)
    return TextEncoder(config.splitter, train_subwords([text for text in texts if text], settings, say))


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as the model reads it."""

    tokens: list[str]
    labels: tuple[str, ...]


def read_documents(documents: Sequence[Document], reader: TextEncoder) -> list[ReadDocument]:
    """Words and labels of each document."""
    return [ReadDocument(reader.read(document.text), document.labels) for document in documents]


def refuse_blank(documents: Sequence[ReadDocument]) -> None:
    """Stop where there is nothing to learn from.

    Raises:
        DataError: no training document has a word.
    """
    if not any(document.tokens for document in documents):
        raise blank(len(documents))


def blank(count: int) -> DataError:
    """The error for so many training texts without a word."""
    actual = f"{count:,} blank ones" if count != 1 else "a blank one"
    return DataError(f"expected training texts with words, found {actual}; is data.text_column right?")


def learn_labels(documents: Sequence[Document], multi_label: bool) -> list[str]:
    """The labels of the training split, sorted.

    Raises:
        DataError: there are fewer than two (of several a document: none), so that there is nothing to learn.
    """
    labels = sorted({label for document in documents for label in document.labels})
    if len(labels) < (1 if multi_label else 2):
        actual = f"only '{labels[0]}'" if labels else "none"
        hint = "is data.label_column right?" if labels else "are the labels in data.label_column?"
        raise DataError(f"expected a training split with at least two different labels, found {actual}; {hint}")
    return labels


class HasLabels(Protocol):
    """Whatever has labels."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Its labels."""


def targets_of(documents: Sequence[HasLabels], labels: Sequence[str]) -> NDArray[np.bool_]:
    """(B, K) which labels each document has; one that is not among ``labels`` is nowhere."""
    index = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(documents), len(labels)), dtype=bool)
    for row, document in enumerate(documents):
        for label in document.labels:
            if label in index:
                targets[row, index[label]] = True
    return targets


def last_words_score(train: Sequence[ReadDocument], documents: Sequence[ReadDocument]) -> dict[str, float]:
    """By its name the accuracy in percent of an n-gram model of the answer; nothing without documents."""
    if not documents:
        return {}
    model = LastWordsBaseline.fit([(document.tokens, document.labels[0]) for document in train])
    right = sum(model.predict(document.tokens) == document.labels[0] for document in documents)
    return {f"{model.order}-gram": 100 * right / len(documents)}


def report_suspicions(documents: Sequence[Document], dev: Sequence[Document], multi_label: bool, say: Say) -> None:
    """Say which labels and texts of the training split, and texts of dev, are probably slips."""
    counts = Counter(label for document in documents for label in document.labels)
    notes = label_suspicions(counts, multi_label)
    answers = [(document.text, frozenset(document.labels)) for document in documents]
    notes += contradictions(answers, "document", "another label")
    written = [(found, document.line) for document in documents if (found := html_character(document.text))]
    if written:
        example, line = written[0]
        count = f"{len(written):,} of {counted(len(documents), 'document')}"
        notes.append(f"{count} have characters written as in HTML, such as {example} (first on line {line:,})")
    if garbled := garbled_note((document.text for document in documents), "documents"):
        notes.append(garbled)
    for note in notes:
        say(f"train: {note}")
    for warning in shared((document.text for document in dev), (text for text, _ in answers), "dev"):
        say(warning)


def report_unseen_labels(documents: Sequence[Document], known: Sequence[str], split: str, say: Say) -> None:
    """Say which labels of a split the training split never shows; they are scored, as misses.

    Raises:
        DataError: the labels are texts, and the texts labels.
    """
    swapped = [one for one in documents if one.text in known and not set(one.labels).intersection(known)]
    if documents and 2 * len(swapped) > len(documents):
        found = f"found labels such as '{swapped[0].text}' as texts of {len(swapped):,} of {len(documents):,} documents"
        raise DataError(f"expected labels and texts in {split} as train has them, {found}; swap the two columns")
    unseen = Counter(label for document in documents for label in document.labels if label not in known)
    if note := unseen_labels(unseen, known, split):
        say(note)


def balanced_weights(targets: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(K,) weights with which every class counts alike, 1 on average over the documents; any where there are none."""
    counts = targets.sum(axis=0)
    weights: NDArray[np.float32] = (len(targets) / (len(counts) * np.maximum(counts, 1))).astype(np.float32)
    return weights


def say_runs_of_words(documents: Sequence[ReadDocument], say: Say) -> None:
    """Point to subwords where the texts have no spaces between words, so that runs of words are read as one."""
    looked_at = documents[:_LOOKED_AT]
    if run := runs_of_words(token for document in looked_at for token in document.tokens):
        why = f"have no spaces between words, and tokenizer.kind=words reads '{run[:20]}' as one"
        say(f"warning: the texts of train {why}: set tokenizer.kind=unigram")


def say_few(count: int, settings: ClassifierConfig, say: Say) -> None:
    """Point to pretrained vectors where words are learnt from few documents and none are read."""
    if count <= FEW_FOR_WORDS and not settings.reads_vectors:
        say(
            f"train: {count:,} documents are few to learn words from; vectors that know words already (model.vectors) "
            "are worth most here: `seqnlp vectors --help`"
        )


def say_long(lengths: NDArray[np.int64], window: int, long: str, split: str, say: Say) -> None:
    """Say how many documents are longer than a window, and what is done with them."""
    count = int((lengths > window).sum())
    if count:
        done = {
            "strided": "read in windows, whose scores are averaged",
            "hierarchical": "read in windows, over which a second recurrent layer runs",
            "truncated": f"cut: {int(np.maximum(lengths - window, 0).sum()):,} words beyond are not read",
        }
        what = f"{count:,} of {len(lengths):,} documents have more than {window} words"
        say(f"{split}: {what} (longest {int(lengths.max()):,}): {done[long]}")
