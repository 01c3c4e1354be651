"""A trained classifier at work: words in, scores and probabilities out."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.config import ClassifierConfig
from seqnlp.data.batches import plan_in_order
from seqnlp.data.document_batches import Windows, cut_windows, window_items
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.lexicon import WordFeatures, normalized
from seqnlp.models.as_network import TorchWords
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.models.classifier import RecurrentClassifier
from seqnlp.tasks.classification.model import Decision, LoadedClassifier
from seqnlp.tasks.word_vectors import WordVectors

BATCH_WINDOWS = 128
BATCH_TOKENS = 8192

FloatArray = NDArray[np.float64]


class DocumentPredictor:
    """Scores documents; windows of similar length are read together, and the answers come in the documents' order.

    Memory is bounded by the words given, not by the longest document times the batch: a document's windows are read
    in several batches.
    """

    def __init__(
        self, model: RecurrentClassifier, features: WordFeatures, settings: ClassifierConfig, bag: BagOfNgrams | None
    ) -> None:
        self.model, self.features, self.settings, self.bag = model, features, settings, bag
        self.vectors = WordVectors(TorchWords(model.embedder, model.device), features)

    @classmethod
    def of(cls, loaded: LoadedClassifier) -> DocumentPredictor:
        """The predictor of a saved model."""
        return cls(loaded.model, loaded.features, loaded.settings, loaded.bag)

    def in_fp64(self) -> DocumentPredictor:
        """A copy that computes in fp64; where words are no more than looked up, it shares their vectors."""
        embedder, exact = self.model.embedder, copy.copy(self)
        exact.model = copy.deepcopy(self.model, {id(embedder): embedder})  # the copy has the same embedder
        for name, part in exact.model.named_children():
            if name != "embedder":
                part.double()
        if embedder.characters is not None:
            exact.model.embedder = copy.deepcopy(embedder).double()
            exact.vectors = WordVectors(TorchWords(exact.model.embedder, self.model.device), self.features)
        return exact

    def cut(self, lengths: NDArray[np.int64]) -> Windows:
        """The windows of documents with so many words."""
        settings = self.settings
        return cut_windows(lengths, settings.window, settings.overlap, settings.long == "truncated")

    def network_scores(self, documents: Sequence[Sequence[str]]) -> FloatArray:
        """(B, K) what the network says of documents given as words; one without words has scores, too."""
        if not documents:
            return np.zeros((0, self.model.project.out_features))
        forms, rows = self.vectors.look_up(documents)
        flat = FlatSequences.of(forms)
        windows = self.cut(flat.lengths)
        with torch.inference_mode():
            vectors = self._window_vectors(flat, torch.from_numpy(rows).to(self.model.device), windows)  # (P, H)
            counts = np.bincount(windows.owners, minlength=len(documents))  # (B,)
            scores = torch.zeros(len(documents), self.model.project.out_features)  # (B, K)
            for batch in plan_in_order(counts, BATCH_WINDOWS, BATCH_TOKENS):
                scores[batch] = self._document_scores(vectors, windows, batch, counts).cpu()
        return scores.double().numpy()

    def ngram_scores(self, documents: Sequence[Sequence[str]]) -> FloatArray | None:
        """(B, K) what the n-grams say; None if the model has none."""
        return None if self.bag is None else self.bag.scores([self.bag_words(words) for words in documents])

    def bag_words(self, words: Sequence[str]) -> list[str]:
        """The words as n-grams are made of them."""
        return [normalized(word, self.settings.lowercase) for word in words]

    def _window_vectors(self, flat: FlatSequences, rows: Tensor, windows: Windows) -> Tensor:
        """(P, H) of all windows, from the vectors of word forms (forms, D)."""
        model = self.model
        kind = model.project.weight.dtype
        vectors = torch.zeros(len(windows.owners), model.encoder.output_dim, dtype=kind, device=model.device)  # (P, H)
        for batch in plan_in_order(windows.lengths, BATCH_WINDOWS, BATCH_TOKENS):
            where, mask = window_items(flat, _some(windows, batch))
            index = torch.zeros(mask.shape, dtype=torch.int64)  # (p, T)
            index[torch.from_numpy(mask)] = torch.from_numpy(flat.items[where].astype(np.int64))
            lengths = torch.from_numpy(windows.lengths[batch])  # (p,)
            found = model.window_vectors(rows, index.to(model.device), lengths.to(model.device))
            vectors[torch.from_numpy(batch)] = found.to(vectors.dtype)
        return vectors

    def _document_scores(
        self, vectors: Tensor, windows: Windows, batch: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> Tensor:
        """(b, K) scores of some documents from the vectors of all windows."""
        first = np.cumsum(counts) - counts  # (B,)
        rows = np.concatenate([np.arange(first[d], first[d] + counts[d]) for d in batch])  # (p,)
        owners = np.repeat(np.arange(len(batch)), counts[batch])  # (p,)
        chosen = torch.from_numpy(rows).to(vectors.device)
        lengths, places = (
            torch.from_numpy(part[rows]).to(vectors.device) for part in (windows.lengths, windows.places)
        )
        grouped = torch.from_numpy(owners).to(vectors.device)
        return self.model.scores(vectors[chosen], lengths, grouped, places, len(batch))


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
