"""Which words an answer rests on: integrated gradients, or the weights of the attention."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.arrays import FloatArray
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.windows import Windows, window_items
from seqnlp.models.as_network import TorchClassifier
from seqnlp.models.classifier import RecurrentClassifier, window_weights
from seqnlp.tasks.classification.prediction import DocumentPredictor
from seqnlp.tasks.classification.saved import Decision

NUM_SEGMENTS = 8
"""Equal parts of the path to begin with."""

POINTS = 8
"""Points of each part; those of a Gauss-Legendre quadrature, exact for polynomials of twice the degree."""

TOLERANCE, MIN_SEGMENT = 0.002, 2**-12
"""A part whose contributions miss its change of log-odds by more is halved, until it is this short.

The log-odds can all but jump somewhere on the path, where a recurrent network flips from one state to another.
"""

MAX_PARTS = 64
"""Parts that are computed at most, halved ones among them: the work grows with the text, not with how it jumps."""

Part = tuple[FloatArray, float]
"""Contributions (T,) of a part of the path, and by how much the log-odds change over it."""

TOKENS_AT_ONCE = 16_384


@dataclass(frozen=True)
class Gradients:
    """What each of T words adds to the log-odds of a label.

    Attributes:
        contributions: (T,); 0 for words that were not read.
        log_odds: of the label for the text.
        empty_log_odds: of the label where every word's vector is zero and there is no n-gram.
    """

    contributions: FloatArray
    log_odds: float
    empty_log_odds: float

    @property
    def gap(self) -> float:
        """What the contributions miss of the difference that they should sum up to: the error of the integral."""
        return self.log_odds - self.empty_log_odds - float(self.contributions.sum())


def integrated_gradients(
    predictor: DocumentPredictor, words: Sequence[str], label: int, decision: Decision, multi_label: bool
) -> Gradients:
    """Integrated gradients (Sundararajan et al. 2017, equation 1) of the log-odds of a label.

    The path goes straight from vectors of zero to the words' vectors, and from no n-gram to all. Its integral is
    computed part by part; what a part must sum up to is known (completeness), so that a part that needs more points
    shows itself. Work is bounded (:data:`MAX_PARTS`), so the sum may miss something in long texts, whose states jump
    again and again: ``gap`` says how much. An n-gram's share of the contribution is divided among its words.
    """
    path = _Path(predictor, words, decision, label, multi_label)
    contributions = integrated(path.integral) if words else np.zeros(0)
    begin, end = path.log_odds(torch.tensor([0.0, 1.0]))[0].tolist()
    return Gradients(contributions, end, begin)


def integrated(integral: Callable[[float, float], Part]) -> FloatArray:
    """Contributions (T,) over the whole path from those of its parts; the part that misses most is halved first."""
    parts: list[tuple[float, float, float, FloatArray]] = []  # a heap: what is missed (negative), start, end, found

    def add(start: float, end: float) -> None:
        shares, change = integral(start, end)
        missed = abs(change - float(shares.sum())) if end - start > MIN_SEGMENT else 0.0
        heapq.heappush(parts, (-missed, start, end, shares))

    for start, end in pairwise(np.linspace(0, 1, NUM_SEGMENTS + 1).tolist()):
        add(start, end)
    for _ in range((MAX_PARTS - NUM_SEGMENTS) // 2):
        if -parts[0][0] <= TOLERANCE:
            break
        _, start, end, _ = heapq.heappop(parts)
        add(start, (start + end) / 2)
        add((start + end) / 2, end)
    total: FloatArray = np.sum([shares for *_, shares in parts], axis=0)
    return total


class _Path:
    """A document between nothing and itself."""

    def __init__(
        self, predictor: DocumentPredictor, words: Sequence[str], decision: Decision, label: int, multi_label: bool
    ) -> None:
        self.model, self.decision, self.label, self.multi_label = module_of(predictor), decision, label, multi_label
        forms, rows = predictor.vectors.look_up([words])
        flat = FlatSequences.of(forms)
        self.windows: Windows = predictor.cut(flat.lengths)
        where, mask = window_items(flat, self.windows)  # (N,), (P, T)
        self.where, self.mask = torch.from_numpy(where), torch.from_numpy(mask)
        inputs = torch.zeros(*mask.shape, rows.shape[1], device=self.model.device)  # (P, T, D)
        inputs[self.mask] = torch.from_numpy(rows[flat.items[where]]).to(inputs)
        self.inputs = inputs
        num_labels = self.model.project.out_features
        bias, shares = np.zeros(num_labels), np.zeros((len(words), num_labels))
        if predictor.bag is not None:
            bias, shares = predictor.bag.bias, predictor.bag.word_scores(predictor.bag_words(words))
        self.bias, self.shares = torch.from_numpy(bias), torch.from_numpy(shares)  # (K,), (T, K)

    def integral(self, start: float, end: float) -> Part:
        """The part of the path from one point to another, both from 0 to 1."""
        places, weights = np.polynomial.legendre.leggauss(POINTS)  # on (-1, 1)
        inner = start + (end - start) * (places + 1) / 2
        alphas = torch.from_numpy(np.array([start, *inner, end])).float()  # (A,)
        sizes = torch.from_numpy(np.array([0, *weights, 0]) * (end - start) / 2)  # (A,)
        at_once = max(1, TOKENS_AT_ONCE // max(len(self.shares), 1))
        firsts = range(0, len(alphas), at_once)
        parts = [self._part(alphas[n : n + at_once], sizes[n : n + at_once]) for n in firsts]
        odds = np.concatenate([odds for _, odds in parts])
        return np.sum([shares for shares, _ in parts], axis=0), float(odds[-1] - odds[0])

    def log_odds(self, alphas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-odds (A,) at points of the path, the scaled word vectors (A, P, T, D) and scores (A, K) they are of."""
        scaled = alphas.to(self.inputs)[:, None, None, None] * self.inputs  # (A, P, T, D)
        scaled = scaled.detach().requires_grad_(torch.is_grad_enabled())
        count, windows = len(alphas), len(self.windows.owners)
        lengths = torch.from_numpy(self.windows.lengths).repeat(count).to(scaled.device)  # (A * P,)
        vectors = self.model.encoder(scaled.flatten(0, 1), lengths)  # (A * P, H)
        owners = torch.arange(count, device=scaled.device).repeat_interleave(windows)  # (A * P,)
        places = torch.from_numpy(self.windows.places).repeat(count).to(scaled.device)
        network = self.model.scores(vectors, lengths, owners, places, count).double().cpu()  # (A, K)
        ngrams = self.bias + alphas.double()[:, None] * self.shares.sum(dim=0)  # (A, K)
        scores = network / self.decision.temperature + self.decision.ngram_weight * ngrams  # (A, K)
        if self.multi_label:
            return scores[:, self.label], scaled, scores
        others = torch.arange(scores.size(1)) != self.label  # (K,)
        return scores[:, self.label] - scores[:, others].logsumexp(dim=1), scaled, scores

    def _part(self, alphas: Tensor, weights: Tensor) -> tuple[FloatArray, FloatArray]:
        """Contributions (T,) of some points with their weights (A,), and the log-odds (A,) there."""
        with torch.enable_grad():
            odds, scaled, scores = self.log_odds(alphas)
            by_input, by_score = torch.autograd.grad((weights * odds).sum(), (scaled, scores))
        shares = (by_input * self.inputs).sum(dim=(0, 3))[self.mask].double().cpu()  # (N,)
        by_word = torch.zeros(len(self.shares), dtype=torch.float64).index_add(0, self.where, shares)  # (T,)
        by_word += self.decision.ngram_weight * self.shares @ by_score.sum(dim=0)
        return by_word.numpy(), odds.detach().numpy()


