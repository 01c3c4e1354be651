"""Who trains for too few epochs is told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from command import TINY, seqnlp

ADVICE = "dev was still improving in the last epoch; a longer training may do better (trainer.epochs="


@pytest.mark.parametrize("epochs", [1, 5, 14])
def test_the_advice_is_given_exactly_where_the_last_epoch_is_the_best(tmp_path: Path, epochs: int) -> None:
    run = tmp_path / "run"
    finished = seqnlp("train", "recipe=tagging/demo", f"run={run}", *TINY, "data.limit=60", f"trainer.epochs={epochs}")
    assert finished.status == 0, finished.err
    with (run / "log.csv").open(newline="") as file:
        scores = [float(row["dev_score"]) for row in csv.DictReader(file)]
    last_is_best = len(scores) > 1 and scores[-1] > max(scores[:-1])
    assert last_is_best == (epochs == 5)  # so that both are seen
    assert (ADVICE in finished.err) == last_is_best
    if last_is_best:
        assert f"{ADVICE}{2 * epochs})" in finished.err
