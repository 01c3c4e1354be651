"""Torch modules as networks from arrays to arrays: for scores on dev while training, for a GPU, for bf16."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.cpus import check_parallel
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.data.collate import word_rows
from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.errors import SeqnlpError
from seqnlp.models.classifier import RecurrentClassifier
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.networks.protocol import FloatArray
from seqnlp.nn.embed import WordEmbedder


def use_threads(count: int) -> None:
    """Let torch compute with so many threads, in the whole process; 0 leaves it to torch.

    Raises:
        SeqnlpError: a negative number, or far more than there are CPUs.
    """
    if count:
        torch.set_num_threads(check_parallel(count, "threads", least=0))


def torch_device(name: str) -> torch.device:
    """The device ``cpu``, ``cuda`` or ``cuda:N``.

    Raises:
        SeqnlpError: there is no such device here.
    """
    try:
        device = torch.device(name)
    except RuntimeError:
        raise SeqnlpError(f"expected a device of torch: cpu, cuda or cuda:N; found '{name}'") from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise SeqnlpError(f"the device '{name}' is not there; this machine has {torch.cuda.device_count()} GPUs")
    return device


class TorchWords:
    """Vectors of word forms by the module that training uses; see :class:`~seqnlp.networks.protocol.WordEmbedding`."""

    def __init__(self, embedder: WordEmbedder, device: torch.device | None = None) -> None:
        self._embedder, self._device = embedder, device or torch.device("cpu")

    @property
    def output_dim(self) -> int:
        """D."""
        return self._embedder.output_dim

    @torch.inference_mode()
    def vectors(self, lexicon: Lexicon, forms: IntArray) -> FloatArray:
        """Vectors (U, D) of the given forms (U,) of a lexicon."""
        result: FloatArray = self._embedder(word_rows(lexicon, forms).to(self._device)).numpy(force=True)
        return result


def word_inputs(embedder: WordEmbedder, features: WordFeatures, words: Sequence[str]) -> Tensor:
    """The vectors (T, D) of words by themselves."""
    lexicon = Lexicon(features)
    return torch.from_numpy(TorchWords(embedder).vectors(lexicon, np.array(lexicon.indices(words))))


class TorchTagger:
    """The module that training uses; see :class:`~seqnlp.networks.protocol.TaggerNetwork`."""

    def __init__(self, model: RecurrentTagger) -> None:
        self.model = model
        self.words = TorchWords(model.embedder, model.device)
        self.greedy = model.output == "softmax"

    @property
    def crf(self) -> LinearChainCRF:
        """With the weights of now."""
        return self.model.crf.inference

    @torch.inference_mode()
    def emissions(self, rows: FloatArray, lengths: IntArray, context: FloatArray | None = None) -> FloatArray:
        """Emissions (B, T, K)."""
        device = self.model.device
        index = torch.arange(rows.shape[0] * rows.shape[1], device=device).view(rows.shape[:2])  # (B, T)
        flat = torch.from_numpy(rows.reshape(-1, rows.shape[2])).to(device)  # (B * T, D)
        more = None if context is None else torch.from_numpy(context).to(device)  # (B, T, C)
        result: FloatArray = self.model.emissions(flat, index, torch.from_numpy(lengths).to(device), more).numpy(
            force=True
        )
        return result


class TorchClassifier:
    """The module that training uses; see :class:`~seqnlp.networks.protocol.ClassifierNetwork`."""

    def __init__(self, model: RecurrentClassifier) -> None:
        self.model = model
        self.words = TorchWords(model.embedder, model.device)
        self.output_dim, self.num_classes = model.encoder.output_dim, model.project.out_features

    def exact(self) -> TorchClassifier:
        """A copy in fp64; where words are no more than looked up, it shares their vectors."""
        embedder = self.model.embedder
        model = copy.deepcopy(self.model, {id(embedder): embedder})  # the copy has the same embedder
        for name, part in model.named_children():
            if name != "embedder":
                part.double()
        if embedder.characters is not None:
            model.embedder = copy.deepcopy(embedder).double()
        exact = TorchClassifier(model)
        exact.words = self.words if embedder.characters is None else exact.words
        return exact

    @torch.inference_mode()
    def window_vectors(self, inputs: FloatArray, lengths: IntArray) -> FloatArray:
        """Vectors (P, H) of windows (P, T, D) with so many words (P,); 0 is allowed."""
        model = self.model
        given = torch.from_numpy(inputs).to(model.device, model.project.weight.dtype)
        result: FloatArray = model.encoder(given, torch.from_numpy(lengths).to(model.device)).numpy(force=True)
        return result

    @torch.inference_mode()
    def scores(
        self, vectors: FloatArray, lengths: IntArray, owners: IntArray, places: IntArray, count: int
    ) -> FloatArray:
        """Scores (count, K) of documents from their windows' vectors (P, H)."""
        device = self.model.device
        parts = [torch.from_numpy(part).to(device) for part in (vectors, lengths, owners, places)]
        result: FloatArray = self.model.scores(parts[0], parts[1], parts[2], parts[3], count).numpy(force=True)
        return result


class TensorSource(Protocol):
    """What knows the contextual embeddings of sentences as tensors: the character models themselves, or a store."""

    def read(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """Vectors (N, C) of all words of sentences, one sentence after the other."""


class TorchContext:
    """Contextual embeddings as arrays; see :class:`~seqnlp.networks.protocol.ContextVectors`."""

    def __init__(self, source: TensorSource) -> None:
        self._source = source

    def read(self, sentences: Sequence[Sequence[str]]) -> FloatArray:
        """Vectors (N, C) of all words of sentences, one sentence after the other."""
        return np.asarray(self._source.read(sentences).numpy(force=True))
