"""The table of a sweep over seeds."""

from __future__ import annotations

import json
from pathlib import Path

from seqnlp.cli.multirun_seeds import seeds_table


def make_run(folder: Path, seed: int, width: int, score: float | None) -> Path:
    run = folder / f"{seed}-{width}"
    (run / "model").mkdir(parents=True)
    (run / "config.yaml").write_text(f"run: {run}\nseed: {seed}\nmodel:\n  hidden_dim: {width}\n", encoding="utf-8")
    dev = {} if score is None else {"score": score}
    (run / "model" / "metrics.json").write_text(json.dumps({"dev": dev}), encoding="utf-8")
    return run


def test_each_combination_of_other_settings_has_its_mean_and_deviation(tmp_path: Path) -> None:
    scores = {(1, 8): 70.0, (2, 8): 72.0, (3, 8): 74.0, (1, 16): 80.0}
    table = seeds_table([make_run(tmp_path, seed, width, score) for (seed, width), score in scores.items()])
    assert table is not None
    assert table.columns == ("model.hidden_dim", ">seeds", ">mean", ">sd")
    assert table.rows == [("8", "3", "72.00", "2.00"), ("16", "1", "80.00", "-")]


def test_one_seed_has_no_table(tmp_path: Path) -> None:
    assert seeds_table([make_run(tmp_path, 1, width, 50.0) for width in (8, 16)]) is None


def test_runs_without_a_dev_split_have_no_table(tmp_path: Path) -> None:
    assert seeds_table([make_run(tmp_path, seed, 8, None) for seed in (1, 2)]) is None
