"""The real forecaster in the real loop: resumed, cut into pieces, blind to what comes later."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tasks_in_process import assert_same_weights, data_refusal_of, new_task, trained_task
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_tasks import TINY
from torch import Tensor

from seqnlp.bundle import load_bundle
from seqnlp.config.reading import read_config
from seqnlp.data.series.inputs import make_inputs
from seqnlp.errors import ConfigError, DataError, RunError
from seqnlp.metrics.conformal import conformal_quantile
from seqnlp.models.series_as_network import TorchForecaster
from seqnlp.tasks.forecasting.evaluation import evaluate
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.prediction import Backtest, backtest, fit_intervals, undo_changes
from seqnlp.tasks.forecasting.task import ForecastingTask
from seqnlp.training.checkpoint import TRAIN
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

EVERYTHING = TINY["forecasting"].everything


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a series of 120 rows: 72 train, 24 dev, 24 test."""
    folder = tmp_path_factory.mktemp("data")
    write_series(folder / "series.csv", make_lines(120))
    return folder


make, train = partial(new_task, ForecastingTask), partial(trained_task, ForecastingTask)
refused = partial(data_refusal_of, ForecastingTask)


def dev_forecasts(task: ForecastingTask) -> Backtest:
    assert task.dev is not None
    assert task.dev_inputs is not None
    network, given = TorchForecaster(task.model), (task.dev_inputs, task.dev, task.facts.scaler)
    return backtest(network, task.settings, *given)


def test_evaluation_does_not_disturb_training(data: Path, tmp_path: Path) -> None:
    class Evaluating(ForecastingTask):
        def loss(self, examples: NDArray[np.int64], done: float) -> Tensor:
            self.model.eval()
            self.evaluate()
            self.model.train()
            return super().loss(examples, done)

    config = tiny_forecasting(data, trainer__epochs=1)
    (tmp_path / "other").mkdir()
    other = Evaluating(config, tmp_path / "other", torch.device("cpu"), lambda text: None)
    fit(other, config, tmp_path / "other", Processes())
    assert_same_weights(train(config, tmp_path / "run").model, other.model)


@pytest.mark.parametrize("settings", [{}, EVERYTHING])
def test_no_later_value_influences_the_model_or_an_earlier_forecast(settings: dict[str, Any], tmp_path: Path) -> None:
    """Everything after row 96 is another series: dev, test and all that lies in them."""
    lines, tasks = make_lines(120), []
    for name, other in (("before", lines), ("after", lines[:97] + make_lines(120, seed=9)[97:])):
        (tmp_path / name).mkdir()
        write_series(tmp_path / name / "series.csv", other)
        config = tiny_forecasting(tmp_path / name, data__dev="", data__test="20%", trainer__epochs=1, **settings)
        tasks.append(train(config, tmp_path / name / "run"))
    first, second = tasks
    assert len(first.windows.inputs) in (96, 89)
    assert np.array_equal(first.facts.scaler.mean, second.facts.scaler.mean)
    assert np.array_equal(first.facts.scaler.deviation, second.facts.scaler.deviation)
    assert np.array_equal(first.windows.inputs, second.windows.inputs)
    assert np.array_equal(first.windows.targets, second.windows.targets)
    assert_same_weights(first.model, second.model)


def test_a_forecast_in_a_backtest_does_not_see_what_it_forecasts(data: Path, tmp_path: Path) -> None:
    task = train(tiny_forecasting(data, **EVERYTHING, trainer__epochs=1), tmp_path / "run")
    assert task.dev is not None
    assert task.dev_inputs is not None
    origins, forecasts, actual, known = dev_forecasts(task)
    assert (origins[0], origins[-1]) == (71, 92)  # rows 72 to 95 are dev
    assert known.all()
    values = task.dev.series.values
    for place, origin in enumerate(origins):
        assert task.reading.restored(actual[place]) == pytest.approx(values[origin + 1 : origin + 4])
        known_then = task.dev.series.first(origin + 1)
        alone = make_inputs(task.reading, task.facts.scaler, known_then)
        rows = torch.from_numpy(alone.rows.astype(np.float32))[None]
        with torch.no_grad():
            last = task.model(rows, task.model.start())[0][0, -1].double().numpy()
        changes = task.facts.scaler.unscale(last)
        result = undo_changes(changes, alone.transformed[origin + 1 - 7 :][:3], 7)
        assert forecasts[place] == pytest.approx(result, abs=1e-4)


