"""Which words an answer rests on: integrated gradients, or the weights of the attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.data.document_batches import Windows, window_items
from seqnlp.data.pair_batches import FlatSequences
from seqnlp.models.classifier import window_weights
from seqnlp.tasks.classification_model import Decision
from seqnlp.tasks.classification_prediction import DocumentPredictor, FloatArray

POINTS = 64
"""Points of the path; those of a Gauss-Legendre quadrature, exact for polynomials of twice the degree."""

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
        """What the contributions miss of the difference that they should sum up to."""
        return self.log_odds - self.empty_log_odds - float(self.contributions.sum())


def integrated_gradients(
    predictor: DocumentPredictor,
    words: Sequence[str],
    label: int,
    decision: Decision,
    multi_label: bool,
    points: int = POINTS,
) -> Gradients:
    """Integrated gradients (Sundararajan et al. 2017, equation 1) of the log-odds of a label.

    The path goes straight from vectors of zero to the words' vectors, and from no n-gram to all. An n-gram's share of
    the contribution is divided among its words.
    """
    places, weights = np.polynomial.legendre.leggauss(points)  # on (-1, 1)
    path = _Path(predictor, words, decision)
    contributions = np.zeros(len(words))
    at_once = max(1, TOKENS_AT_ONCE // max(len(words), 1))
    for first in range(0, points if len(words) else 0, at_once):
        chosen = slice(first, first + at_once)
        alphas = torch.from_numpy((places[chosen] + 1) / 2).float()  # (A,)
        contributions += path.contributions(alphas, torch.from_numpy(weights[chosen] / 2), label, multi_label)
    begin, end = _log_odds(path.scores(torch.tensor([0.0, 1.0]))[0], label, multi_label).tolist()
    return Gradients(contributions, end, begin)


class _Path:
    """A document between nothing and itself."""

    def __init__(self, predictor: DocumentPredictor, words: Sequence[str], decision: Decision) -> None:
        self.model, self.decision = predictor.model, decision
        flat = FlatSequences.of(predictor.vectors.indices([words]))
        self.windows: Windows = predictor.cut(flat.lengths)
        where, mask = window_items(flat, self.windows)  # (N,), (P, T)
        self.where, self.mask = torch.from_numpy(where), torch.from_numpy(mask)
        inputs = torch.zeros(*mask.shape, predictor.vectors.rows.size(1), device=self.model.device)  # (P, T, D)
        inputs[self.mask] = predictor.vectors.rows[torch.from_numpy(flat.items[where].astype(np.int64))].clone()
        self.inputs = inputs
        num_labels = self.model.project.out_features
        bias, shares = np.zeros(num_labels), np.zeros((len(words), num_labels))
        if predictor.bag is not None:
            bias, shares = predictor.bag.bias, predictor.bag.word_scores(predictor.bag_words(words))
        self.bias, self.shares = torch.from_numpy(bias), torch.from_numpy(shares)  # (K,), (T, K)

    def scores(self, alphas: Tensor) -> tuple[Tensor, Tensor]:
        """Calibrated scores (A, K) at points of the path, and the scaled word vectors (A, P, T, D) they come from."""
        scaled = alphas.to(self.inputs)[:, None, None, None] * self.inputs  # (A, P, T, D)
        scaled = scaled.detach().requires_grad_()
        count, windows = len(alphas), len(self.windows.owners)
        lengths = torch.from_numpy(self.windows.lengths).repeat(count).to(scaled.device)  # (A * P,)
        vectors = self.model.encoder(scaled.flatten(0, 1), lengths)  # (A * P, H)
        owners = torch.arange(count, device=scaled.device).repeat_interleave(windows)  # (A * P,)
        places = torch.from_numpy(self.windows.places).repeat(count).to(scaled.device)
        network = self.model.scores(vectors, lengths, owners, places, count).double().cpu()  # (A, K)
        ngrams = self.bias + alphas.double()[:, None] * self.shares.sum(dim=0)  # (A, K)
        return network / self.decision.temperature + self.decision.vote * ngrams, scaled

    def contributions(self, alphas: Tensor, weights: Tensor, label: int, multi_label: bool) -> FloatArray:
        """(T,) the points' part of the integral."""
        with torch.enable_grad():
            scores, scaled = self.scores(alphas)
            odds = _log_odds(scores, label, multi_label)  # (A,)
            by_input, by_score = torch.autograd.grad((weights * odds).sum(), (scaled, scores))
        shares = (by_input * self.inputs).sum(dim=(0, 3))[self.mask].double().cpu()  # (N,)
        found = torch.zeros(len(self.shares), dtype=torch.float64).index_add(0, self.where, shares)  # (T,)
        found += self.decision.vote * self.shares @ by_score.sum(dim=0)
        result: FloatArray = found.numpy()
        return result


def _log_odds(scores: Tensor, label: int, multi_label: bool) -> Tensor:
    """(A,) of a label against all others (or, with several labels, against its absence), from scores (A, K)."""
    if multi_label:
        return scores[:, label]
    others = torch.arange(scores.size(1)) != label  # (K,)
    return scores[:, label] - scores[:, others].logsumexp(dim=1)


def attended(predictor: DocumentPredictor, words: Sequence[str]) -> NDArray[np.float64]:
    """The part (T,) of each word in the attention of the network, which sums up to 1.

    A step after a convolution stands for several words, which share it; a window counts as it does for the document:
    by its words, or by the attention over windows.
    """
    if not words:
        return np.zeros(0)
    path = _Path(predictor, words, Decision())
    model, windows = predictor.model, path.windows
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
