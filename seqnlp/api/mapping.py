"""A model as a function of a batch of rows, for ``datasets.Dataset.map`` and the like: it can be sent to processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.api import Classifier, Model, Tagger, Translator, load
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.tasks.saved_model import SavedModel


def batch(model: str | Path | SavedModel, column: str = "", prefix: str = "") -> BatchAnswers:
    """``dataset.map(seqnlp.batch("RUN"), batched=True)`` adds a model's answers as columns.

    A tagger adds ``tags`` and ``spans`` (of texts, ``tokens`` too), a classifier ``label`` and ``probability``, a
    translator ``translation``. The function is pickled as the name of the model's folder; a process loads it on first
    use.

    Args:
        model: a run, a saved model folder, or a loaded model.
        column: what to read; empty: ``tokens`` of a tagger if it is there, else ``text``.
        prefix: stands before the names of the new columns.
    """
    return BatchAnswers(model, column, prefix)


class BatchAnswers:
    """What :func:`batch` gives."""

    def __init__(self, model: str | Path | SavedModel, column: str, prefix: str) -> None:
        self.column, self.prefix = column, prefix
        self._model: Any = model if isinstance(model, SavedModel) else None
        self._made_from = model if isinstance(model, SavedModel) else str(Path(model).expanduser().absolute())

    @property
    def model(self) -> Model:
        """The model, loaded.

        Raises:
            RunError: there is none.
        """
        if self._model is None:
            self._model = load(str(self._made_from))
        model: Model = self._model
        return model

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """The new columns for a batch of rows, given as columns.

        Raises:
            DataError: there is no such column, or a single row was given (``batched=True`` is missing).
            SeqnlpError: a model whose task has no answer for a row.
        """
        model = self.model
        usual = ("tokens", "text") if isinstance(model, Tagger) else ("text",)
        column = self.column or next((name for name in usual if name in rows), usual[-1])
        if column not in rows:
            names = ", ".join(f"'{name}'" for name in rows) or "none"
            raise DataError(f"expected a column '{column}', found {names}; name it: seqnlp.batch(model, column=...)")
        values = rows[column]
        if isinstance(values, str):
            raise DataError("expected a batch of rows, found one: use dataset.map(..., batched=True)")
        return {f"{self.prefix}{name}": list(answers) for name, answers in _answers(model, list(values)).items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._made_from, self.column, self.prefix)


def _answers(model: Model, values: list[Any]) -> dict[str, list[Any]]:
    if isinstance(model, Tagger):
        words = bool(values) and not isinstance(values[0], str)
        tagged = model.tag_words(values) if words else model.tag_texts(values)
        new: dict[str, list[Any]] = {"tags": [answer.tags for answer in tagged]}
        if not words:
            new["tokens"] = [[token.text for token in answer.tokens] for answer in tagged]
        if not model.plain_tags:
            new["spans"] = [answer.to_dict()["spans"] for answer in tagged]
        return new
    if isinstance(model, Classifier):
        classified = model.classify_texts(values)
        best = [max(answer.probabilities.values()) for answer in classified]
        if model.multi_label:
            return {"labels": [answer.labels for answer in classified], "probability": best}
        return {"label": [answer.label for answer in classified], "probability": best}
    if isinstance(model, Translator):
        return {"translation": [answer.text for answer in model.translate_lines(values)]}
    raise SeqnlpError(f"batch: expected a tagger, classifier or translator, found {model!r}")
