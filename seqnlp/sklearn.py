"""scikit-learn estimators: ``SequenceTagger``, ``TextClassifier``, ``Forecaster``, for pipelines, searches and scores.

Each trains a model of seqnlp in a temporary folder (``model_``), and is copied and pickled with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, column_or_1d

import seqnlp
from seqnlp.data.in_memory.missing import is_missing
from seqnlp.tasks import arguments

_EXACT = ("epochs", "trainer.epochs"), ("learning_rate", "optimizer.learning_rate"), ("hidden_dim", "model.hidden_dim")


class _Estimator(BaseEstimator):
    """What the estimators share.

    Args:
        recipe: a recipe whose settings to begin with.
        epochs, learning_rate, hidden_dim: the settings that are searched most often; None: the task's default.
        dev: the part of what is fitted on that is held out to choose the best epoch and to calibrate; 0: nothing.
        random_state: the seed, or as elsewhere in scikit-learn what draws one: a ``RandomState``, or None.
        settings: any other settings by their dotted names.
    """

    _task: Literal["tagging", "classification", "forecasting"]
    model_: Any

    def __init__(
        self,
        recipe: str = "",
        *,
        epochs: int | None = None,
        learning_rate: float | None = None,
        hidden_dim: int | None = None,
        dev: float = 0.1,
        random_state: int | np.random.RandomState | None = 1,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.recipe = recipe
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.hidden_dim = hidden_dim
        self.dev = dev
        self.random_state = random_state
        self.settings = settings

    def _train(self, examples: Any, **more: object) -> Any:
        own = {setting: getattr(self, name) for name, setting in _EXACT if getattr(self, name) is not None}
        settings = {**own, **more, "seed": _seed(self.random_state), **(self.settings or {})}
        dev = self.dev or None
        self.model_ = seqnlp.train(
            self.recipe, task=self._task, train=examples, dev=dev, settings=settings, progress=False
        )
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags


class SequenceTagger(_Estimator):
    """Tags words: ``fit(X, y)`` with sentences as lists of words, and a list of tags for each.

    Tags such as ``B-PER`` mark entities (``score`` is the entity F1), others are plain (the token accuracy).

    Attributes:
        model_: the :class:`seqnlp.Tagger`.
        classes_: the tags of ``predict_proba``'s columns.
    """

    _task = "tagging"

    def fit(self, X: Iterable[Sequence[str]], y: Iterable[Sequence[str]]) -> Self:
        """Train.

        Raises:
            SeqnlpError: the sentences or the settings are not as they must be.
        """
        self._train(_zipped(arguments.sentences(X, "X"), y, "sentences"))
        self.classes_ = np.array(self.model_.tags, dtype=object)
        return self

    def predict(self, X: Iterable[Sequence[str]]) -> list[list[str]]:
        """The tags of each sentence."""
        check_is_fitted(self)
        return [answer.tags for answer in self.model_.tag_words(X)]

    def predict_proba(self, X: Iterable[Sequence[str]]) -> list[NDArray[np.float64]]:
        """The probability (T, K) of each tag at each word, an array a sentence; columns as in ``classes_``."""
        check_is_fitted(self)
        result: list[NDArray[np.float64]] = self.model_.marginals(X)
        return result

    def score(self, X: Iterable[Sequence[str]], y: Iterable[Sequence[str]]) -> float:
        """Entity F1, or the token accuracy of plain tags."""
        check_is_fitted(self)
        scores = self.model_.evaluate(_zipped(X, y, "sentences")).scores
        return float(scores.get("f1", scores.get("accuracy", 0.0)))


class TextClassifier(ClassifierMixin, _Estimator):
    """Classifies texts: ``fit(X, y)`` with texts and a label for each, text or number.

    Attributes:
        model_: the :class:`seqnlp.Classifier`.
        classes_: the labels, sorted; ``predict_proba``'s columns.
    """

    _task = "classification"

    def fit(self, X: Iterable[str], y: Iterable[Any]) -> Self:
        """Train.

        Raises:
            SeqnlpError: the texts or the settings are not as they must be.
        """
        given = y if hasattr(y, "__len__") else list(y)
        for number, label in enumerate(np.asarray(given, dtype=object).ravel().tolist()):
            if is_missing(label):
                raise seqnlp.DataError(f"y[{number}]: expected a label, found {label}")
        labels = column_or_1d(given)  # (n,)
        self.classes_, numbers = np.unique(labels, return_inverse=True)  # (K,), (n,)
        names = [str(label).strip() for label in self.classes_]  # as they are read
        if len(set(names)) < len(names):
            raise seqnlp.DataError(f"y: expected labels that differ, found some that differ in spaces alone: {names}")
        self._train(_zipped(arguments.texts(X, "X"), [names[number] for number in numbers], "texts"))
        self._columns = [self.model_.labels.index(name) for name in names]
        return self

    def predict(self, X: Iterable[str]) -> NDArray[Any]:
        """The most probable label (n,) of each text."""
        probabilities = self.predict_proba(X)
        best: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return best

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """The calibrated probability (n, K) of each label."""
        check_is_fitted(self)
        answers = self.model_.classify_texts(X)
        rows = [list(answer.probabilities.values()) for answer in answers]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.model_.labels))[:, self._columns]


class Forecaster(_Estimator):
    """Forecasts series: ``fit(X)`` with numbers (T,), rows of them (T, C) or a table with its times.

    Args:
        horizon, season: rows ahead, and rows after which the series repeats.

    Attributes:
        model_: the :class:`seqnlp.Forecaster`.
    """

    _task = "forecasting"

    def __init__(
        self,
        recipe: str = "",
        *,
        horizon: int = 1,
        season: int = 1,
        epochs: int | None = None,
        learning_rate: float | None = None,
        hidden_dim: int | None = None,
        dev: float = 0.1,
        random_state: int | np.random.RandomState | None = 1,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.horizon = horizon
        self.season = season
        super().__init__(
            recipe,
            epochs=epochs,
            learning_rate=learning_rate,
            hidden_dim=hidden_dim,
            dev=dev,
            random_state=random_state,
            settings=settings,
        )

    def fit(self, X: Any, y: None = None) -> Self:
        """Train.

        Raises:
            SeqnlpError: the series or the settings are not as they must be.
        """
        self._train(X, **{"model.horizon": self.horizon, "model.season": self.season})
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """The ``horizon`` rows (H, C) that follow the series."""
        check_is_fitted(self)
        values: NDArray[np.float64] = self.model_.forecast(X).values
        return values

    def score(self, X: Any, y: None = None) -> float:
        """The mean absolute error of forecasts from every row, negative, so that more is better."""
        check_is_fitted(self)
        return -float(self.model_.evaluate(X).mae)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags


def _seed(state: int | np.random.RandomState | None) -> int:
    if isinstance(state, Integral):
        return int(state)
    return int(check_random_state(state).randint(np.iinfo(np.int32).max))


def _zipped(examples: Iterable[Any], answers: Iterable[Any], what: str) -> list[tuple[Any, Any]]:
    examples, answers = list(examples), list(answers)
    if len(examples) != len(answers):
        raise seqnlp.DataError(f"expected as many answers as {what}, found {len(answers)} and {len(examples)}")
    return list(zip(examples, answers, strict=True))
