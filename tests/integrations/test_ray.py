"""Ray in local mode, two actors: answers as in one process, in order; a killed actor is asked again."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from command import output, refusal, seqnlp

import seqnlp as library
from seqnlp.api.mapping import BatchAnswers
from seqnlp.errors import SeqnlpError
from seqnlp.integrations import ray as integration
from seqnlp.resources import RECIPES
from seqnlp.tables.job import answer_table

OLD = Path(__file__).parents[1] / "old_models"
TEXTS = [f"Velisk {number} moved from Port Ombril to Yensa ." for number in range(300)]


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """A cluster on this machine."""
    ray = pytest.importorskip("ray")
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # actors cannot import what tests import
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=10**8)
    yield ray
    ray.shutdown()


@pytest.mark.slow
def test_a_dataset_gets_the_columns_of_one_process(ray: Any, run: Path, tmp_path: Path) -> None:
    import ray.data

    ray.data.DataContext.get_current().execution_options.preserve_order = True
    rows = [{"id": number, "body": text if number % 7 else None} for number, text in enumerate(TEXTS)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "in.parquet")
    dataset = ray.data.read_parquet(tmp_path / "in.parquet")  # by tasks, which need CPUs too
    answered = integration.with_answers(dataset, run, "body", actors=2, batch_size=40, with_files=True).take_all()
    assert [row["id"] for row in answered] == list(range(len(TEXTS)))
    expected = library.batch(run, "body", errors="column")({"body": [row["body"] for row in rows]})
    for name, column in expected.items():
        assert [row[name] for row in answered] == column


class Dies(BatchAnswers):
    """Kills its process once, at a certain text."""

    marker = ""

    def answers(self, values: list[Any], wrong: Any = None) -> dict[str, list[Any]]:
        if TEXTS[100] in values and not Path(self.column + ".killed").exists():
            Path(self.column + ".killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answers(values, wrong or {})


@pytest.mark.slow
@pytest.mark.usefixtures("ray")
def test_a_killed_actor_is_asked_again_and_no_row_is_lost(run: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    column = str(tmp_path / "text")
    pyarrow.parquet.write_table(pyarrow.table({column: TEXTS}), tmp_path / "in.parquet")
    for name, answers in (("a", Dies(run, column, errors="column")), ("b", BatchAnswers(run, column, errors="column"))):
        tally = answer_table(
            answers,
            tmp_path / "in.parquet",
            tmp_path / f"{name}.parquet",
            lambda function, pieces: integration.spread(function, pieces, 2, "auto"),
            rows_at_once=25,
        )
        assert (tally.rows, tally.errors) == (300, 0)
    assert Path(column + ".killed").exists()
    one, other = (pyarrow.parquet.read_table(tmp_path / f"{name}.parquet") for name in "ab")
    assert one.equals(other)


@pytest.mark.slow
@pytest.mark.usefixtures("ray")
def test_the_command_writes_what_it_writes_without_ray(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n" + "\n".join(TEXTS[:50]) + "\n")
    options = ("--engine", "ray", "--address", "auto", "--workers", 2)
    finished = seqnlp("batch", run, tmp_path / "in.csv", tmp_path / "ray.csv", *options)
    assert (finished.status, finished.err) == (0, f"{tmp_path / 'ray.csv'}: 50 rows\n")
    output("batch", run, tmp_path / "in.csv", tmp_path / "here.csv")
    assert (tmp_path / "ray.csv").read_text() == (tmp_path / "here.csv").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("ray")
def test_texts_are_scored_and_series_answered_as_without_ray(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text("text\n" + "\n".join(TEXTS[:50]) + "\n")
    heading, *readings = (RECIPES / "anomaly_detection" / "demo" / "readings.csv").read_text().splitlines()[:161]
    rows = [f"{room},{reading}" for room in range(4) for reading in readings[40 * room : 40 * room + 40]]
    (tmp_path / "series.csv").write_text("\n".join([f"room,{heading}", *rows]) + "\n")
    for model, name, options in (("bpe", "texts", ()), ("anomaly", "series", ("--series-column", "room"))):
        for engine in (("--engine", "ray", "--address", "auto"), ()):
            out = tmp_path / f"{name}.{len(engine)}.csv"
            output("batch", OLD / model, tmp_path / f"{name}.csv", out, *options, "--workers", 2, *engine)
        assert (tmp_path / f"{name}.4.csv").read_text() == (tmp_path / f"{name}.0.csv").read_text()


def test_an_address_without_ray_is_refused(run: Path, tmp_path: Path) -> None:
    told = refusal("batch", run, tmp_path / "in.csv", tmp_path / "out.csv", "--address", "auto")
    assert told == "--address is that of a cluster; add --engine ray"


@pytest.mark.parametrize("workers", [0, -1])
def test_a_number_of_workers_that_cannot_be_is_refused(workers: int, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\nOrt\n")
    options = ("--engine", "ray", "--workers", workers)
    told = refusal("batch", OLD / "classification", tmp_path / "in.csv", tmp_path / "out.csv", *options)
    assert told == f"--workers: expected 1 or more, found {workers}"


def test_more_actors_than_this_machine_has_cpus_would_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    two = SimpleNamespace(
        cluster_resources=lambda: {"CPU": 2.0}, shutdown=lambda: None, exceptions=SimpleNamespace(RayError=OSError)
    )
    monkeypatch.setattr(integration, "_started", lambda address: two)
    with pytest.raises(SeqnlpError, match="workers: expected at most 2, one for each CPU here, found 3"):
        next(integration.spread(len, iter([["a"]]), workers=3))


@pytest.mark.slow
def test_a_large_file_is_answered_by_all_actors(ray: Any, tmp_path: Path) -> None:
    import ray.data

    pyarrow.parquet.write_table(pyarrow.table({"text": ["Ort"] * 20_000}), tmp_path / "in.parquet")
    dataset = ray.data.read_parquet(tmp_path / "in.parquet")
    answered = integration.with_answers(dataset, OLD / "words", actors=2).materialize()
    assert answered.count() == 20_000
    assert answered.num_blocks() >= 5
    assert answered.columns() == ["text", "log_probability", "token_count", "perplexity", "error"]
