"""What is wrong with a stream, said when it is first met and counted at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqnlp.data.series_repair import Findings


class FindingsTold:
    """Says each kind of finding at its first row: who watches a stream cannot wait for its end.

    Args:
        source: the stream's name in messages.
        say: told the messages.
    """

    def __init__(self, source: str, say: Callable[[str], None]) -> None:
        self.source, self.say = source, say
        self._told: set[str] = set()

    def look(self, findings: Findings) -> None:
        """After a row: say what is new."""
        if len(findings.counts) == len(self._told):
            return
        for kind in [kind for kind in findings.counts if kind not in self._told]:
            self._told.add(kind)
            self.say(f"{self.source}:{findings.lines[kind]}: {kind} (counted at the end)")

    def finish(self, findings: Findings) -> None:
        """At the end: say how often each was met."""
        if findings.counts:
            self.say(f"{self.source}: {findings}")
