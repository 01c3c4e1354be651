"""Progress bars: on a terminal, and in a notebook."""

from __future__ import annotations

import sys
from html import escape
from typing import Any, Protocol


class Bar(Protocol):
    """What shows how far training is."""

    def start(self) -> None:
        """Show it."""

    def at(self, epochs: float, description: str) -> None:
        """So many epochs are done, as a real number."""

    def stop(self, *, finished: bool) -> None:
        """Leave it as it is, or full where all is done."""


def make_bar(total: int, epoch: int, *, embedded: bool) -> Bar | None:
    """The bar that fits where this runs; none where nobody would see one.

    Args:
        total, epoch: epochs in all, and done.
        embedded: in a program that trains from Python: its standard output and error stay what they are.
    """
    if embedded and _in_notebook():
        return NotebookBar(total, epoch)
    return TerminalBar(total, epoch, redirect=not embedded) if sys.stderr.isatty() else None


class TerminalBar:
    """Drawn by rich on standard error."""

    def __init__(self, total: int, epoch: int, *, redirect: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, redirect_stdout=redirect, redirect_stderr=redirect)
        self._task = self._bar.add_task("training", total=float(total), completed=epoch)

    def start(self) -> None:
        """Show it."""
        self._bar.start()

    def at(self, epochs: float, description: str) -> None:
        """So many epochs are done, as a real number."""
        self._bar.update(self._task, completed=epochs, description=description)

    def stop(self, *, finished: bool) -> None:
        """Leave it as it is, or full where all is done, also where training stopped before the last epoch."""
        if finished:
            self._bar.update(self._task, total=1.0, completed=1.0)
        self._bar.stop()


class NotebookBar:
    """An HTML element below the cell, changed in place at most a hundred times an epoch."""

    def __init__(self, total: int, epoch: int) -> None:
        self._total, self._epochs, self._shown, self._description = total, float(epoch), -1.0, "training"
        self._display: Any = None

    def start(self) -> None:
        """Show it."""
        from IPython.display import HTML, display

        self._display = display(HTML(self._html()), display_id=True)

    def at(self, epochs: float, description: str) -> None:
        """So many epochs are done, as a real number."""
        self._epochs, self._description = epochs, description
        if epochs - self._shown >= 0.01:
            self._show()

    def stop(self, *, finished: bool) -> None:
        """Leave it as it is, or full where all is done."""
        self._epochs = float(self._total) if finished else self._epochs
        self._show()

    def _show(self) -> None:
        from IPython.display import HTML

        self._shown = self._epochs
        if self._display is not None:
            self._display.update(HTML(self._html()))

    def _html(self) -> str:
        bar = f'<progress max="{self._total}" value="{self._epochs:.2f}" style="width: 20em"></progress>'
        return f"{bar} epoch {self._epochs:.1f} of {self._total} &nbsp; {escape(self._description)}"


def _in_notebook() -> bool:
    """Whether IPython runs this with a notebook as its front end."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
