"""Linear forecasts by least squares: exact on linear series, chosen on rows they have not seen, blind to the future."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.data.least_squares import LinearRows, fit_again, fit_linear, lag_choices
from seqnlp.data.linear_forecast import Choice


def autoregression(rows: int, seed: int = 0) -> np.ndarray:
    """A column that follows its last two rows, and one that follows the first column."""
    draw, values = np.random.default_rng(seed), np.zeros((rows, 2))
    for row in range(2, rows):
        values[row, 0] = 1.2 * values[row - 1, 0] - 0.6 * values[row - 2, 0] + draw.normal()
        values[row, 1] = 0.9 * values[row - 1, 0] + 0.1 * draw.normal()
    return values


def test_a_wave_and_a_line_are_forecast_exactly() -> None:
    rows = np.arange(120)
    values = np.stack([np.sin(2 * np.pi * rows / 12), 0.01 * rows - 0.6], axis=1)
    waves = np.stack([np.sin(2 * np.pi * rows / 12), np.cos(2 * np.pi * rows / 12)], axis=1)
    fitted = fit_linear(values[:80], np.ones((80, 2), dtype=bool), waves[:80], 5, [Choice(2)])
    origins = np.arange(79, 114)
    np.testing.assert_allclose(
        fitted.after(values, waves, origins), values[origins[:, None] + np.arange(1, 6)], atol=1e-4
    )


def test_weights_are_those_of_numpys_least_squares() -> None:
    values = autoregression(300)
    fitted = fit_linear(values, np.ones_like(values, dtype=bool), np.zeros((300, 0)), 3, [Choice(2, every_column=True)])
    rows = np.arange(1, 297)  # the first lacks a row before it
    read = np.concatenate([np.ones((296, 1)), values[rows], values[rows - 1]], axis=1)
    for step in range(1, 4):
        expected = np.linalg.lstsq(read, values[rows + step], rcond=None)[0]  # (5, C)
        np.testing.assert_allclose(fitted.bias[step - 1], expected[0], atol=1e-4)
        np.testing.assert_allclose(fitted.lags[:, :, step - 1].reshape(4, 2), expected[1:], atol=1e-4)


def test_each_column_gets_the_choice_that_forecasts_unseen_rows_best() -> None:
    values = autoregression(2000)
    choices = [Choice(1), Choice(2), Choice(1, every_column=True)]
    fitted = fit_linear(values, np.ones_like(values, dtype=bool), np.zeros((2000, 0)), 1, choices)
    assert fitted.chosen == (Choice(2), Choice(1, every_column=True))


def test_the_mean_of_choices_leaves_out_those_that_forecast_much_worse() -> None:
    values = autoregression(2000)
    choices = [Choice(1), Choice(2), Choice(3)]
    known, none = np.ones_like(values, dtype=bool), np.zeros((2000, 0))
    fitted = fit_linear(values, known, none, 1, choices, averaged=True)
    parts = fitted.parts[0]
    assert sum(parts.values()) == pytest.approx(1)
    assert Choice(1) not in parts  # its squared errors are half as large again
    assert parts[Choice(2)] == pytest.approx(0.5, abs=0.1)
    again = fit_again(fitted, [LinearRows(values, known, none)])
    np.testing.assert_allclose(again.lags, fitted.lags, atol=1e-9)


def test_later_rows_choose_and_are_not_fitted_on() -> None:
    values = autoregression(400)
    known, none = np.ones_like(values, dtype=bool), np.zeros((400, 0))
    changed = values.copy()
    changed[300:] += 5
    one = [Choice(2)]
    first, second = (
        fit_linear(rows[:300], known[:300], none[:300], 1, one, later=LinearRows(rows[300:], known[300:], none[300:]))
        for rows in (values, changed)
    )
    np.testing.assert_array_equal(first.lags, second.lags)
    # what was not seen before 300 is a level that stays: the last row says more than the mean
    choices = [Choice(1, ridge=100.0), Choice(1)]
    level = np.where(np.arange(400)[:, None] < 300, np.random.default_rng(3).normal(size=(400, 1)), 50.0)
    before, after = (slice(None, 300), slice(300, None))
    fits = [
        fit_linear(level[before], known[before, :1], none[before], 1, choices, later=later, from_last=True).chosen[0]
        for later in (None, LinearRows(level[after], known[after, :1], none[after]))
    ]
    assert fits == [Choice(1), Choice(1, ridge=100.0)]


def test_too_few_rows_leave_the_smallest_choice() -> None:
    values = autoregression(30)
    fitted = fit_linear(values, np.ones_like(values, dtype=bool), np.zeros((30, 0)), 2, [Choice(1), Choice(28)])
    assert {choice.lags for choice in fitted.chosen} == {1}


def test_steps_that_are_unknown_do_not_count() -> None:
    values = autoregression(200)
    known = np.ones_like(values, dtype=bool)
    known[50:60] = False
    wrong = np.where(known, values, 1e6)
    broken = fit_linear(wrong, known, np.zeros((200, 0)), 1, [Choice(1)])
    assert np.isfinite(broken.lags).all()
    only_targets = values.copy()
    only_targets[59] = 1e6  # read by row 59 alone, whose step ahead is known
    known[60] = False
    fitted = fit_linear(only_targets, known, np.zeros((200, 0)), 1, [Choice(1)])
    assert abs(fitted.lags[0, 0, 0, 0]) < 1


def test_gaps_in_all_steps_ahead_leave_a_forecast_all_the_same() -> None:
    rows = np.arange(400)
    values = np.sin(2 * np.pi * rows / 7)[:, None]
    known = (rows % 9 > 0)[:, None]  # of 10 steps ahead one is always unknown
    fitted = fit_linear(values[:300], known[:300], np.zeros((300, 0)), 10, [Choice(1), Choice(7)])
    origins = np.arange(300, 380)
    np.testing.assert_allclose(
        fitted.after(values, np.zeros((400, 0)), origins), values[origins[:, None] + np.arange(1, 11)], atol=0.05
    )


def test_a_ridge_draws_to_the_mean_or_to_the_last_row() -> None:
    values = autoregression(100)
    known, none = np.ones_like(values, dtype=bool), np.zeros((100, 0))
    to_mean = fit_linear(values, known, none, 1, [Choice(1, ridge=1e6)])
    to_last = fit_linear(values, known, none, 1, [Choice(1, ridge=1e6)], from_last=True)
    assert to_mean.lags[0, 0, 0, 0] == pytest.approx(0, abs=1e-3)
    assert to_last.lags[0, 0, 0, 0] == pytest.approx(1, abs=1e-3)


def test_a_season_is_among_the_numbers_of_rows() -> None:
    assert lag_choices(1) == [1, 2, 3, 7, 14, 28]
    assert lag_choices(12) == [1, 2, 3, 7, 12, 13, 14, 25, 28]
    assert max(lag_choices(365)) == 366
