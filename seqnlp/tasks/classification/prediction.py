"""A trained classifier at work: words in, scores and probabilities out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.classification import ClassifierConfig
from seqnlp.data.batches import plan_in_order
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.lexicon import WordFeatures, normalized
from seqnlp.data.windows import Windows, cut_windows, window_items
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.networks.protocol import ClassifierNetwork
from seqnlp.networks.protocol import FloatArray as Floats
from seqnlp.tasks.classification.saved import Decision
from seqnlp.tasks.word_vectors import WordVectors

BATCH_WINDOWS = 128
BATCH_TOKENS = 8192


class DocumentPredictor:
    """Scores documents; windows of similar length are read together, and the answers come in the documents' order.

    Memory is bounded by the words given, not by the longest document times the batch: a document's windows are read
    in several batches.
    """

    def __init__(
        self, network: ClassifierNetwork, features: WordFeatures, settings: ClassifierConfig, bag: BagOfNgrams | None
    ) -> None:
        self.network, self.features, self.settings, self.bag = network, features, settings, bag
        self.vectors = WordVectors(network.words, features)

    def in_fp64(self) -> DocumentPredictor:
        """A copy that computes in fp64; where words' vectors do not depend on a batch, it shares them."""
        exact = copy.copy(self)
        exact.network = self.network.exact()
        if exact.network.words is not self.network.words:
            exact.vectors = WordVectors(exact.network.words, self.features)
        return exact

    def cut(self, lengths: NDArray[np.int64]) -> Windows:
        """The windows of documents with so many words."""
        settings = self.settings
        return cut_windows(lengths, settings.window, settings.overlap, settings.long == "truncated")

    def network_scores(self, documents: Sequence[Sequence[str]]) -> FloatArray:
        """(B, K) what the network says of documents given as words; one without words has scores, too."""
        network = self.network
        if not documents:
            return np.zeros((0, network.num_classes))
        forms, rows = self.vectors.look_up(documents)
        flat = FlatSequences.of(forms)
        windows = self.cut(flat.lengths)
        vectors = self._window_vectors(flat, rows, windows)  # (P, H)
        counts = np.bincount(windows.owners, minlength=len(documents))  # (B,)
        scores = np.zeros((len(documents), network.num_classes))  # (B, K)
        for batch in plan_in_order(counts, BATCH_WINDOWS, BATCH_TOKENS):
            scores[batch] = self._document_scores(vectors, windows, batch, counts)
        return scores

    def ngram_scores(self, documents: Sequence[Sequence[str]]) -> FloatArray | None:
        """(B, K) what the n-grams say; None if the model has none."""
        if self.bag is None:
            return None
        forms = {word: self._bag_form(word) for word in set(chain.from_iterable(documents))}  # each but once
        return self.bag.scores([[forms[word] for word in words] for words in documents])

    def bag_words(self, words: Sequence[str]) -> list[str]:
        """The words as n-grams are made of them."""
        return [self._bag_form(word) for word in words]

    def _bag_form(self, word: str) -> str:
        return normalized(self.features.form_of(word), self.settings.lowercase)

    def _window_vectors(self, flat: FlatSequences, rows: Floats, windows: Windows) -> Floats:
        """(P, H) of all windows, from the vectors of word forms (forms, D)."""
        rows = rows if len(rows) else np.zeros((1, rows.shape[1]), rows.dtype)
        parts: list[tuple[IntArray, Floats]] = []
        for batch in plan_in_order(windows.lengths, BATCH_WINDOWS, BATCH_TOKENS):
            where, mask = window_items(flat, _some(windows, batch))
            index = np.zeros(mask.shape, dtype=np.int64)  # (p, T)
            index[mask] = flat.items[where]
            parts.append((batch, self.network.window_vectors(rows[index], windows.lengths[batch])))
        vectors = np.zeros((len(windows.owners), self.network.output_dim), parts[0][1].dtype)  # (P, H)
        for batch, result in parts:
            vectors[batch] = result
        return vectors

    def _document_scores(self, vectors: Floats, windows: Windows, batch: IntArray, counts: IntArray) -> Floats:
        """(b, K) scores of some documents from the vectors of all windows."""
        first = np.cumsum(counts) - counts  # (B,)
        rows = np.concatenate([np.arange(first[d], first[d] + counts[d]) for d in batch])  # (p,)
        owners = np.repeat(np.arange(len(batch)), counts[batch])  # (p,)
        places = windows.lengths[rows], owners, windows.places[rows]
        return self.network.scores(vectors[rows], *places, len(batch))


def decide(network: FloatArray, ngrams: FloatArray | None, decision: Decision) -> FloatArray:
    """(B, K) calibrated scores: those of the network and of the n-grams, each with its weight."""
    scores: FloatArray = network / decision.temperature
    return scores if ngrams is None else scores + decision.ngram_weight * ngrams


def probabilities(scores: FloatArray, multi_label: bool) -> FloatArray:
    """(B, K) probabilities: of one class among all, or of each label by itself."""
    if multi_label:
        sure: FloatArray = np.exp(-np.logaddexp(0, -scores))
        return sure
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def predicted(scores: FloatArray, multi_label: bool) -> NDArray[np.bool_]:
    """(B, K) which labels are given: those more probable than not, or the most probable class alone."""
    if multi_label:
        return scores > 0
    chosen: NDArray[np.bool_] = np.arange(scores.shape[1]) == scores.argmax(axis=1)[:, None]
    return chosen


def label_names(chosen: NDArray[np.bool_], labels: Sequence[str]) -> list[list[str]]:
    """The labels that each row of (B, K) marks."""
    return [[labels[number] for number in np.flatnonzero(row).tolist()] for row in chosen]


def _some(windows: Windows, rows: NDArray[np.int64]) -> Windows:
    return Windows(windows.owners[rows], windows.starts[rows], windows.lengths[rows], windows.places[rows])
