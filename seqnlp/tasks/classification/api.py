"""Use a trained classifier from Python: ``seqnlp.load("RUN").classify("...").label``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.errors import SeqnlpError
from seqnlp.networks.engine import choose_engine
from seqnlp.plots.answers import bars_html
from seqnlp.tasks import arguments
from seqnlp.tasks.classification.digits import SteadyScores
from seqnlp.tasks.classification.label_sets import LabelSets
from seqnlp.tasks.classification.network import saved_predictor
from seqnlp.tasks.classification.prediction import DocumentPredictor, predicted, probabilities
from seqnlp.tasks.classification.saved import read_classifier
from seqnlp.tasks.saved_model import SingleModel
from seqnlp.tasks.uncertainty import MEASURES, Measure, of_probabilities
from seqnlp.workers import spread

Explaining = Literal["", "gradients", "attention"]
"""How an answer is explained; empty: not at all."""
EXPLANATIONS = ("gradients", "attention")


@dataclass(frozen=True, slots=True)
class WordContribution:
    """A word of the text and what it contributed to the answer.

    Attributes:
        word: the word (subwords are put together again).
        value: ``gradients``: what it added to the log-odds of the label; ``attention``: its part of all attention.
    """

    word: str
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label was given.

    Attributes:
        method: ``gradients`` or ``attention``.
        label: the label that is explained.
        words: every word read, in the text's order.
        log_odds: gradients: of the label, calibrated; 0 is even.
        empty_log_odds: gradients: of the label for a text without words. It and the words' values sum up to
            ``log_odds`` (completeness), but for ``gap``.
        gap: gradients: what is left, from computing an integral at a few points.
    """

    method: str
    label: str
    words: list[WordContribution]
    log_odds: float = 0.0
    empty_log_odds: float = 0.0
    gap: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The explanation as ``seqnlp classify --output jsonl`` writes it."""
        fields: dict[str, Any] = {"method": self.method, "label": self.label}
        if self.method == "gradients":
            for name in ("log_odds", "empty_log_odds", "gap"):
                fields[name] = round(getattr(self, name), 4)
        return {**fields, "words": [[each.word, round(each.value, 4)] for each in self.words]}


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer for one text.

    Attributes:
        text: as given.
        labels: the one label; of a model with several a text all that are more probable than not, best first.
        probabilities: of each label the model knows, calibrated; they sum up to 1 unless there are several a text.
        words: how many words (or subwords) the text has.
        read: how many of them were read; fewer only where a model truncates.
        explanation: if asked for.
        label_set: if asked for, the labels of which one is right with the probability asked for, best first.
    """

    text: str
    labels: list[str]
    probabilities: dict[str, float]
    words: int
    read: int
    explanation: Explanation | None = None
    label_set: list[str] | None = None

    @property
    def label(self) -> str:
        """The most probable label; of a model with several a text an empty string if it gave none."""
        return self.labels[0] if self.labels else ""

    def to_dict(self) -> dict[str, Any]:
        """The answer as ``seqnlp classify --output jsonl`` writes it."""
        answer: dict[str, Any] = {
            "text": self.text,
            "label": self.label,
            "labels": self.labels,
            "probabilities": {label: round(value, 4) for label, value in self.probabilities.items()},
            "words": self.words,
        }
        if self.label_set is not None:
            answer["label_set"] = self.label_set
        if self.read < self.words:
            answer["read"] = self.read
        if self.explanation:
            answer["explanation"] = self.explanation.to_dict()
        return answer

    def _repr_html_(self) -> str:
        return bars_html(sorted(self.probabilities.items(), key=lambda one: -one[1]))


