"""Which of two models is better, and could that be chance? Paired tests of scores that are computed from sums.

F1, accuracy, perplexity, mean absolute error: each is a function of counts summed over the examples. Paired bootstrap
(Koehn 2004) draws examples anew, the same ones for both models; approximate randomization (Riezler and Maxwell 2005)
swaps the two answers to an example at random. Examples whose counts are equal are interchangeable, so that one draw
for each kind replaces one for each example: multinomial for the bootstrap, binomial for the swaps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.errors import DataError
from seqnlp.metrics.comparison import Comparison, MeasureComparison, SystemScore
from seqnlp.metrics.intervals import resampled_sums

RESAMPLES = 10_000
SEED = 12345
_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class CountedScore:
    """A score and what it is computed from.

    Attributes:
        name: as a reader knows it, such as ``F1``.
        counts: of each example, (S, C).
        of_sums: scores (R,) of R sums of counts (R, C).
        higher_is_better: false of errors and perplexities.
    """

    name: str
    counts: FloatArray
    of_sums: Callable[[FloatArray], FloatArray]
    higher_is_better: bool = True


def f1_of(sums: FloatArray) -> FloatArray:
    """F1 in percent of correct, predicted and gold counts (R, 3)."""
    return 100 * _ratio(2 * sums[:, 0], sums[:, 1] + sums[:, 2])


def macro_f1_of(sums: FloatArray) -> FloatArray:
    """The mean F1 in percent of L labels, from their correct, predicted and gold counts (R, 3 L)."""
    each = sums.reshape(len(sums), -1, 3)  # (R, L, 3)
    f1: FloatArray = _ratio(2 * each[..., 0], each[..., 1] + each[..., 2])
    mean: FloatArray = 100 * f1.mean(axis=1)
    return mean


def percent_of(sums: FloatArray) -> FloatArray:
    """What is right of what there is, in percent, from (R, 2); NaN where there is nothing, as in a draw without any."""
    there = sums[:, 1] > 0
    return np.where(there, 100 * _ratio(sums[:, 0], sums[:, 1]), np.nan)


def mean_of(sums: FloatArray) -> FloatArray:
    """The mean of a sum and its number, (R, 2)."""
    return _ratio(sums[:, 0], sums[:, 1])


def root_mean_of(sums: FloatArray) -> FloatArray:
    """The root of the mean of a sum of squares and its number, (R, 2)."""
    return np.sqrt(_ratio(sums[:, 0], sums[:, 1]))


def perplexity_of(sums: FloatArray) -> FloatArray:
    """The perplexity of a loss in nats and the words that it is of, (R, 2)."""
    return np.exp(np.minimum(_ratio(sums[:, 0], sums[:, 1]), 700.0))


def interval_of(score: CountedScore) -> tuple[float, float, float]:
    """The score, and the ends of its 95 % bootstrap interval over the examples, as ``seqnlp evaluate`` draws it."""
    value = float(score.of_sums(score.counts.sum(axis=0)[None])[0])
    drawn = score.of_sums(resampled_sums(score.counts, score.counts.shape[1]))  # (R,)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return value, float(low), float(high)


def grouped(scores: Sequence[CountedScore], groups: NDArray[np.int64]) -> list[CountedScore]:
    """The same scores with examples that belong together, such as the sentences of a document, made one.

    Args:
        groups: of each example the number of its group, (S,).
    """
    names, places = np.unique(groups, return_inverse=True)
    merged = []
    for score in scores:
        counts = np.zeros((len(names), score.counts.shape[1]))
        np.add.at(counts, places, score.counts)
        merged.append(CountedScore(score.name, counts, score.of_sums, score.higher_is_better))
    return merged


def compare_counts(
    a: Sequence[CountedScore], b: Sequence[CountedScore], unit: str, identical: bool = False
) -> Comparison:
    """Compare two models by the same scores of the same examples. The same counts always give the same numbers.

    Args:
        unit: what an example is, in the plural.
        identical: whether all answers are known to be the same.

    Raises:
        DataError: the models did not answer the same examples, or there is none.
    """
    size = len(a[0].counts)
    if size != len(b[0].counts) or not size:
        raise DataError(f"expected two models' answers to the same {unit}, found {size:,} and {len(b[0].counts):,}")
    measures = [_measure(one, other) for one, other in zip(a, b, strict=True)]
    return Comparison(size, unit, identical, measures)


def _measure(a: CountedScore, b: CountedScore) -> MeasureComparison:
    width = a.counts.shape[1]
    kinds, copies = np.unique(np.concatenate([a.counts, b.counts], axis=1), axis=0, return_counts=True)  # (U, 2 C)
    of_a, of_b, generator = kinds[:, :width], kinds[:, width:], np.random.default_rng(SEED)
    actual_a, actual_b = (float(a.of_sums((copies @ part)[None])[0]) for part in (of_a, of_b))
    scores = [_resampled(a, of_a, of_b, copies, number, generator) for number in _chunks(len(copies))]
    drawn_a, drawn_b, swapped_a, swapped_b = (np.concatenate(each) for each in zip(*scores, strict=True))  # (R,)
    difference, drawn_difference = actual_b - actual_a, drawn_b - drawn_a
    return MeasureComparison(
        name=a.name,
        signature=f"bs:{RESAMPLES}|ar:{RESAMPLES}|seed:{SEED}",
        a=_system_score(actual_a, drawn_a),
        b=_system_score(actual_b, drawn_b),
        bootstrap_p=_p_value(drawn_difference - np.nanmean(drawn_difference), difference),
        randomization_p=_p_value(swapped_b - swapped_a, difference),
        higher_is_better=a.higher_is_better,
    )


def _resampled(
    score: CountedScore,
    of_a: FloatArray,
    of_b: FloatArray,
    copies: NDArray[np.int64],
    number: int,
    generator: np.random.Generator,
) -> tuple[FloatArray, ...]:
    """Scores of both models when examples are drawn anew, and when answers are swapped; each (number,).

    Args:
        of_a, of_b: counts of each kind of example, (U, C).
        copies: how many examples of each kind there are, (U,).
    """
    drawn = generator.multinomial(copies.sum(), copies / copies.sum(), size=number).astype(np.float64)  # (R, U)
    moved = generator.binomial(copies, 0.5, size=(number, len(copies))) @ (of_b - of_a)  # (R, C)
    sums = drawn @ of_a, drawn @ of_b, copies @ of_a + moved, copies @ of_b - moved
    return tuple(score.of_sums(each) for each in sums)


def _chunks(kinds: int) -> list[int]:
    """How many resamples at a time, so that a table of them stays small."""
    most = max(1, min(RESAMPLES, _CELLS // kinds))
    return [min(most, RESAMPLES - done) for done in range(0, RESAMPLES, most)]


def _p_value(differences: FloatArray, observed: float) -> float:
    """How often chance alone gives a difference at least as large (Noreen 1989, with the observed one counted)."""
    differences = differences[~np.isnan(differences)]
    extreme = np.abs(differences) >= abs(observed) - 1e-12
    return float((extreme.sum() + 1) / (len(differences) + 1))


def _system_score(score: float, drawn: FloatArray) -> SystemScore:
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return SystemScore(score, float(np.nanmean(drawn)), float(low), float(high))


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)
