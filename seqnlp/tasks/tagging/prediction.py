"""A trained tagger at work: words in, tags and spans with their probabilities out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.data.batches import plan_in_order
from seqnlp.data.lexicon import WordFeatures
from seqnlp.networks.protocol import ContextVectors, FloatArray, TaggerNetwork
from seqnlp.tasks.word_vectors import WordVectors
from seqnlp.text.tags import OUTSIDE, spans_from_tags

BATCH_SENTENCES = 128
BATCH_TOKENS = 4096

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SpanPrediction:
    """An entity: token positions (end exclusive), type, and the exact probability that it is in the text as it is."""

    start: int
    end: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class SentencePrediction:
    """The best tags of one sentence, in the model's scheme.

    Attributes:
        tags: one a token.
        spans: the entities that the tags spell out (empty for plain tags).
        probabilities: of each token's tag (plain tags only; spans carry their own).
        nbest: the most probable whole tag sequences with their probabilities, best first (only if asked for).
    """

    tags: list[str]
    spans: list[SpanPrediction]
    probabilities: list[float]
    nbest: list[tuple[float, list[str]]]


@dataclass(frozen=True, slots=True)
class EmittedBatch:
    """What the network says of B sentences, before decoding.

    Attributes:
        sentences: (B,) their numbers.
        emissions: (B, T, K).
        mask: (B, T).
    """

    sentences: IntArray
    emissions: FloatArray
    mask: Mask


class TagPredictor:
    """Tags sentences in batches of similar length; the answers come in the order of the sentences.

    The vector of a word form does not depend on its context, so it is computed once and kept: a form seen before costs
    one row look-up.

    Args:
        context: gives the contextual embeddings, to a tagger that reads any.

    Attributes:
        temperature: divides all scores before probabilities are computed.
        outside_penalty: taken from the score of "outside" when the best tags are sought; see calibration.py.
    """

    def __init__(
        self,
        network: TaggerNetwork,
        features: WordFeatures,
        tags: Sequence[str],
        scheme: str,
        context: ContextVectors | None = None,
    ) -> None:
        self.network = network
        self.tags = list(tags)
        self.scheme = scheme
        self.temperature = 1.0
        self.outside_penalty = 0.0
        self._context = context
        self._vectors = WordVectors(network.words, features)
        self._tag_index = {tag: index for index, tag in enumerate(self.tags)}

    def predict(
        self, sentences: Sequence[Sequence[str]], *, probabilities: bool = True, nbest: int = 0
    ) -> list[SentencePrediction]:
        """Tag sentences given as words; a sentence without words gets an empty answer.

        Args:
            probabilities: also compute the probability of each span (or, for plain tags, of each tag).
            nbest: how many whole tag sequences to give with their probabilities.
        """
        return self.decode(self.emit(sentences), len(sentences), probabilities=probabilities, nbest=nbest)

    def emit(self, sentences: Sequence[Sequence[str]]) -> Iterator[EmittedBatch]:
        """Run the network: batches of similar length, in no particular order; empty sentences are in none."""
        lengths = np.array([len(words) for words in sentences], dtype=np.int64)  # (S,)
        forms, rows = self._vectors.look_up(sentences)
        for batch in plan_in_order(lengths, BATCH_SENTENCES, BATCH_TOKENS):
            batch = batch[lengths[batch] > 0]
            if len(batch):
                context = self._context.read([sentences[s] for s in batch]) if self._context else None  # (N, C)
                emissions, mask = self._emissions([forms[s] for s in batch], rows, context)  # (B, T, K), (B, T)
                yield EmittedBatch(batch, emissions, mask)

    def decode(
        self, batches: Iterable[EmittedBatch], count: int, *, probabilities: bool = True, nbest: int = 0
    ) -> list[SentencePrediction]:
        """The answers to ``count`` sentences in their order, from what :meth:`emit` made of them."""
        results: list[SentencePrediction] = [SentencePrediction([], [], [], [])] * count
        for batch in batches:
            predictions = self._decode(batch.emissions, batch.mask, probabilities, nbest)
            for position, prediction in zip(batch.sentences, predictions, strict=True):
                results[position] = prediction
        return results

    def marginals(self, sentences: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        """The probability (T, K) of each tag at each word, an array a sentence; calibrated."""
        result = [np.zeros((0, len(self.tags)))] * len(sentences)
        for batch in self.emit(sentences):
            marginals = self.network.crf.marginals(batch.emissions, batch.mask, self.temperature)  # (B, T, K)
            for number, row, mask in zip(batch.sentences, marginals, batch.mask, strict=True):
                result[number] = row[mask].astype(np.float64)
        return result

    def uncertainty(self, sentences: Sequence[Sequence[str]], by: str) -> NDArray[np.float64]:
        """How unsure the model is of each sentence (S,), by one of ``tasks.uncertainty.MEASURES``; 0 without words."""
        return self.uncertainty_of(self.emit(sentences), len(sentences), by)

    def uncertainty_of(self, batches: Iterable[EmittedBatch], count: int, by: str) -> NDArray[np.float64]:
        """The same of ``count`` sentences, from what :meth:`emit` made of them."""
        result = np.zeros(count)
        for batch in batches:
            result[batch.sentences] = self._uncertainty(batch.emissions, batch.mask, by)
        return result

    def _uncertainty(self, emissions: FloatArray, mask: Mask, by: str) -> NDArray[np.float64]:
        crf = self.network.crf
        if by == "entropy":
            return crf.entropy(emissions, mask, self.temperature)
        if by == "margin":
            best, second = np.exp(crf.nbest(emissions, mask, 2, self.temperature)[1]).T  # (B,), (B,)
            return np.asarray(1.0 - (best - second))
        likeliest = crf.marginals(emissions, mask, self.temperature).max(axis=2)  # (B, T), 0 where masked
        return np.asarray(1.0 - likeliest.sum(axis=1) / mask.sum(axis=1))

    def _emissions(
        self, sentences: Sequence[Sequence[int]], rows: FloatArray, context: FloatArray | None
    ) -> tuple[FloatArray, Mask]:
        """Emissions (B, T, K) and mask (B, T) of sentences given as word forms.

        Args:
            rows: (forms, D) the forms' vectors.
            context: (N, C) what the words' surroundings add.
        """
        lengths = np.array([len(forms) for forms in sentences], dtype=np.int64)  # (B,)
        mask = np.arange(lengths.max()) < lengths[:, None]  # (B, T)
        index = np.zeros(mask.shape, dtype=np.int64)  # (B, T)
        index[mask] = [form for forms in sentences for form in forms]
        grid = None if context is None else _padded(context, mask)  # (B, T, C)
        return self.network.emissions(rows[index], lengths, grid), mask

    def _decode(self, emissions: FloatArray, mask: Mask, probabilities: bool, nbest: int) -> list[SentencePrediction]:
        crf, lowered = self.network.crf, self._less_outside(emissions)
        tag_ids = crf.greedy(lowered, mask) if self.network.greedy else crf.viterbi(lowered, mask)[0]  # (B, T)
        lengths = mask.sum(axis=1).tolist()
        names = np.array(self.tags, dtype=object)[tag_ids]  # (B, T)
        tags: list[list[str]] = [row[:length].tolist() for row, length in zip(names, lengths, strict=True)]
        spans = self._spans(tags, emissions, mask, probabilities)
        token_probabilities = self._token_probabilities(emissions, mask, tag_ids, lengths, probabilities)
        ranked = self._nbest(emissions, mask, lengths, nbest)
        return [SentencePrediction(*parts) for parts in zip(tags, spans, token_probabilities, ranked, strict=True)]

    def _less_outside(self, emissions: FloatArray) -> FloatArray:
        """Emissions (B, T, K) for decoding only; the model's probabilities are of its emissions as they are."""
        if not self.outside_penalty:
            return emissions
        penalty = np.zeros(emissions.shape[-1], emissions.dtype)  # (K,)
        penalty[self._tag_index[OUTSIDE]] = self.outside_penalty
        return emissions - penalty

    def _spans(
        self, tags: list[list[str]], emissions: FloatArray, mask: Mask, probabilities: bool
    ) -> list[list[SpanPrediction]]:
        entities = [spans_from_tags(sentence, self.scheme) if self.scheme != "none" else [] for sentence in tags]
        flat = [(row, *span) for row, spans in enumerate(entities) for span in spans]
        scores: Sequence[float] | NDArray[np.float64] = np.ones(len(flat))
        if flat and probabilities:
            scores = self.span_probabilities(emissions, mask, flat)
        results: list[list[SpanPrediction]] = [[] for _ in tags]
        for (row, start, end, label), score in zip(flat, scores, strict=True):
            results[row].append(SpanPrediction(start, end, label, float(score)))
        return results

    def span_probabilities(
        self, emissions: FloatArray, mask: Mask, spans: Sequence[tuple[int, int, int, str]]
    ) -> NDArray[np.float64]:
        """Exact probabilities of the given entities (row, start, end, label), calibrated by the temperature."""
        index, bioes = self._tag_index, self.scheme == "bioes"
        segments = []
        for sentence, begin, stop, label in spans:
            head, inside = ("S" if bioes and stop - begin == 1 else "B"), index[f"I-{label}"]
            tail = head if stop - begin == 1 else "E" if bioes else "I"
            forbidden = -1 if bioes else inside  # in IOB2 an entity ends where no I- of its type follows
            tags = (index[f"{head}-{label}"], inside, index[f"{tail}-{label}"])
            segments.append((sentence, begin, stop, *tags, forbidden))
        parts = np.array(segments, dtype=np.int64).T  # (7, n)
        logs = self.network.crf.span_log_probabilities(
            emissions, mask, parts[:3], parts[3:6], parts[6], self.temperature
        )  # (n,)
        return np.minimum(np.exp(logs), 1.0)

    def _token_probabilities(
        self, emissions: FloatArray, mask: Mask, tag_ids: IntArray, lengths: list[int], probabilities: bool
    ) -> list[list[float]]:
        if self.scheme != "none" or not probabilities:
            return [[] for _ in lengths]
        marginals = self.network.crf.marginals(emissions, mask, self.temperature)  # (B, T, K)
        chosen = np.take_along_axis(marginals, tag_ids[..., None], axis=2)[..., 0].tolist()  # (B, T)
        return [row[:length] for row, length in zip(chosen, lengths, strict=True)]

    def _nbest(
        self, emissions: FloatArray, mask: Mask, lengths: list[int], count: int
    ) -> list[list[tuple[float, list[str]]]]:
        if not count:
            return [[] for _ in lengths]
        paths, logs = self.network.crf.nbest(emissions, mask, count, self.temperature)  # (B, N, T), (B, N)
        return [
            [
                (float(np.exp(log)), [self.tags[tag] for tag in path[:length]])
                for path, log in zip(row_paths, row_logs, strict=True)
                if log > float("-inf")
            ]
            for row_paths, row_logs, length in zip(paths.tolist(), logs.tolist(), lengths, strict=True)
        ]


def _padded(vectors: FloatArray, mask: Mask) -> FloatArray:
    """Vectors (N, C) of the real tokens of a mask (B, T), row by row, as (B, T, C) with zeros at padding."""
    grid = np.zeros((*mask.shape, vectors.shape[1]), vectors.dtype)  # (B, T, C)
    grid[mask] = vectors
    return grid
