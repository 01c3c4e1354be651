"""One forecaster of many series: each on its own scale, whatever stands beside it in the file."""

from __future__ import annotations

import pickle
import random
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import torch
from tasks_in_process import assert_same_weights, data_refusal_of, new_task, trained_task
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_tasks import SuddenDeathError, dying

import seqnlp
from seqnlp.api import Forecast, Forecaster
from seqnlp.bundle import load_bundle
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.config.reading import read_config
from seqnlp.data.least_squares import LinearRows, fit_linear, fit_together
from seqnlp.data.linear_forecast import Choice
from seqnlp.data.series.inputs import Inputs
from seqnlp.errors import ConfigError, DataError, RunError, SeqnlpError
from seqnlp.tasks.forecasting.counted import counted_errors
from seqnlp.tasks.forecasting.evaluation import evaluate
from seqnlp.tasks.forecasting.page import page_model
from seqnlp.tasks.forecasting.task import ForecastingTask
from seqnlp.tasks.forecasting.windows import WindowPlan
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

ROWS = {"harbour": 90, "mill": 75, "tower": 80}
HEAD = "day,site,a,b"
QUICK = {"trainer__epochs": 1, "trainer__epoch_steps": 12}

make, train = partial(new_task, ForecastingTask), partial(trained_task, ForecastingTask)
refused = partial(data_refusal_of, ForecastingTask)


def rows_of(name: str, factor: float = 1.0) -> list[str]:
    """The rows of a series, of some size."""
    rows = [line.split(",") for line in make_lines(ROWS[name], seed=len(name))[1:]]
    return [f"{day},{name},{float(a) * factor!r},{float(b) * factor!r}" for day, a, b in rows]


