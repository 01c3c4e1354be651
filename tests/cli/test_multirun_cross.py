"""A sweep over two settings ends with a table of one against the other."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from seqnlp.cli.multirun_cross import cross_table


def write_run(folder: Path, score: float | None, seed: int = 1, **settings: Any) -> Path:
    run = folder / str(len(list(folder.iterdir())))
    (run / "model").mkdir(parents=True)
    sections: dict[str, Any] = {"seed": seed, "run": str(run), "data": {}, "model": {}}
    for name, value in settings.items():
        section, key = name.split("__")
        sections[section][key] = value
    (run / "config.yaml").write_text(yaml.safe_dump(sections), encoding="utf-8")
    metrics = {"dev": {} if score is None else {"score": score}, "beside": {"5-gram": 10.0 + seed}}
    (run / "model" / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return run


def test_settings_of_the_data_go_across_and_seeds_are_averaged(tmp_path: Path) -> None:
    runs = [
        write_run(tmp_path, 10 * far + seed, seed, data__distance=far, model__cell=cell)
        for far, cell, seed in product((5, 7), ("rnn", "lstm"), (1, 2))
    ]
    table = cross_table(runs)
    assert table is not None
    assert table.heading == "Dev score by model.cell and data.distance, mean of 2 seeds"
    assert table.columns == ("model.cell", ">5", ">7")
    assert table.rows == [("rnn", "51.50", "71.50"), ("lstm", "51.50", "71.50"), ("5-gram", "11.50", "11.50")]


def test_what_was_not_run_stays_empty(tmp_path: Path) -> None:
    cells = ((5, "rnn"), (7, "lstm"))
    table = cross_table([write_run(tmp_path, 1.0, data__distance=far, model__cell=cell) for far, cell in cells])
    assert table is not None
    assert table.rows[0] == ("rnn", "1.00", "")


def test_there_is_none_over_one_setting_or_three_or_without_scores(tmp_path: Path) -> None:
    one = [write_run(tmp_path, 1.0, model__cell=cell) for cell in ("rnn", "lstm")]
    assert cross_table(one) is None
    three = [write_run(tmp_path, 1.0, data__a=n, data__b=n, model__c=n) for n in (1, 2)]
    assert cross_table(three) is None
    unscored = [write_run(tmp_path, None, data__a=n, model__c=n) for n in (1, 2)]
    for run in unscored:
        (run / "model" / "metrics.json").write_text('{"dev": {}}', encoding="utf-8")
    assert cross_table(unscored) is None
