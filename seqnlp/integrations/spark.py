"""Spark: a data frame with a model's answers as further columns, one copy of the model a Python worker.

    from seqnlp.integrations.spark import with_answers
    with_answers(spark.read.parquet("mails/"), "runs/tagger", "body").write.parquet("tagged/")

Spark repeats what a lost executor had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError, listed
from seqnlp.integrations.packed import SentAnswers, SentModel
from seqnlp.tables.answering import arrow_answers


def with_answers(frame: Any, model: str | Path, column: str = "", prefix: str = "", *, with_files: bool = False) -> Any:
    """A ``pyspark.sql.DataFrame`` with a model's answers; a row without an answer says why in ``error``.

    Args:
        column, prefix: as of :func:`seqnlp.batch`.
        with_files: broadcast the model's files; else all machines have its folder under this name.

    Raises:
        RunError: there is no model.
        DataError: there is no such column.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    answers = SentAnswers(SentModel(model, with_files), column, prefix)
    column = answers.column_of(frame.columns)
    if column not in frame.columns:
        raise DataError(f"expected a column '{column}', found {listed(frame.columns)}; name it: column=")
    schema = from_arrow_schema(arrow_answers(answers, column, to_arrow_schema(frame.schema)).schema)
    broadcast = frame.sparkSession.sparkContext.broadcast(answers)
    return frame.mapInArrow(_answering(broadcast, column), schema)


def _answering(broadcast: Any, column: str) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What Spark calls with the record batches of a partition."""

    def answer(pieces: Iterator[Any]) -> Iterator[Any]:
        for piece in pieces:
            yield arrow_answers(broadcast.value, column, piece.schema)(piece).content

    return answer
