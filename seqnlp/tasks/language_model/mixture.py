"""A model, n-grams and a neural cache mixed linearly, in probability; the weights are the best on a text.

With weights ``w`` and ``lambda``::

    p = (1 - lambda) ((1 - w) p_model + w p_ngrams) + lambda p_cache
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from seqnlp.arrays import FloatArray

FLATNESSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Thetas of the cache that are tried on the development text; the weights follow from each."""

ROUNDS = 300
"""Of expectation maximisation, at most."""

_TINY = 1e-300


@dataclass(frozen=True)
class Said:
    """The probabilities that tokens (N,) are given.

    Attributes:
        own: by the model.
        ngrams: by n-grams; None: there are none.
        caches: by a cache, for each flatness.
    """

    own: FloatArray
    ngrams: FloatArray | None = None
    caches: Mapping[float, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Cache:
    """How the cache is used.

    Attributes:
        size: how many of the last tokens it holds.
        flatness: theta.
        weight: lambda.
    """

    size: int
    flatness: float
    weight: float

    def __str__(self) -> str:
        return f"neural cache {self.size} (theta {self.flatness:g}, lambda {self.weight:g})"


@dataclass(frozen=True)
class Mixture:
    """What is mixed with the model: n-grams with the weight ``w``, a cache; None: not that."""

    ngrams: float | None = None
    cache: Cache | None = None

    def __str__(self) -> str:
        ngrams = "" if self.ngrams is None else f"n-grams (w {self.ngrams:g})"
        return " and ".join(filter(None, [ngrams, str(self.cache or "")]))

    def losses(self, said: Said) -> FloatArray:
        """What tokens (N,) cost, in nats."""
        mixed = said.own
        if self.ngrams is not None and said.ngrams is not None:
            mixed = (1 - self.ngrams) * mixed + self.ngrams * said.ngrams
        if self.cache:
            before = mixed
            mixed = (1 - self.cache.weight) * mixed + self.cache.weight * said.caches[self.cache.flatness]
            mixed[0] = before[0]  # nothing is in the cache yet
        losses: FloatArray = -np.log(np.maximum(mixed, _TINY))
        return losses


def tune_mixture(said: Said, ngrams: bool, cache: int = 0) -> Mixture:
    """The best mixture for a (development) text.

    Args:
        said: what its tokens are given; of caches each flatness that is to be tried.
        ngrams: mix them in.
        cache: tokens that a cache to be mixed in holds; 0: none.
    """
    first = [said.own] if said.ngrams is None or not ngrams else [said.own, said.ngrams]
    if not cache:
        return _mixture(first, ngrams)
    tried = [_mixture([*first, part], ngrams, Cache(cache, flatness, 0)) for flatness, part in said.caches.items()]
    return min(tried, key=lambda mixture: float(mixture.losses(said).sum()))


def _mixture(parts: list[FloatArray], ngrams: bool, cache: Cache | None = None) -> Mixture:
    """The best weights, to three decimals; a cache, which gives some tokens nothing, is never all."""
    weights = best_weights(np.stack(parts)).tolist()
    last = weights.pop() if cache else 0.0
    return Mixture(
        round(weights[1] / sum(weights), 3) if ngrams else None,
        Cache(cache.size, cache.flatness, min(round(last, 3), 0.999)) if cache else None,
    )


def best_weights(parts: FloatArray) -> FloatArray:
    """The weights (K,) with which the mixture of probabilities (K, N) makes a text most probable.

    The log probability is concave in the weights, so that expectation maximisation finds the best ones.
    """
    weights = np.full(len(parts), 1 / len(parts))  # (K,)
    for _ in range(ROUNDS):
        shares = weights[:, None] * parts  # (K, N)
        better: FloatArray = (shares / np.maximum(shares.sum(axis=0), _TINY)).mean(axis=1)
        better /= better.sum()
        if np.abs(better - weights).max() < 1e-5:
            return better
        weights = better
    return weights
