"""A sweep over two settings as a table of one against the other."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from seqnlp.cli.objective import deciding_scores
from seqnlp.report.tables import Table

Scores = dict[tuple[str, str], list[float]]
"""Scores by the values of both settings."""


def cross_table(runs: Sequence[Path]) -> Table | None:
    """Dev scores by the two settings that differ between runs, and beside them what simpler methods reach.

    Settings of the data go across. With several seeds a field is their mean. None unless exactly two settings differ.
    """
    settings = [dict(leaves(yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8")))) for run in runs]
    names = [name for name in settings[0] if len({one.get(name) for one in settings}) > 1]
    varied = sorted((name for name in names if name not in ("run", "seed")), key=lambda name: name.startswith("data."))
    if len(varied) != 2:
        return None
    down, across = varied
    measured = [json.loads((run / "model" / "metrics.json").read_text(encoding="utf-8")) for run in runs]
    scores: Scores = {}
    measure, values = deciding_scores(runs)
    for setting, value in zip(settings, values, strict=True):
        if value is not None:
            scores.setdefault((setting[down], setting[across]), []).append(value)
    for setting, metrics in zip(settings, measured, strict=True):
        for method, score in metrics.get("beside", {}).items():
            scores.setdefault((method, setting[across]), []).append(score)
    if not scores:
        return None
    columns = list(dict.fromkeys(setting[across] for setting in settings))
    methods = dict.fromkeys(method for method, _ in scores)
    rows = [(method, *(_mean(scores.get((method, column), [])) for column in columns)) for method in methods]
    seeds = len({setting["seed"] for setting in settings})
    heading = f"Dev {measure} by {down} and {across}" + (f", mean of {seeds} seeds" if seeds > 1 else "")
    return Table(heading, (down, *(f">{column}" for column in columns)), rows)


def leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every setting by its dotted name, as text."""
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)


def _mean(scores: Sequence[float]) -> str:
    return f"{statistics.mean(scores):.2f}" if scores else ""
