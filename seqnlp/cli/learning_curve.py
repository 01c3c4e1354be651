"""``seqnlp learning-curve``: whether more annotation is worth it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output_file import check_output_file
from seqnlp.cli.study_options import add_study_options, numbers, own_numbers, study_settings
from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from seqnlp.studies.learning_curve import LearningCurve

HELP = "score models trained on 5, 10, 25, 50 and 100 % of train: is more annotation worth it?"
EXAMPLES = """\
examples:
  seqnlp learning-curve recipe=tagging/demo
  seqnlp learning-curve recipe=tagging/demo percents=10,30,100 seeds=1,2,3 --split dev -o curve.html
  seqnlp learning-curve task=classification data.train=reviews.tsv data.dev=10% data.test=1/5 -o curve.png

A larger share has all examples of a smaller one. A curve that was stopped goes on when it is typed again with its
run=DIR.
"""
PERCENTS = "5,10,25,50,100"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_study_options(parser)
    parser.add_argument(
        "--split", choices=("dev", "test"), help="what all models are scored on (default test, dev if there is none)"
    )
    parser.add_argument("-o", dest="picture", type=Path, metavar="FILE", help="also draw it: .html, .png or .svg")


def run(arguments: argparse.Namespace) -> int:
    """Train, score, print and draw."""
    from dataclasses import asdict

    from seqnlp.compose import compose_config
    from seqnlp.json_text import json_text
    from seqnlp.studies.learning_curve import learning_curve

    if arguments.picture and arguments.picture.suffix not in (".html", ".png", ".svg"):
        raise SeqnlpError(f"-o: expected a name that ends in .html, .png or .svg, found '{arguments.picture}'")
    if arguments.picture:
        check_output_file(arguments.picture)
    overrides, percents = own_numbers(arguments.overrides, "percents")
    overrides, seeds = own_numbers(overrides, "seeds")
    overrides, folder = study_settings(overrides, ("data.share", "seed"), "learning-curve")
    shares = numbers(percents or PERCENTS, "percents", 0.01, 100)
    if len(shares) < 2:
        raise SeqnlpError(f"percents: expected at least two, found '{percents}'")
    drawn = [int(seed) for seed in numbers(seeds or "1", "seeds", 0, 2**31, whole=True)]
    data = compose_config(overrides, arguments.config_dir).data
    split = arguments.split or ("test" if data.test else "dev")
    if not getattr(data, split):
        raise SeqnlpError(f"data.{split}: there is none to score the models on; name a file, or data.test=1/5")
    curve = learning_curve(overrides, arguments.config_dir, shares, drawn, split, folder)
    if arguments.json:
        print(json_text({"verdict": curve.verdict, **asdict(curve)}, indent=1))
    else:
        print(curve.format())
    if arguments.picture:
        _draw(curve, arguments.picture)
        print(f"curve written to {arguments.picture}", file=sys.stderr)
    return 0


def _draw(curve: LearningCurve, path: Path) -> None:
    from seqnlp.plots.lines import charts_html, charts_picture
    from seqnlp.report.chart import Chart, Line
    from seqnlp.storage import write_atomically

    measure, points = curve.points[0].scores[0].measure, curve.points
    lines = [
        Line(measure, [(point.percent, point.mean) for point in points]),
        Line("lower end of the 95 % interval", [(point.percent, point.low) for point in points]),
        Line("upper end", [(point.percent, point.high) for point in points]),
    ]
    charts = [Chart(f"{measure} on {curve.split}", "% of train", measure, lines)]
    if path.suffix == ".html":
        write_atomically(path, charts_html("Learning curve", curve.verdict, charts).encode())
    else:
        charts_picture(path, "Learning curve", charts)