def module_of(predictor: DocumentPredictor) -> RecurrentClassifier:
    """The module of torch that a predictor computes with."""
    network = predictor.network
    assert isinstance(network, TorchClassifier)
    return network.model


def attended(predictor: DocumentPredictor, words: Sequence[str]) -> NDArray[np.float64]:
    """The part (T,) of each word in the attention of the network, which sums up to 1.

    A step after a convolution stands for several words, which share it; a window counts as it does for the document:
    by its words, or by the attention over windows.
    """
    if not words:
        return np.zeros(0)
    path = _Path(predictor, words, Decision(), 0, module_of(predictor).multi_label)
    model, windows = module_of(predictor), path.windows
    lengths = torch.from_numpy(windows.lengths).to(model.device)  # (P,)
    with torch.inference_mode():
        outputs, shorter = model.encoder.outputs(path.inputs, lengths)  # (P, T', H)
        steps = model.encoder.pooling.weights(outputs, shorter)  # (P, T')
        pool = model.encoder.convolution.pool if model.encoder.convolution is not None else 1
        counts = (lengths[:, None] - pool * torch.arange(steps.size(1), device=model.device)).clamp(1, pool)  # (P, T')
        spread = (steps / counts).repeat_interleave(pool, dim=1)[:, : path.mask.shape[1]]  # (P, T)
        if model.over_windows is None:
            importance = window_weights(lengths, torch.zeros_like(lengths), 1)  # (P,)
        else:
            vectors = model.encoder(path.inputs, lengths)[None]  # (1, P, H)
            upper, count = model.over_windows.outputs(vectors, lengths.new_tensor([len(lengths)]))
            importance = model.over_windows.pooling.weights(upper, count)[0]  # (P,)
        shares = (spread * importance[:, None])[path.mask].double().cpu()
    return torch.zeros(len(words), dtype=torch.float64).index_add(0, path.where, shares).numpy()