def test_changes_are_undone_over_several_seasons() -> None:
    values = np.random.default_rng(0).normal(size=(20, 2))
    changes = values[3:] - values[:-3]  # of a season of 3
    actual = undo_changes(changes[7 : 7 + 8], np.concatenate([values[7:10], np.zeros((5, 2))]), 3)
    assert actual == pytest.approx(values[10:18])
    assert undo_changes(changes, changes, 0) is changes


def test_intervals_are_the_conformal_quantiles_of_dev(data: Path, tmp_path: Path) -> None:
    task = train(tiny_forecasting(data), tmp_path / "run")
    assert task.dev is not None
    assert task.dev_inputs is not None
    _, forecasts, actual, known = dev_forecasts(task)
    known[0, 1, 0] = False
    widths = fit_intervals(forecasts, actual, known, LEVELS)
    off = np.abs(forecasts - actual)
    assert widths[2, 1, 0] == conformal_quantile(off[1:, 1, 0], 0.9)
    assert widths[2, 0, 1] == conformal_quantile(off[:, 0, 1], 0.9)
    assert np.isinf(widths[4]).all()  # 22 forecasts are too few for 99 %


def test_a_saved_forecaster_is_the_trained_one(data: Path, tmp_path: Path) -> None:
    task = train(tiny_forecasting(data, trainer__epochs=1), tmp_path / "run")
    bundle = load_bundle(tmp_path / "run")
    loaded = forecaster_from_bundle(bundle)
    for name, tensor in task.model.state_dict().items():
        assert np.array_equal(loaded.weights[name], tensor.numpy())
    assert np.array_equal(loaded.intervals, task.intervals)
    assert loaded.facts.names == ("a", "b")
    assert loaded.facts.step == task.facts.step
    assert np.array_equal(loaded.facts.scaler.mean, task.facts.scaler.mean)
    assert np.array_equal(loaded.facts.naive_scales, task.facts.naive_scales)
    bundle.description["surprise"] = 1
    with pytest.raises(RunError, match="unknown key 'surprise'; install a newer seqnlp"):
        forecaster_from_bundle(bundle)


def test_training_beats_the_seasonal_naive_error_and_the_scores_are_kept(data: Path, tmp_path: Path) -> None:
    config = tiny_forecasting(data, model__hidden_dim=12)
    task = train(config, tmp_path / "run")
    metrics = load_bundle(tmp_path / "run").metrics
    assert metrics["dev"]["mase"] < 1
    said = evaluate(tmp_path / "run", config, "test", lambda text: None)
    assert said.origins == 22
    assert task.digests[TRAIN] == metrics["train_sha256"]
    assert load_bundle(tmp_path / "run").metrics["test"]["mase"] == pytest.approx(said.score, abs=1e-5)
    config.data.dev = ""
    with pytest.raises(ConfigError, match="this run was trained without a dev split"):
        evaluate(tmp_path / "run", config, "dev", lambda text: None)


def test_a_network_that_says_nothing_leaves_the_fitted_linear_part(data: Path, tmp_path: Path) -> None:
    """The linear part is there before the first step, and dev decides how much of the network is added."""
    task = make(tiny_forecasting(data), tmp_path / "run")
    assert task.evaluate()["mase"] < 0.75  # a wave of a week, read off the calendar
    assert task.model.linear.share.tolist() == [0, 0]
    torch.nn.init.normal_(task.model.output.weight, std=3.0)  # a network that is wrong
    wrong = task.evaluate()
    assert task.model.linear.share.max() < 0.3
    assert wrong["mase"] < 0.85


def test_the_linear_part_is_fitted_again_on_train_and_dev(data: Path, tmp_path: Path) -> None:
    saved = {}
    for refit in (False, True):
        run = tmp_path / str(refit)
        task = train(tiny_forecasting(data, model__refit=refit), run)
        assert ("fitted again" in task.finish()) is refit
        saved[refit] = load_bundle(run)
    before, after = (saved[refit].tensors for refit in (False, True))
    assert not torch.equal(before["linear.weight"], after["linear.weight"])
    assert torch.equal(before["output.weight"], after["output.weight"])
    assert torch.equal(before["intervals"], after["intervals"])
    assert saved[True].metrics["dev"] == saved[False].metrics["dev"]


