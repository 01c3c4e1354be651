from __future__ import annotations

import numpy as np

from seqnlp.metrics.z_score import rolling_z_scores


def test_scores_are_deviations_from_the_mean_of_the_rows_before_as_by_hand() -> None:
    values = np.random.default_rng(1).normal(size=(40, 2))
    actual = rolling_z_scores(values, 5)
    assert actual[:5].tolist() == [0] * 5
    for row in range(5, 40):
        before = values[row - 5 : row]
        assert np.isclose(actual[row], (abs(values[row] - before.mean(axis=0)) / before.std(axis=0)).max())


def test_no_later_value_changes_a_score() -> None:
    values = np.random.default_rng(2).normal(size=(40, 1))
    changed = values.copy()
    changed[30:] = 100
    np.testing.assert_array_equal(rolling_z_scores(values, 5)[:30], rolling_z_scores(changed, 5)[:30])


def test_a_series_of_equal_values_or_few_has_finite_scores() -> None:
    assert rolling_z_scores(np.ones((20, 1)), 5).max() == 0
    assert rolling_z_scores(np.ones((3, 1)), 5).tolist() == [0, 0, 0]
    assert np.isfinite(rolling_z_scores(np.append(np.ones(9), 2.0)[:, None], 5)).all()
