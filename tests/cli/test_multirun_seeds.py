"""The table of a sweep over seeds."""

from __future__ import annotations

import json
from pathlib import Path

from seqnlp.cli.multirun_seeds import seeds_table
from seqnlp.cli.multirun_table import best_job
from seqnlp.cli.objective import deciding_scores


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


def test_a_seed_that_comes_twice_is_counted_once(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / name, seed, 8, 70.0 + seed) for name, seed in (("a", 1), ("b", 1), ("c", 3))]
    table = seeds_table(runs)
    assert table is not None
    assert table.rows == [("2", "72.00", "1.41")]
    assert seeds_table(runs[:2]) is None


def test_one_seed_has_no_table(tmp_path: Path) -> None:
    assert seeds_table([make_run(tmp_path, 1, width, 50.0) for width in (8, 16)]) is None


def test_runs_without_a_dev_split_have_no_table(tmp_path: Path) -> None:
    assert seeds_table([make_run(tmp_path, seed, 8, None) for seed in (1, 2)]) is None


def test_errors_and_perplexities_stand_under_their_own_name(tmp_path: Path) -> None:
    runs = [make_run(tmp_path, seed, 8, -value) for seed, value in ((1, 40.0), (2, 42.0))]
    for run, value in zip(runs, (40.0, 42.0), strict=True):
        metrics = {"dev": {"score": -value, "perplexity": value, "bits": 1.5}}
        (run / "model" / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    table = seeds_table(runs)
    assert table is not None
    assert (table.heading, table.rows) == ("Dev perplexity over seeds", [("2", "41.00", "1.41")])
    assert best_job(runs) == [f"best: {runs[0]} with dev perplexity 40.00 (lower is better)"]


def test_runs_that_were_chosen_by_different_scores_are_compared_by_score(tmp_path: Path) -> None:
    runs = [make_run(tmp_path, seed, 8, 60.0) for seed in (1, 2)]
    for run, name in zip(runs, ("bleu", "chrf"), strict=True):
        metrics = {"dev": {"score": 60.0, name: 60.0}}
        (run / "model" / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    assert deciding_scores(runs) == ("score", [60.0, 60.0])