def write(folder: Path, rows: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    write_series(folder / "series.csv", [HEAD, *rows])
    return folder


def every_row(**factors: float) -> list[str]:
    return [row for name in ROWS for row in rows_of(name, factors.get(name, 1.0))]


def config_of(folder: Path, **changes: Any) -> ForecastingConfig:
    return tiny_forecasting(folder, data__series_column="site", **{**QUICK, **changes})


def trained(folder: Path, rows: list[str], **changes: Any) -> Forecaster:
    write(folder, rows)
    train(config_of(folder, **changes), folder / "run")
    loaded = seqnlp.load(folder / "run")
    assert isinstance(loaded, Forecaster)
    return loaded


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three series below each other in ``series.csv``, and a model of them in ``run``. Read only."""
    return write(tmp_path_factory.mktemp("sites"), every_row())


@pytest.fixture(scope="module")
def task(data: Path) -> ForecastingTask:
    """The task that trained that model. Read only."""
    return train(config_of(data), data / "run")


@pytest.fixture(scope="module")
def model(data: Path, task: ForecastingTask) -> Forecaster:
    """A forecaster of three series."""
    loaded = seqnlp.load(data / "run")
    assert isinstance(loaded, Forecaster)
    return loaded


def same(one: Forecast, other: Forecast, factor: float = 1.0) -> None:
    assert (one.names, one.origin, one.times) == (other.names, other.origin, other.times)
    for mine, theirs in ((one.values, other.values), (one.low, other.low), (one.high, other.high)):
        assert mine * factor == pytest.approx(theirs, rel=1e-5)


def test_each_series_is_read_and_forecast_on_its_own_scale(data: Path, model: Forecaster, tmp_path: Path) -> None:
    """A series of other units gets forecasts in those, and the others do not notice."""
    before = model.forecast_each(data / "series.csv")
    assert list(before) == list(model.series) == ["harbour", "mill", "tower"]
    other = trained(tmp_path / "other", every_row(mill=1024.0))
    after = other.forecast_each(tmp_path / "other" / "series.csv")
    for name, forecast in before.items():
        same(forecast, after[name], 1024.0 if name == "mill" else 1.0)


@pytest.mark.usefixtures("task")
def test_how_the_rows_of_series_are_mixed_does_not_matter(data: Path, tmp_path: Path) -> None:
    rows = [(random.Random(place).random(), place, row) for place, row in enumerate(every_row())]
    mixed = [row for *_, row in sorted(rows)]
    by_day = sorted(mixed)  # each series in its own order of time
    write(tmp_path, by_day)
    assert [row.split(",")[1] for row in by_day[:3]] == ["harbour", "mill", "tower"]
    again = train(config_of(tmp_path), tmp_path / "run")
    first, second = load_bundle(data / "run"), load_bundle(tmp_path / "run")
    assert all(torch.equal(second.tensors[name], tensor) for name, tensor in first.tensors.items())
    assert second.vocabulary == first.vocabulary
    assert [one.name for one in again.series] == sorted(ROWS)


def test_a_series_alone_is_forecast_as_among_others(data: Path, model: Forecaster, tmp_path: Path) -> None:
    among = model.forecast_each(data / "series.csv")["tower"]
    write(tmp_path, rows_of("tower"))
    same(model.forecast(tmp_path / "series.csv"), among)
    stream, last = model.of_series("tower").start(), None
    for row in rows_of("tower"):
        day, _, a, b = row.split(",")
        last = stream.add([float(a), float(b)], day)
    assert last is not None
    same(last, among)
    travelled = pickle.loads(pickle.dumps(model.of_series("tower")))
    assert travelled.loaded.facts.scaler.mean.tolist() == model.of_series("tower").loaded.facts.scaler.mean.tolist()
    table = pandas.read_csv(data / "series.csv").assign(note="a text")
    same(model.forecast_each(table)["tower"], among)


@pytest.mark.parametrize("engine", ["numpy", "onnxruntime", "torch"])
def test_a_saved_model_is_the_trained_one_in_every_engine(data: Path, task: ForecastingTask, engine: str) -> None:
    loaded = seqnlp.load(data / "run", engine=engine)
    assert isinstance(loaded, Forecaster)
    for number, one in enumerate(task.series):
        assert one.dev_inputs is not None
        rows = one.dev_inputs.rows[:20]
        wanted, _ = task._network(number).read(rows, task._network(number).start())
        actual = loaded.loaded.of(one.name)
        assert actual.facts.scaler.mean == pytest.approx(one.facts.scaler.mean)
        assert np.array_equal(actual.intervals, task.series_intervals[number])
        np.testing.assert_allclose(actual.network.read(rows, actual.network.start())[0], wanted, atol=1e-5)


def test_the_network_tells_the_series_apart_by_their_embeddings(data: Path, tmp_path: Path) -> None:
    task = make(config_of(data), tmp_path / "run")
    torch.nn.init.normal_(task.model.output.weight)
    rows = np.ones((5, 6))
    first, second = (task._network(number).read(rows, task._network(number).start())[0] for number in (0, 1))
    assert not np.allclose(first, second)
    without = make(config_of(data, model__series_dim=0), tmp_path / "without")
    assert without.model.layers.layers[0].weight_ih_l0.shape[1] == 6
    assert "embeddings" not in without.saved({"dev": {}, "parameters": 1, "epoch": 1}).vocabulary


def test_a_run_that_dies_is_resumed_bit_for_bit(data: Path, task: ForecastingTask, tmp_path: Path) -> None:
    config = config_of(data)
    with pytest.raises(SuddenDeathError):
        fit(dying(make(config, tmp_path / "run"), 9), config, tmp_path / "run", Processes())
    assert_same_weights(task.model, train(config, tmp_path / "run").model)
    never, once = load_bundle(data / "run"), load_bundle(tmp_path / "run")
    assert (never.vocabulary, never.metrics["dev"]) == (once.vocabulary, once.metrics["dev"])


def test_one_series_in_long_form_is_as_a_file_of_its_own(tmp_path: Path) -> None:
    long = trained(tmp_path / "long", rows_of("harbour"))
    (tmp_path / "plain").mkdir()
    plain_rows = [row.replace("harbour,", "") for row in rows_of("harbour")]
    write_series(tmp_path / "plain" / "series.csv", ["day,a,b", *plain_rows])
    plain = train(tiny_forecasting(tmp_path / "plain", **QUICK), tmp_path / "plain" / "run")
    theirs = load_bundle(tmp_path / "long" / "run").tensors
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in plain.model.state_dict().items())
    loaded = seqnlp.load(tmp_path / "plain" / "run")
    assert isinstance(loaded, Forecaster)
    assert loaded.series == ()
    same(long.forecast(tmp_path / "long" / "series.csv"), loaded.forecast(tmp_path / "plain" / "series.csv"))
    assert list(loaded.forecast_each(tmp_path / "plain" / "series.csv")) == [""]


def test_what_the_data_choose_does_not_stand_for_what_was_asked(tmp_path: Path) -> None:
    """The model says what it has, its training what was asked for, which is what another run needs."""
    changes = {"model__linear": "fitted", "model__calendar": "auto", "model__lags": 0}
    chosen = trained(tmp_path, rows_of("harbour"), **changes).loaded.settings
    assert (chosen.series_dim, chosen.calendar) == (0, "week")
    assert chosen.lags > 0
    training = load_bundle(tmp_path / "run").training
    assert training is not None
    asked = training["model"]
    assert (asked["series_dim"], asked["calendar"], asked["lags"]) == (4, "auto", 0)


def test_a_series_that_training_never_saw_is_read_on_the_scale_of_its_rows(model: Forecaster, tmp_path: Path) -> None:
    said: list[str] = []
    forecasts = []
    for factor in (1.0, 1024.0):
        write(tmp_path, [row.replace("mill", "barn") for row in rows_of("mill", factor)])
        forecasts.append(model.forecast(tmp_path / "series.csv", say=said.append))
    same(forecasts[0], forecasts[1], 1024.0)
    assert said[0] == (
        "series barn: training never saw it; it is read on the scale of its own 75 rows, as a mean series"
    )
    with pytest.raises(DataError, match=r"expected one of the series of training \('harbour', 'mill', 'tower'\)"):
        model.of_series("barn")
    many = model.loaded.many
    assert many is not None
    assert many.embedding(None) == pytest.approx(many.embeddings.mean(axis=0))


@pytest.mark.usefixtures("task")
def test_scores_are_those_of_each_series_and_their_mean(data: Path) -> None:
    config = config_of(data)
    report = evaluate(data / "run", config, "test", lambda text: None)
    assert [column.title for column in report.columns][::2] == ["harbour: a", "mill: a", "tower: a"]
    assert report.score == pytest.approx(np.mean([column.model.mase for column in report.columns]))
    assert report.rows == 18 + 15 + 16
    assert report.origins == report.rows - 3 * 3 + 3
    text = report.to_text()
    assert "3 series, 49 rows, 3 ahead from each of 43 rows" in text
    assert "tower: b" in text
    kept = load_bundle(data / "run").metrics["test"]["series"]
    assert kept["mill"]["b"]["rmse"] == report.columns[3].model.rmse
    counts = counted_errors(data / "run", config, "test", lambda text: None)
    assert counts.scores[0].name == "MAE of a in deviations of each series"


@pytest.mark.usefixtures("task")
def test_a_series_of_the_test_file_that_is_new_is_not_judged(data: Path, tmp_path: Path) -> None:
    said: list[str] = []
    new = [row.replace("mill", "barn") for row in rows_of("mill")]
    write(tmp_path, [*new, *rows_of("tower")])
    config = config_of(data, data__test=str(tmp_path / "series.csv"))
    report = evaluate(data / "run", config, "test", said.append, keep=False)
    assert report.series == ["tower"]
    assert any("never saw are not judged, they have no scale before their rows: 'barn'" in text for text in said)
    write(tmp_path, new)
    with pytest.raises(DataError, match=r"expected series of the training file \('harbour', 'mill', 'tower'\), found"):
        evaluate(data / "run", config, "test", said.append, keep=False)


def test_intervals_of_a_short_series_are_those_of_all_on_its_scale(data: Path, tmp_path: Path) -> None:
    task = make(config_of(data), tmp_path / "run")
    task.evaluate()
    most = [np.isfinite(widths[:, 0, 0]).sum() for widths in task.series_intervals]
    assert np.isfinite(task.intervals[:4]).all()
    assert most == [4, 4, 4]  # up to 95 %; with the 13 forecasts of one dev part alone it would be 90 %
    ratio = task.series_intervals[1][3] / task.series_intervals[2][3]  # (J, C) both have the shared one
    deviations = [one.facts.scaler.deviation for one in task.series]
    assert ratio == pytest.approx(np.broadcast_to(deviations[1] / deviations[2], ratio.shape))


@pytest.mark.usefixtures("task")
def test_a_run_begins_with_the_embeddings_that_are_known(data: Path, tmp_path: Path) -> None:
    new = [row.replace("mill", "barn") for row in rows_of("mill")]
    write(tmp_path, [*new, *rows_of("tower")])
    task = make(config_of(tmp_path, start_from=str(data / "run")), tmp_path / "run")
    known = np.array(load_bundle(data / "run").vocabulary["embeddings"])  # harbour, mill, tower
    wanted = np.array([known.mean(axis=0), known[2]])
    assert task.model.series.weight.detach().numpy() == pytest.approx(wanted, abs=1e-6)
    (tmp_path / "plain").mkdir()
    write_series(tmp_path / "plain" / "series.csv", make_lines(120))
    with pytest.raises(RunError, match=r"name the column of series in data\.series_column"):
        make(tiny_forecasting(tmp_path / "plain", start_from=str(data / "run")), tmp_path / "other")


def test_windows_of_several_series_never_mix_them() -> None:
    """Every row of every series is forecast from once, whatever the offset, by rows of its own series."""
    lengths = (15, 23, 12)
    inputs = [
        Inputs(number * 100 + np.arange(length, dtype=float)[:, None], np.ones((length, 1), bool), np.zeros((1, 1)), 0)
        for number, length in enumerate(lengths)
    ]
    plan = WindowPlan(inputs, 2, 4, 9, ["x", "y", "z"])
    for offset in range(2 * plan.stride):
        read = plan.read(plan.starts(offset))
        assert (read.inputs[..., 0] // 100 == read.series[:, None]).all()
        assert read.mask.flatten(1).any(dim=1).all()  # no window that forecasts nothing
        places = torch.nonzero(read.mask[..., 0])
        origins = [int(read.inputs[window, row, 0]) for window, row, _ in places]
        targets = [int(read.targets[window, row, step, 0]) for window, row, step in places]
        ahead = [target - origin for origin, target in zip(origins, targets, strict=True)]
        assert ahead == [int(step) + 1 for *_, step in places]
        wanted = [
            100 * number + row for number, length in enumerate(lengths) for row in range(3, length) for step in (1, 2)
            if row + step < length
        ]  # fmt: skip
        assert sorted(origins) == wanted
    with pytest.raises(DataError, match=r"^z: .* 14 training rows.*found 12; set"):
        WindowPlan(inputs, 2, 4, 12, ["x", "y", "z"])
    with pytest.raises(DataError, match=r"^x: .* 16 training rows.*found 15 \(and of 1 other series too few\)"):
        WindowPlan(inputs, 2, 4, 14, ["x", "y", "z"])


def test_equations_of_several_series_are_one_fit() -> None:
    """A series twice is fitted as once, and two series as their rows below each other."""
    draw = np.random.default_rng(1)
    values, none = draw.normal(size=(400, 1)), np.zeros((400, 0))
    known = np.ones((400, 1), bool)
    one = LinearRows(values, known, none)
    twice = fit_together([one, one], 2, [Choice(1), Choice(3)], averaged=True)
    once = fit_linear(values, known, none, 2, [Choice(1), Choice(3)], averaged=True)
    assert twice.parts[0] == pytest.approx(once.parts[0])
    assert twice.lags == pytest.approx(once.lags)
    other = LinearRows(draw.normal(1, 2, size=(90, 1)), known[:90], none[:90])
    both = fit_together([one, other], 1, [Choice(2)])
    columns = [series.values[:, 0] for series in (one, other)]
    read = np.concatenate([np.stack([x[1:-1], x[:-2], np.ones(len(x) - 2)], axis=1) for x in columns])
    wanted = np.linalg.lstsq(read, np.concatenate([x[2:] for x in columns]), rcond=None)[0]
    assert [*both.lags.ravel(), both.bias.item()] == pytest.approx(wanted, rel=1e-5)


def test_a_fit_of_many_series_needs_the_memory_of_one() -> None:
    """The sums of products are as wide as what is read; those of a series are added and let go."""
    draw = np.random.default_rng(2)
    none, known = np.zeros((120, 0)), np.ones((120, 1), bool)
    series = [LinearRows(draw.normal(size=(120, 1)), known, none) for _ in range(40)]
    peaks = []
    for count in (4, 40):
        tracemalloc.start()
        fit_together(series[:count], 2, [Choice(1), Choice(60)])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda rows: [HEAD.replace("site", "place"), *rows],
            "series.csv:1: expected the column 'site', found",
        ),
        (
            lambda rows: [f"{HEAD},site", *rows],
            "series.csv:1: the column 'site' is there 2 times",
        ),
        (
            lambda rows: [HEAD, rows[0], rows[1].replace("harbour", " "), *rows[2:]],
            "series.csv:3: expected the name of a series in 'site', found nothing",
        ),
        (
            lambda rows: [HEAD, rows[0], f"{rows[1]},7"],
            "series.csv:3: expected 4 fields as in the file's first row, found 5",
        ),
        (
            lambda rows: [HEAD, *rows, "2024-01-01,shed,1,2", "2024-01-02,shed,2,1"],
            "series.csv (series shed): expected more than 7 training rows, a season (model.season), found",
        ),
        (
            lambda rows: [HEAD, *rows, *(f"{row.split(',')[0]},shed,5,{number}" for number, row in enumerate(rows))],
            "series.csv (series shed): column 'a': all 54 training values are 5, so there is nothing to learn; leave",
        ),
        (
            lambda rows: [HEAD, *rows, *(f"{2025 + number}-01-01,shed,{number % 3},1" for number in range(60))],
            "series.csv (series shed): expected rows with a step of 1 day, as in the training data, found a step of 1",
        ),
        (lambda rows: [HEAD], "series.csv: expected rows of series, found none"),
    ],
)
def test_what_is_wrong_in_a_file_of_series_is_named(
    change: Callable[[list[str]], list[str]], problem: str, tmp_path: Path
) -> None:
    write_series(tmp_path / "series.csv", change(rows_of("harbour")))
    assert refused(config_of(tmp_path), tmp_path / "run").startswith(problem)


def test_a_limit_counts_the_rows_of_each_series(data: Path, tmp_path: Path) -> None:
    task = make(config_of(data, data__limit=60), tmp_path / "run")
    assert [len(one.train) for one in task.series] == [36, 36, 36]


def test_a_dev_part_that_is_too_short_is_named_before_training(tmp_path: Path) -> None:
    rows = rows_of("harbour")
    write(tmp_path, [*rows, *(row.replace("harbour", "shed") for row in rows[:40])])
    assert refused(config_of(tmp_path, data__dev="5%"), tmp_path / "run").startswith(
        "series.csv (series shed): 2 rows from row 31 on, 7 rows needed before the first forecast: too few"
    )


def test_what_is_wrong_in_a_table_in_memory_is_said_of_the_table(data: Path, model: Forecaster) -> None:
    table = pandas.read_csv(data / "series.csv")
    nameless = table.assign(site=table["site"].where(table.index != 3))
    with pytest.raises(DataError, match=r"^series\[3\]: expected the name of a series in 'site', found nothing$"):
        model.forecast_each(nameless)
    with pytest.raises(DataError, match=r"^series \(series harbour\): expected at least"):
        model.forecast_each(table.head(3))
    said: list[str] = []
    model.forecast_each(table.assign(a=table["a"].where(table.index != 20)), say=said.append)
    note = "1 missing value of 'a', replaced by the last known one (first on line 22)"
    assert said == [f"series (series harbour): {note}"]
    with pytest.raises(DataError, match=r"^test\[3\]: expected the name of a series in 'site', found nothing$"):
        model.evaluate(nameless)


def test_settings_and_questions_that_make_no_sense_are_refused(data: Path, model: Forecaster) -> None:
    for column, problem in (("t", "is in data.time_column"), ("v", "is one of data.value_columns")):
        settings = {"train": "x.csv", "time_column": "t", "value_columns": "v, w", "series_column": column}
        with pytest.raises(ConfigError, match=f"data.series_column: '{column}' {problem}"):
            read_config({"task": "forecasting", "data": settings})
    with pytest.raises(DataError, match=r"expected the rows of one series, found 3 \('harbour', 'mill', 'tower'\)"):
        model.forecast(data / "series.csv")
    with pytest.raises(SeqnlpError, match=r"the model reads 3 series .*say which: of_series\(NAME\)"):
        model.start()
    with pytest.raises(SeqnlpError, match="--page: a page reads one series, and this model reads 3"):
        page_model(load_bundle(data / "run"))
