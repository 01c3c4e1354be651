"""The reliability diagram by itself: how often a model is right against how sure it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.metrics.calibration import Calibration, Reliability
from seqnlp.plots.picture import BLUE, VERMILLION, as_text, save_picture
from seqnlp.report.page import report_page
from seqnlp.report.report import calibration_sections

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def reliability_html(title: str, calibration: Calibration) -> str:
    """The whole page; it needs nothing else: no network, no script. Every text is escaped."""
    *tables, diagram = calibration_sections(calibration)
    return report_page(title, _size(calibration), [], [diagram, *tables])


def reliability_picture(path: Path, title: str, calibration: Calibration) -> None:
    """Write the diagram as a PNG or SVG file.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    save_picture(path, lambda: _figure(title, calibration), dpi=110)


def _size(calibration: Calibration) -> str:
    return f"{sum(each.count for each in calibration.after.bins):,} predictions"


def _figure(title: str, calibration: Calibration) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#5c5c5c", linestyle="--", linewidth=1)
    _draw(axes, calibration.before, VERMILLION, "s", ":", "temperature 1")
    _draw(axes, calibration.after, BLUE, "o", "-", f"temperature {calibration.temperature:.3f}")
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xlabel="probability", ylabel="part that is right", aspect="equal")
    axes.set_title(f"{title}\n{_size(calibration)}", fontsize=10, **as_text())
    axes.legend(fontsize=8)
    return figure


def _draw(axes: Axes, measured: Reliability, colour: str, mark: str, line: str, name: str) -> None:
    """A line through the bins that hold predictions; the larger a mark, the more there are."""
    filled = [each for each in measured.bins if each.count]
    xs, ys = [each.mean_probability for each in filled], [each.accuracy for each in filled]
    largest = max((each.count for each in filled), default=1)
    axes.plot(xs, ys, color=colour, linestyle=line, label=f"{name}: calibration error {measured.error:.4f}")
    axes.scatter(xs, ys, [12 + 70 * each.count / largest for each in filled], color=colour, marker=mark)
