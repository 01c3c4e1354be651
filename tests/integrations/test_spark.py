"""Spark in local mode, two workers: rows in, the same rows out with the answers of one process."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seqnlp
from seqnlp.errors import DataError

TEXTS = [None if number % 5 == 0 else f"Velisk {number} moved to Ombril ." for number in range(60)]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session on this machine."""
    sql = pytest.importorskip("pyspark.sql")
    # Spark is a Java program. Without java nothing checks that rows come back from Spark's workers as from one process;
    # what a worker answers is checked by the tests of seqnlp.batch. These run wherever java is on the PATH.
    if not shutil.which("java"):
        pytest.skip("needs java, in which Spark is written; seqnlp.batch is tested without it")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.pyspark.python", sys.executable).getOrCreate()
    yield session
    session.stop()


@pytest.mark.slow
@pytest.mark.parametrize("with_files", [False, True])
def test_a_frame_gets_the_columns_of_one_process(spark: Any, run: Path, with_files: bool) -> None:
    from seqnlp.integrations.spark import with_answers

    frame = spark.createDataFrame(list(enumerate(TEXTS)), "id int, body string").repartition(4)
    answered = with_answers(frame, run, "body", with_files=with_files)
    assert answered.columns == ["id", "body", "tags", "tokens", "spans", "error"]
    rows = sorted(answered.collect(), key=lambda row: int(row["id"]))
    expected = seqnlp.batch(run, "body", errors="column")({"body": TEXTS})
    assert [row["body"] for row in rows] == TEXTS
    assert [row["error"] for row in rows] == expected["error"]
    assert [row["tags"] for row in rows] == expected["tags"]
    spans = [None if row["spans"] is None else [span.asDict() for span in row["spans"]] for row in rows]
    assert spans == expected["spans"]


@pytest.mark.slow
def test_a_column_that_is_not_there_is_refused(spark: Any, run: Path) -> None:
    from seqnlp.integrations.spark import with_answers

    with pytest.raises(DataError, match="expected a column 'text', found 'a'"):
        with_answers(spark.createDataFrame([("x",)], "a string"), run)
