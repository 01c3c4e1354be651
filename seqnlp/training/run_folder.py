"""Where a run writes: the directory it began in, and no other that takes its name."""

from __future__ import annotations

import os
from pathlib import Path

from seqnlp.errors import TrainingError


class RunFolder:
    """A run directory as training found it."""

    def __init__(self, run: Path) -> None:
        self._run, self._began = run, os.stat(run)

    def check(self) -> None:
        """Stop where writing would make a directory that holds only the end of a run.

        Raises:
            TrainingError: the directory was removed or moved, or another one stands there.
        """
        try:
            there = os.path.samestat(os.stat(self._run), self._began)
        except OSError:
            there = False
        if not there:
            raise TrainingError(
                f"{self._run} was removed or moved while it was trained, so nothing more is written. If it was moved, "
                f"`seqnlp resume` goes on with it where it stands now, from its last checkpoint"
            )
