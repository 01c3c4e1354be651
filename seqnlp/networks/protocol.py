"""What a network is to those that predict with it: a few functions from arrays to arrays, whatever computes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import BoolArray, IntArray
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.data.lexicon import Lexicon
from seqnlp.decode.steps import Layout, State, StepResult

FloatArray = NDArray[np.floating[Any]]


class WordEmbedding(Protocol):
    """Vectors of word forms, which do not depend on the context."""

    @property
    def output_dim(self) -> int:
        """D."""

    def vectors(self, lexicon: Lexicon, forms: IntArray) -> FloatArray:
        """Vectors (U, D) of the given forms (U,) of a lexicon."""


class ContextVectors(Protocol):
    """Contextual embeddings of the words of whole sentences."""

    def read(self, sentences: Sequence[Sequence[str]]) -> FloatArray:
        """Vectors (N, C) of all words of sentences, one sentence after the other."""


class TaggerNetwork(Protocol):
    """Scores tags of words in their context."""

    @property
    def words(self) -> WordEmbedding:
        """The vectors that it reads."""

    @property
    def crf(self) -> LinearChainCRF:
        """What it says of sequences of tags."""

    @property
    def greedy(self) -> bool:
        """Whether tags are chosen one after the other (softmax) instead of together (CRF)."""

    def emissions(self, rows: FloatArray, lengths: IntArray, context: FloatArray | None = None) -> FloatArray:
        """Emissions (B, T, K), undefined at padding.

        Args:
            rows: (B, T, D) vectors of the words; anything finite at padding.
            lengths: (B,) words of each sentence, at least 1.
            context: (B, T, C) contextual embeddings, for a tagger that reads any.
        """


class TranslatorNetwork(Protocol):
    """One translator as the step function that searches know (see decode/steps.py)."""

    def start(self, source: IntArray, lengths: IntArray) -> State:
        """The state before the first step, one hypothesis a sentence, from sources (B, S) with END last."""

    def __call__(self, tokens: IntArray, layout: Layout, state: Any) -> StepResult:
        """Log probabilities (N, V) of what follows the last tokens (N,) of the live hypotheses."""

    def token_log_probs(
        self, source: IntArray, lengths: IntArray, outputs: IntArray, output_lengths: IntArray
    ) -> FloatArray:
        """Log probability (B, T) of each token of outputs (B, T), END last, after those before it; 0 at padding."""


class ClassifierNetwork(Protocol):
    """Vectors of windows, and scores of documents from those of their windows."""

    output_dim: int
    num_classes: int

    @property
    def words(self) -> WordEmbedding:
        """The vectors that it reads."""

    def exact(self) -> ClassifierNetwork:
        """The same in fp64."""

    def window_vectors(self, inputs: FloatArray, lengths: IntArray) -> FloatArray:
        """Vectors (P, H) of windows (P, T, D) with so many words (P,); 0 is allowed."""

    def scores(
        self, vectors: FloatArray, lengths: IntArray, owners: IntArray, places: IntArray, count: int
    ) -> FloatArray:
        """Scores (count, K) of documents from their windows' vectors (P, H).

        Args:
            lengths, owners, places: (P,) words of each window, its document, its number in the document.
        """


class DetectorNetwork(Protocol):
    """Rebuilds windows of a series, in fp64: an error does not depend on the windows beside it."""

    def errors(self, values: FloatArray, known: FloatArray, measured: BoolArray) -> FloatArray:
        """Mean squared error (B,) of the last rows of windows; NaN where none of their values was measured.

        Args:
            values: (B, W, C), in the scale of the training part.
            known: (B, W, F) what is known of rows without measuring.
            measured: (B, W, C) False where a value was missing.
        """


class ForecasterNetwork(Protocol):
    """Reads a series row by row, its state carried, and after each row says the next ones."""

    def start(self) -> Any:
        """The state before a series."""

    def read(self, rows: FloatArray, state: Any) -> tuple[FloatArray, Any]:
        """Forecasts (T, J, C), scaled, after each of some rows (T, D), and the state after the last."""


class LanguageModelNetwork(Protocol):
    """Reads tokens, its state carried, and says how probable each token is to come next."""

    def start(self, batch: int = 1) -> Any:
        """The state before B texts."""

    def select(self, state: Any, rows: IntArray) -> Any:
        """The state of some of its rows, in any order and number."""

    def read(self, tokens: IntArray, state: Any) -> tuple[FloatArray, Any]:
        """Outputs (B, H) after the last of tokens (B, T), and the state there."""

    def log_probs(self, outputs: FloatArray, top: int = 0) -> FloatArray:
        """Log probabilities (N, V) of the next token after outputs (N, H).

        Args:
            top: where above 0, tokens that cannot be among the ``top`` best ones of any row may read as minus infinity.
        """

    def losses(self, tokens: IntArray, targets: IntArray, state: Any) -> tuple[FloatArray, Any]:
        """Negative log probability (B, T) of each target after tokens (B, T), and the state after the last."""
