"""A model as a function of a batch of rows, for ``datasets.Dataset.map`` and the like: it can be sent to processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from seqnlp.api import Classifier, LanguageModel, Model, Tagger, Translator, load
from seqnlp.api.arrow_columns import Column
from seqnlp.bundle_files import name_on_hub
from seqnlp.bundle_identity import model_identity, refuse_others
from seqnlp.errors import DataError, SeqnlpError, listed, shortened
from seqnlp.tasks import arguments
from seqnlp.tasks.saved_model import SavedModel

_DECIMALS = 4
"""As the commands write; they depend on no other row."""


def batch(
    model: str | Path | SavedModel, column: str = "", prefix: str = "", errors: Literal["raise", "column"] = "raise"
) -> BatchAnswers:
    """``dataset.map(seqnlp.batch("RUN"), batched=True)`` adds a model's answers as columns.

    A tagger adds ``tags`` and ``spans`` (of texts, ``tokens`` too), a classifier ``label`` (``labels``, where a text
    may have several) and ``probability`` (of the most probable label, given or not), a translator ``translation`` (line
    by line), a language model ``log_probability``, ``token_count`` and ``perplexity``.
    The function is pickled as the name of the model's folder and what is in it; a process loads it on first use. So
    ``datasets``, which keeps what a function answered, asks again where another model stands in the folder.

    Args:
        model: a run, a saved model folder, or a loaded model.
        column: what to read; empty: ``tokens`` of a tagger if it is there, else ``text``.
        prefix: stands before the names of the new columns.
        errors: ``column``: a row that has no answer gets None, and in the column ``error`` the reason; other rows have
            None there.
    """
    return BatchAnswers(model, column, prefix, errors)


class BatchAnswers:
    """What :func:`batch` gives."""

    def __init__(
        self, model: str | Path | SavedModel, column: str = "", prefix: str = "", errors: str = "raise"
    ) -> None:
        self.column, self.prefix, self.errors = column, prefix, arguments.choice(errors, "errors", ("raise", "column"))
        self._model: Any = model if isinstance(model, SavedModel) else None
        self._made_from = model if isinstance(model, SavedModel) else _name_from_anywhere(model)
        self._expected = ""  # the identity of the model, if it was pickled with it

    @property
    def model(self) -> Model:
        """The model, loaded.

        Raises:
            RunError: there is none, or another one than when this was pickled.
        """
        if self._model is None:
            self._model = load_same(str(self._made_from), self._expected)
        model: Model = self._model
        return model

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """The new columns for a batch of rows, given as columns.

        Raises:
            DataError: there is no such column, or a single row was given (``batched=True`` is missing), or a table.
            SeqnlpError: a model whose task has no answer for a row.
        """
        if not (isinstance(rows, Mapping) or hasattr(rows, "iterrows") or hasattr(rows, "iter_rows")):
            kind = type(rows).__name__
            raise DataError(f"expected columns by their names, found {kind}: use dataset.with_format(None).map(...)")
        names = list(rows) if isinstance(rows, Mapping) else list(rows.columns)
        column = self.column_of(names)
        if column not in names:
            found = f"expected a column '{column}', found {listed(names)}"
            raise DataError(f"{found}; name it: seqnlp.batch(model, column=...)")
        values = rows[column]
        if isinstance(values, str):
            raise DataError("expected a batch of rows, found one: use dataset.map(..., batched=True)")
        answers = self.answers(list(values))
        return {name: Column(name.removeprefix(self.prefix), column) for name, column in answers.items()}

    def column_of(self, names: Iterable[str]) -> str:
        """The column that is read, where there are columns of these names."""
        usual = ("tokens", "text") if isinstance(self.model, Tagger) else ("text",)
        there = set(names)
        return self.column or next((name for name in usual if name in there), usual[-1])

    def answers(self, values: list[Any], wrong: Mapping[int, str] = MappingProxyType({})) -> dict[str, list[Any]]:
        """The new columns for texts, or of a tagger for sentences of words.

        Args:
            wrong: rows that are known to have no answer, with the reason; only with ``errors="column"``.
        """
        columns = _answers(self.model, values) if self.errors == "raise" else _tolerant(self.model, values, wrong)
        return {f"{self.prefix}{name}": column for name, column in columns.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self._made_from, self.column, self.prefix, self.errors)
        if isinstance(self._made_from, SavedModel):
            return type(self), given
        known = self._expected or (self._model.identity if self._model else model_identity(self._made_from))
        return type(self), given, {"_expected": known}


def load_same(path: str, expected: str, **options: Any) -> Model:
    """As :func:`seqnlp.load`, of a model that was sent by the name of its folder.

    Args:
        expected: its identity; empty: not known.

    Raises:
        RunError: the folder holds another model, or none.
    """
    model = load(path, **options)
    refuse_others([path], [model.identity], [expected or model.identity], "was sent by its name")
    return model


def _name_from_anywhere(model: str | Path) -> str:
    """What the model is found by whatever the current folder is: its folder, or its name on the Hugging Face Hub."""
    return str(model) if name_on_hub(model) else str(Path(model).expanduser().absolute())


def _tolerant(model: Model, values: list[Any], wrong: Mapping[int, str]) -> dict[str, list[Any]]:
    """As :func:`_answers`; a row that has none gets None, and the reason in ``error``."""
    reasons = [wrong.get(row) or _unreadable(model, value) for row, value in enumerate(values)]
    good = [row for row, reason in enumerate(reasons) if not reason]
    columns: dict[str, list[Any]] = {name: [None] * len(values) for name in _answers(model, [])}
    if any(not isinstance(values[row], str) for row in good):
        columns.pop("tokens", None)  # they are what is read, unless texts stand between them
    texts = [row for row in good if isinstance(values[row], str)]
    sentences = [row for row in good if not isinstance(values[row], str)]
    for rows in filter(None, (texts, sentences)):  # they are asked for apart
        for some, answers in _asked(model, values, rows, reasons):
            for name, column in answers.items():
                whole = columns.setdefault(name, [None] * len(values))
                for row, answer in zip(some, column, strict=True):
                    whole[row] = answer
    return {**columns, "error": [reason or None for reason in reasons]}


def _asked(
    model: Model, values: list[Any], rows: list[int], reasons: list[str]
) -> list[tuple[list[int], dict[str, list[Any]]]]:
    """Answers to some rows: of all together or, where one has none, row by row; its reason is put into ``reasons``."""
    try:
        return [(rows, _answers(model, [values[row] for row in rows]))]
    except Exception:  # which of them it is about shows only one by one
        asked = []
        for row in rows:
            try:
                asked.append(([row], _answers(model, [values[row]])))
            except Exception as problem:
                reasons[row] = str(problem) if isinstance(problem, SeqnlpError) else repr(problem)
        return asked


def _unreadable(model: Model, value: Any) -> str:
    """Why a model cannot read a value, or an empty string."""
    if value is None:
        return "expected text, found nothing"
    is_words = isinstance(model, Tagger) and isinstance(value, Iterable) and not isinstance(value, bytes | Mapping)
    return "" if isinstance(value, str) or is_words else f"expected text, found {shortened(value)}"


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
        best = [round(max(answer.probabilities.values()), _DECIMALS) for answer in classified]
        if model.multi_label:
            return {"labels": [answer.labels for answer in classified], "probability": best}
        return {"label": [answer.label for answer in classified], "probability": best}
    if isinstance(model, Translator):
        return {"translation": [answer.text for answer in model.translate_lines(values)]}
    if isinstance(model, LanguageModel):
        rows = [answer.to_dict() for answer in model.score_texts(values)]
        return {name: [row[name] for row in rows] for name in ("log_probability", "token_count", "perplexity")}
    raise SeqnlpError(f"batch: expected a model that reads texts, found {model!r}")