def test_a_model_of_an_older_version_has_a_highway(data: Path, tmp_path: Path) -> None:
    """Its description does not say which linear part it has."""
    train(tiny_forecasting(data, model__linear="trained"), tmp_path / "run")
    saved = load_bundle(tmp_path / "run")
    for name in ("linear", "refit"):
        del saved.description["model"][name]
    loaded = forecaster_from_bundle(saved)
    assert np.array_equal(loaded.weights["highway.weight"], saved.weights["highway.weight"])
    assert loaded.settings.linear == "trained"


def test_the_calendar_is_what_the_training_part_shows_and_lags_are_chosen(data: Path, tmp_path: Path) -> None:
    train(tiny_forecasting(data, model__calendar="auto", model__lags=0), tmp_path / "run")
    settings = forecaster_from_bundle(load_bundle(tmp_path / "run")).settings
    assert settings.calendar == "week"
    assert settings.lags > 0


def test_a_short_series_is_read_several_times_in_an_epoch(data: Path, tmp_path: Path) -> None:
    task = make(tiny_forecasting(data, trainer__epoch_steps=20), tmp_path / "run")
    plan, once = task.plan(0), task.count(task.windows.starts(0))
    assert 20 <= len(plan) < 26
    assert sum(task.count(batch) for batch in plan) % once == 0  # every row as often as any other


def test_a_series_that_cannot_be_learned_from_is_refused(data: Path, tmp_path: Path) -> None:
    equal = ["day,a", *(f"2024-01-{day:02},5" for day in range(1, 31))]
    write_series(tmp_path / "series.csv", equal)
    settings = {"data__dev": "", "data__test": ""}
    assert refused(tiny_forecasting(tmp_path, **settings), tmp_path / "run") == (
        "series.csv: column 'a': all 30 training values are 5, so there is nothing to learn; leave it out of "
        "data.value_columns"
    )
    assert refused(tiny_forecasting(data, trainer__window=100), tmp_path / "run").startswith(
        "series.csv: expected at least 103 training rows, one window (trainer.window=100) and a horizon "
    )
    assert refused(tiny_forecasting(data, model__season=72), tmp_path / "run") == (
        "series.csv: expected more than 72 training rows, a season (model.season), found 72"
    )
    assert "too few for a horizon of 24" in refused_in_evaluation(data, tmp_path / "other")


def refused_in_evaluation(data: Path, run: Path) -> str:
    task = make(tiny_forecasting(data, data__dev="10%", model__horizon=24), run)
    with pytest.raises(DataError) as caught:
        task.evaluate()
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"model": {"horizon": 0}}, "model.horizon: expected at least 1, found 0"),
        ({"data": {"dev": "0%"}}, "data.dev: expected a part of more than 0% and less than 100%, found '0%'"),
        ({"data": {"dev": "50%", "test": "50%"}}, "data.dev, data.test: 50% and 50% leave nothing to train on"),
        ({"data": {"train": "10%"}}, "data.train: expected a file, found '10%'; data.dev and data.test may be parts"),
        ({"data": {"train": ""}}, "data.train: missing; choose a recipe (recipe=forecasting/demo) or name a CSV file"),
        ({"data": {"time_format": "%d"}}, "data.time_format: only with data.time_column, which is missing"),
        ({"data": {"time_column": "d + t", "value_columns": "t"}}, "data.value_columns: 't' is in data.time_column"),
        ({"model": {"calendar": "moon"}}, "model.calendar: expected some of year, week, day, found 'moon'"),
        ({"model": {"calendar": "week"}}, "model.calendar: only with data.time_column, which is missing"),
        ({"model": {"difference": "season"}}, "model.season: expected 2 or more with model.difference=season, found 1"),
        (
            {"model": {"input": "differences", "reference": "mean"}},
            "model.reference: expected last with model.input=differences, found 'mean'",
        ),
        ({"model": {"min_context": 48}}, "trainer.window: expected more than model.min_context (48), found 48"),
    ],
)
def test_settings_that_make_no_sense_are_named(changes: dict[str, dict[str, Any]], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({"task": "forecasting", **changes, "data": {"train": "x.csv", **changes.get("data", {})}})
    assert problem in caught.value.problems
