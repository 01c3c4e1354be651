"""``seqnlp plot``: pictures of what a model does with a text, how it was trained and how good it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seqnlp.cli.action_options import refuse_unread

HELP = "draw what a model does with a text, how it learned, and how good it is, as HTML, PNG or SVG"
EXAMPLES = """\
examples:
  seqnlp plot attention RUN --text "Ein Hund läuft." -o attention.html
  seqnlp plot gates RUN --text "I love chocolate. But I prefer vanilla." -o gates.png
  seqnlp plot gradient RUN RUN RUN -o gradient.png
  seqnlp plot curves RUN RUN
  seqnlp plot confusion RUN --split dev
  seqnlp plot calibration RUN -o calibration.png

kinds:
  attention    which source words each word of a translation looked at (subwords merged to words)
  gates        gates, cell and hidden state at each step: taggers, classifiers, language models, translators' encoders
  gradient     how much the loss at a step still depends on what was read so many steps before
  curves       loss and scores over training
  confusion    which labels were taken for which: taggers and classifiers
  calibration  how often the model is right against how sure it is: taggers and classifiers
"""

WITH_TEXT = ("attention", "gates")
WITH_RUNS = ("gradient", "curves")
_READERS = {
    "text": WITH_TEXT,
    "units": ("gates",),
    "split": ("confusion", "calibration", "gradient"),
    "data_dir": ("confusion", "calibration", "gradient"),
}
"""The kinds that read an option."""


@dataclass(frozen=True)
class PlotRequest:
    """What was asked for.

    Attributes:
        runs: one or, for kinds that compare, several.
        text: of the kinds that need one.
        output: the file, .html, .png or .svg.
        units: gates: rows of a grid; 0: all.
        split: confusion, calibration: what is predicted; gradient: what is read.
        data_dir: where the data is now, if it moved.
    """

    runs: list[str]
    text: str
    output: Path
    units: int
    split: str
    data_dir: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("kind", metavar="KIND", help=f"what to draw: {', '.join(KINDS)}")
    parser.add_argument("runs", metavar="RUN", nargs="+", help="a run, or (attention, gates) a saved model folder")
    parser.add_argument("--text", help="attention, gates: the text to show it on")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="an .html, .png or .svg file (default KIND.html in this folder)",
    )
    parser.add_argument(
        "--units", type=int, default=32, metavar="N", help="gates: the N units that change most; 0: all (default 32)"
    )
    parser.add_argument(
        "--split",
        choices=("train", "dev", "test"),
        help="confusion, calibration: of which split (default test); gradient: read from which split (default dev)",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="confusion, calibration, gradient: where the data is now, if it moved since training",
    )


def run(arguments: argparse.Namespace) -> int:
    """Draw, and say where the picture is."""
    kind: str = arguments.kind
    _check(arguments)
    output = arguments.output or Path(f"{kind}.html")
    split = arguments.split or ("dev" if kind == "gradient" else "test")
    KINDS[kind](PlotRequest(arguments.runs, arguments.text or "", output, arguments.units, split, arguments.data_dir))
    print(f"plot written to {output}", file=sys.stderr)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be drawn.

    Raises:
        SeqnlpError: an unknown kind, or arguments that do not belong to it.
    """
    from seqnlp.errors import SeqnlpError, did_you_mean
    from seqnlp.plots.picture import SUFFIXES, check_suffix

    kind: str = arguments.kind
    if kind not in KINDS:
        close = did_you_mean(kind, KINDS)
        raise SeqnlpError(f"expected a kind of plot ({', '.join(KINDS)}), found '{kind}'{close}")
    check_suffix("-o", arguments.output, (".html", *SUFFIXES))
    refuse_unread(arguments, "plot", kind, _READERS, add_arguments)
    if kind in WITH_TEXT and not (arguments.text or "").strip():
        raise SeqnlpError("--text: expected some words, found none")
    if kind not in WITH_RUNS and len(arguments.runs) > 1:
        raise SeqnlpError(
            f"expected one RUN for {kind}, found {len(arguments.runs)}; {' and '.join(WITH_RUNS)} compare"
        )
    if arguments.units < 0:
        raise SeqnlpError(f"--units: expected 0 or more, found {arguments.units}")


def _attention(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_activations import attention

    attention(wanted.runs[0], wanted.text, wanted.output)


def _gates(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_activations import gates

    gates(wanted.runs[0], wanted.text, wanted.output, wanted.units)


def _gradient(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_activations import gradient

    gradient(list(map(Path, wanted.runs)), wanted.split, wanted.data_dir, wanted.output)


def _curves(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_scores import curves

    curves(list(map(Path, wanted.runs)), wanted.output)


def _confusion(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_scores import confusion

    confusion(Path(wanted.runs[0]), wanted.split, wanted.data_dir, wanted.output)


def _calibration(wanted: PlotRequest) -> None:
    from seqnlp.cli.plot_scores import calibration

    calibration(Path(wanted.runs[0]), wanted.split, wanted.data_dir, wanted.output)


KINDS: dict[str, Callable[[PlotRequest], None]] = {
    "attention": _attention,
    "gates": _gates,
    "gradient": _gradient,
    "curves": _curves,
    "confusion": _confusion,
    "calibration": _calibration,
}
"""Each kind of plot and what draws it."""
