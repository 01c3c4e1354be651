"""Scores of the rows of a series: how badly each one's window is rebuilt, as a multiple of what is usual."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.data.series.inputs import Inputs
from seqnlp.networks.protocol import DetectorNetwork
from seqnlp.tasks.anomaly_detection.windows import take_windows, window_starts

BATCH = 512
"""Windows that are scored together."""

MAX_STEP = 10.0
"""An error is taken into the level as at most so many times what was usual of late."""


class ErrorBaseline:
    """The usual error, and scores as multiples of it.

    A series drifts, and after a while every row would be an alarm. So the baseline error follows the errors: a running
    mean with a memory of so many rows, never below the training error. A row's score is known before its error enters
    the mean.

    Errors are squares, so one glitch of a sensor may be a million times the baseline error: a plain mean would forget
    it only after days, in which nothing is flagged. So an error is taken in as at most ``MAX_STEP`` times the level or
    the median of the last errors, whichever is higher. A glitch leaves that median alone and raises the level a little;
    a shift that stays is soon the median, and is followed as a plain mean would.

    Args:
        baseline_error: mean error of the training part.
        rows: memory of the running mean; 0: it stays at the training error.
        recent: errors whose median is taken; a glitch should be in fewer than half of them. 1: a plain mean.
    """

    def __init__(self, baseline_error: float, rows: int, recent: int = 1) -> None:
        self.baseline_error, self.rows = baseline_error, rows
        self.mean = baseline_error
        self._recent = deque([baseline_error] * recent, maxlen=recent)

    def score(self, error: float) -> float:
        """The next row's score; 0 for a row with nothing measured, whose error is not a number.

        Errors are rounded to what does not depend on the windows that were scored together, so that a row that sets the
        threshold is never above it.
        """
        if math.isnan(error):
            return 0.0
        error = float(f"{error:.8g}")
        level = max(self.mean, self.baseline_error)
        if self.rows:
            self._follow(error, level)
        return error / level

    def _follow(self, error: float, level: float) -> None:
        self._recent.append(error)
        largest = MAX_STEP * max(level, median(self._recent))
        self.mean += (min(error, largest) - self.mean) / self.rows


def baseline_of(settings: AutoencoderConfig, baseline_error: float) -> ErrorBaseline:
    """The level as a series begins: a glitch is in the errors of ``scored_rows`` rows, and a window is longer."""
    return ErrorBaseline(baseline_error, settings.level_rows, max(settings.window, 2 * settings.scored_rows) + 1)


def row_errors(network: DetectorNetwork, window: int, inputs: Inputs, source: object) -> FloatArray:
    """Errors (T,) of the windows that end at each row; NaN where nothing was measured and for the first W - 1 rows.

    Raises:
        DataError: the series is shorter than one window.
    """
    columns = inputs.known.shape[1]
    starts = window_starts(len(inputs.rows), window, 1, source, f"model.window={window}")  # (T - W + 1,)
    errors = np.full(len(inputs.rows), np.nan)  # (T,)
    for first in range(0, len(starts), BATCH):
        chosen = starts[first : first + BATCH]
        windows = take_windows(inputs.rows, chosen, window)  # (B, W, C + F)
        measured = take_windows(inputs.known, chosen, window)  # (B, W, C)
        errors[chosen + window - 1] = network.errors(windows[..., :columns], windows[..., columns:], measured)
    return errors


def row_scores(errors: FloatArray, window: int, level: ErrorBaseline) -> FloatArray:
    """Scores (T,) of rows from their errors (T,); NaN for the first W - 1 rows, which end no window."""
    scores = np.full(len(errors), np.nan)  # (T,)
    scores[window - 1 :] = [level.score(error) for error in errors[window - 1 :].tolist()]
    return scores
