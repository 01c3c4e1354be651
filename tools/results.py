"""Train a recipe with several seeds, evaluate each on test, print the row of its results table.

    python tools/results.py tagging/wnut17 --seeds 1 2 3 --out runs/results [override ...]

A seed whose run is already finished under --out is only evaluated. Chosen once on the dev split, run once on test.
In an override ${seed} stands for the seed, as in 'data.train_on_dev=runs/alone/tagging/wnut17/seed${seed}'.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Run the seeds one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--out", type=Path, default=Path("runs/results"))
    parser.add_argument("overrides", nargs="*", help="more settings, key=value")
    arguments = parser.parse_intermixed_args()
    rows = [one_seed(arguments.recipe, seed, arguments.out, arguments.overrides) for seed in arguments.seeds]
    for row in rows:
        print(json.dumps(row))
    shown = ("seed", "title", "test", "dev", "minutes", "parameters", "megabytes")
    others = [name for name in rows[0] if name not in shown]
    dev = f"dev {spread(rows, 'dev')}, " if "dev" in rows[0] else ""
    print(
        f"{rows[0]['title']}: test {spread(rows, 'test')}, {dev}"
        + "".join(f"{name} {spread(rows, name, 3)}, " for name in others)
        + f"{spread(rows, 'minutes', 1)} minutes, {rows[0]['parameters']:,} parameters, {rows[0]['megabytes']:.1f} MB"
    )


def one_seed(recipe: str, seed: int, out: Path, overrides: list[str]) -> dict[str, Any]:
    """Train (unless there is a finished run) and evaluate one seed; no dev score of a run that learnt from dev."""
    run = out / recipe / f"seed{seed}"
    seqnlp = [sys.executable, "-m", "seqnlp"]
    if not (run / "model" / "metrics.json").exists():
        subprocess.run([*seqnlp, "train", f"recipe={recipe}", f"seed={seed}", f"run={run}", *overrides], check=True)
    command = [*seqnlp, "evaluate", str(run), "--split", "test", "--json"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    metrics = json.loads((run / "model" / "metrics.json").read_text())
    if "macro_interval" in report:  # a classifier: each baseline on a line of its own
        for one in report["baselines"]:
            print(f"{recipe} seed {seed}: {100 * one['score']:.2f} {one['name']}")
    last = (run / "log.csv").read_text().splitlines()
    seconds = dict(zip(last[0].split(","), last[-1].split(","), strict=True))["seconds"]
    return {
        "seed": seed,
        "title": report["title"],
        "test": report["score"] if report["measure"] in ("perplexity", "mase") else 100 * report["score"],
        **({"dev": abs(metrics["dev"]["score"])} if metrics["dev"] else {}),  # of a perplexity or MASE it is the minus
        **beside(report),
        "minutes": float(seconds) / 60,
        "parameters": metrics["parameters"],
        "megabytes": sum(file.stat().st_size for file in (run / "model").iterdir()) / 1e6,
    }


def beside(report: dict[str, Any]) -> dict[str, float]:
    """What stands in the table beside the score of a task."""
    numbers = {"ece": report["calibration"]["after"]["error"]} if report.get("calibration") else {}
    if report["measure"] == "perplexity":
        last = report["baselines"][-1]["scores"]
        return {"bits": report["scores"]["bits_per_character"], "ngram": last["per_word"]}
    if report["measure"] == "windows found":
        at_budget, at_rate = report["at_budget"][0], report["at_rate"][0]
        return {"false alarms per 1,000": 1000 * at_budget["false_rate"], "achieved rate": at_rate["false_rate"]}
    if report["measure"] == "mase":
        below = {"below": 100 * report["below_seasonal_naive"], "below drift": 100 * report["below_drift"]}
        below |= {"below linear": 100 * report["below_linear"]}
        return {"rmse": report["columns"][0]["model"]["rmse"], **below, "coverage": 100 * report["coverage_90"]}
    if "macro_interval" in report:
        return {**numbers, "macro F1": 100 * report["macro"]["f1"]}
    if "scores" in report:
        return {name: report["scores"][name]["value"] for name in ("chrf", "ter")}
    return numbers


def spread(rows: list[dict[str, Any]], key: str, digits: int = 2) -> str:
    """Mean and standard deviation over the seeds."""
    values = [row[key] for row in rows]
    deviation = f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"


if __name__ == "__main__":
    main()