class Classifier(SingleModel):
    """A trained classifier.

    Args:
        path: a run, or a saved model folder.
        engine, device, threads, precision: as of :class:`~seqnlp.Tagger`.

    Attributes:
        engine: the one that computes; explanations are always computed by torch.
        labels: (K,) that it knows, in the order of ``probabilities``.
        multi_label: whether a text may have several.

    Raises:
        RunError: there is no model, or it is damaged, too new or for another task.
        SeqnlpError: the engine is not installed, or does not compute on the device.
    """

    def _build(self, bundle: Bundle, device: str, threads: int, precision: str) -> None:
        self._loaded = read_classifier(bundle)
        self._predictor = saved_predictor(self._loaded, self.engine, device, threads, precision)
        self.labels = self._loaded.labels
        self.multi_label = self._loaded.multi_label
        self._explaining: DocumentPredictor | None = None
        self._scores = SteadyScores(self._predictor, self._loaded.decision, self.multi_label)

    @property
    def longest(self) -> int:
        """Words that are read at once."""
        return self._loaded.settings.window

    @property
    def long(self) -> str:
        """How longer texts are read: ``strided``, ``hierarchical`` or ``truncated``."""
        return self._loaded.settings.long

    def classify(self, text: str, *, explain: Explaining = "", coverage: float | None = None) -> Classification:
        """Classify one text; see :meth:`classify_texts`."""
        return self.classify_texts([arguments.text(text)], explain=explain, coverage=coverage)[0]

    def classify_texts(
        self, texts: Iterable[str], *, explain: Explaining = "", coverage: float | None = None, workers: int = 1
    ) -> list[Classification]:
        """Classify texts, one answer each, in order; much faster together than one by one. Empty texts have answers.

        To four digits, a text's answer does not depend on the other texts.

        Args:
            explain: ``gradients`` (Sundararajan et al. 2017) or ``attention`` to have every word's contribution.
            coverage: also the set of labels that holds the right one with at least this probability, as dev has it
                (split conformal prediction); it holds for texts that are like those of dev.
            workers: processes that classify side by side, one thread each; for thousands of texts.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
            SeqnlpError: the model has no attention, or no sets of labels; a worker ended.
        """
        texts = arguments.texts(texts)
        self._check(explain)
        sets = None if coverage is None else self._checked_sets(coverage)
        if arguments.several_workers(workers):
            return spread(partial(self.classify_texts, explain=explain, coverage=coverage), texts, workers)
        documents = [self._loaded.reader.read(text) for text in texts]
        scores = self._scores(documents)  # (B, K)
        sure, chosen = probabilities(scores, self.multi_label), predicted(scores, self.multi_label)
        inside = None if sets is None or coverage is None else sets.sets(sure, coverage)  # (B, K)
        answers = []
        for number, (text, words) in enumerate(zip(texts, documents, strict=True)):
            best = int(scores[number].argmax())
            answers.append(
                Classification(
                    text,
                    self._best_first(chosen[number], sure[number]),
                    dict(zip(self.labels, sure[number].tolist(), strict=True)),
                    len(words),
                    min(len(words), self.longest) if self.long == "truncated" else len(words),
                    self._explanation(words, best, explain) if explain else None,
                    None if inside is None else self._best_first(inside[number], sure[number]),
                )
            )
        return answers

    def _best_first(self, chosen: NDArray[np.bool_], sure: NDArray[np.float64]) -> list[str]:
        """The labels that are chosen (K,), the most probable first."""
        order = sorted(np.flatnonzero(chosen).tolist(), key=lambda label: -sure[label])
        return [self.labels[label] for label in order]

    def _checked_sets(self, coverage: float) -> LabelSets:
        """Sets of labels, if there can be such.

        Raises:
            SeqnlpError: the model has several labels a text, or was trained without dev or by an older version.
            WrongValueError: no probability.
        """
        arguments.number(coverage, "coverage", 0.01, 1)
        if self.multi_label:
            raise SeqnlpError(f"{self.path}: sets of labels are for one label a text; this model gives several")
        if self._loaded.label_sets is None:
            raise SeqnlpError(
                f"{self.path}: no sets of labels here: they are set on dev; train with data.dev "
                "(models of older versions have none, either)"
            )
        return self._loaded.label_sets

    def uncertainty(self, texts: Iterable[str], by: Measure = "entropy") -> NDArray[np.float64]:
        """How unsure the model is of each text (N,); the larger, the less sure.

        Args:
            by: ``entropy`` of the labels' probabilities, in nats; ``margin``: 1 less how far the best label is ahead of
                the second; ``mean-probability``: 1 less the probability of the best.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
        """
        arguments.choice(by, "by", tuple(MEASURES))
        answers = self.classify_texts(texts)
        table = np.array([list(answer.probabilities.values()) for answer in answers])  # (N, K)
        return of_probabilities(table.reshape(len(answers), -1), by, self.multi_label)

    def _module(self) -> DocumentPredictor:
        """The predictor that explanations need: torch has gradients."""
        if self.engine == "torch":
            return self._predictor
        if self._explaining is None:
            self._explaining = saved_predictor(self._loaded, choose_engine("torch"))
        return self._explaining

    def _explanation(self, words: list[str], label: int, method: str) -> Explanation:
        module = self._module()
        from seqnlp.tasks.classification.explanation import attended, integrated_gradients

        if method == "attention":
            values = attended(module, words)
            return Explanation(method, self.labels[label], self._whole_words(words, values.tolist()))
        explained = integrated_gradients(module, words, label, self._loaded.decision, self.multi_label)
        return Explanation(
            method,
            self.labels[label],
            self._whole_words(words, explained.contributions.tolist()),
            explained.log_odds,
            explained.empty_log_odds,
            explained.gap,
        )

    def _whole_words(self, pieces: list[str], values: list[float]) -> list[WordContribution]:
        """Subwords put together: a piece that begins a word starts with U+2581."""
        subwords = self._loaded.reader.subwords
        if subwords is None:
            return [WordContribution(word, value) for word, value in zip(pieces, values, strict=True)]
        words: list[tuple[list[str], float]] = []
        for piece, value in zip(pieces, values, strict=True):
            if piece.startswith("\u2581") or not words:
                words.append(([piece], value))
            else:
                parts, sum_before = words[-1]
                words[-1] = ([*parts, piece], sum_before + value)
        return [WordContribution(subwords.join(parts), value) for parts, value in words]

    def _check(self, explain: str) -> None:
        if explain != "":
            arguments.choice(explain, "explain", EXPLANATIONS)
        if explain == "attention" and self._loaded.settings.pooling != "attention":
            actual = f"this model has model.pooling={self._loaded.settings.pooling}"
            raise SeqnlpError(f"there is no attention to show: {actual}; use gradients")
