"""What ``seqnlp train -m`` prints when all its runs are done: one table, from what each run left in its folder."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from seqnlp.cli.multirun_cross import cross_table
from seqnlp.cli.multirun_seeds import seeds_table
from seqnlp.cli.objective import deciding_scores, is_lower_better, objective_of
from seqnlp.report.tables import Table
from seqnlp.report.text import format_table


def multirun_table(runs: Sequence[Path]) -> str:
    """Dev scores, parameters, minutes and, where a task counts its tokens, tokens a second of each run.

    A sweep over seeds has a second table, of means and standard deviations; one over two settings has a table of one
    against the other.
    """
    rows = [_facts(run) for run in runs]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(name if name == "run" else f">{name}" for name in names)
    tables = [Table("All runs", columns, [tuple(row.get(name, "") for name in names) for row in rows])]
    if seeds := seeds_table(runs):
        tables.append(seeds)
    if cross := cross_table(runs):
        tables.append(cross)
    return "\n\n".join([*map(format_table, tables), *best_job(runs)])


def best_job(runs: Sequence[Path]) -> list[str]:
    """The run with the best objective, in words; nothing of a single run, or without dev scores."""
    named = [(run, str(read_run_objective(run))) for run in runs]
    scored = [(objective_of(run, name), name) for run, name in named]
    scored = [one for one in scored if math.isfinite(one[0])]
    if len(scored) < 2:
        return []
    name = scored[0][1]
    best, _ = (min if is_lower_better(name) else max)(scored, key=lambda one: one[0])
    shown: float = best
    if name == "score":
        name, [value] = deciding_scores([best.run])
        shown = best if value is None else value
    way = "lower" if is_lower_better(name) else "higher"
    return [f"best: {best.run} with dev {name} {shown:.2f} ({way} is better)"]


def read_run_objective(run: Path) -> str:
    """The name of a run's objective."""
    config = yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))
    return str(config.get("trainer", {}).get("objective", "score"))


def _facts(run: Path) -> dict[str, str]:
    """A run's columns; a run without a dev split has no scores."""
    metrics: dict[str, Any] = json.loads((run / "model" / "metrics.json").read_text(encoding="utf-8"))
    with (run / "log.csv").open(newline="") as file:
        last = list(csv.DictReader(file))[-1]
    seconds = float(last["seconds"])
    scores = {f"dev {name}": f"{value:.2f}" for name, value in _named(metrics["dev"]).items()}
    scores |= {name: f"{value:.2f}" for name, value in metrics.get("beside", {}).items()}
    facts = {"run": run.name, **scores, "parameters": f"{metrics['parameters']:,}", "minutes": f"{seconds / 60:.1f}"}
    if "train_tokens" in metrics:
        facts["tokens/s"] = f"{metrics['train_tokens'] * int(last['epoch']) / seconds:,.0f}"
    return facts


def _named(scores: dict[str, Any]) -> dict[str, float]:
    """The measures by their names; ``score`` is one of them again."""
    numbers = {name: value for name, value in scores.items() if isinstance(value, float)}
    return {name: value for name, value in numbers.items() if name != "score"} or numbers
