"""An answer for each series of a file or table, by a model that was trained on several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.in_memory.series_file import series_file
from seqnlp.data.series.many import Refused, leaving_out
from seqnlp.data.series.parts import Series
from seqnlp.errors import DataError
from seqnlp.messages import in_other_words

Answer = TypeVar("Answer")


def answer_each(
    given: Any,
    data: SeriesDataConfig,
    names: Sequence[str],
    read: Callable[[Path, Refused | None], dict[str, Series]],
    answer: Callable[[str, Series], Answer],
    refused: Refused | None,
) -> dict[str, Answer]:
    """Answers by the names of the series, in the order of the file.

    Args:
        given, data, names: see :func:`~seqnlp.data.in_memory.series_file.series_file`.
        read: gives the series of a file by their names, and tells of those that it leaves out.
        answer: for a series and its name.
        refused: told of a series that cannot be read or answered, and why; without it one such series is an error.

    Raises:
        DataError: the file cannot be read, or one of the series, and there is nobody to tell.
    """
    left_out = refused and (lambda name, problem: refused(name, DataError(in_other_words(str(problem)))))
    answers = dict[str, Answer]()
    with series_file(given, data, names) as path:
        for name, one in read(path, left_out).items():
            with leaving_out(name, left_out):
                answers[name] = answer(name, one)
    return answers
