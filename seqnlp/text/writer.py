"""Tokens as they are drawn, written as text at once: bytes wait for their character, stop strings are noticed."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.errors import WrongValueError
from seqnlp.text.language_tokens import Tokens


class TextWriter:
    """Turns tokens into text.

    Args:
        line_begins: nothing is written on the line yet, so that its first word needs no space.
    """

    def __init__(self, tokens: Tokens, line_begins: bool) -> None:
        self.tokens, self.line_begins = tokens, line_begins
        self._bytes = bytearray()

    def add(self, token: int) -> str:
        """What can be written now."""
        byte = self.tokens.byte(token)
        if byte is not None:
            self._bytes.append(byte)
            self.line_begins = False
            return ""
        written = self.tokens.pieces[token]
        text = self.flush() + (written.removeprefix(" ") if self.line_begins else written)
        if written:
            self.line_begins = token == self.tokens.end
        return text

    def flush(self) -> str:
        """The character that bytes make; U+FFFD if they do not."""
        text = self._bytes.decode("utf-8", "replace")
        self._bytes.clear()
        return text


class StopStrings:
    """Lets text through until one of the strings occurs; what could begin one waits.

    Raises:
        WrongValueError: an empty stop string.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        if not all(stops):
            raise WrongValueError("expected stop strings of at least one character, found an empty one")
        self.stops = tuple(stops)
        self.stopped = False
        self._waiting = ""

    def add(self, text: str) -> str:
        """What is certain to be before the first stop string."""
        self._waiting += text
        ends = [place for place in (self._waiting.find(stop) for stop in self.stops) if place >= 0]
        if ends:
            self.stopped = True
            return self._waiting[: min(ends)]
        keep = max((_overlap(self._waiting, stop) for stop in self.stops), default=0)
        ready, self._waiting = self._waiting[: len(self._waiting) - keep], self._waiting[len(self._waiting) - keep :]
        return ready

    def flush(self) -> str:
        """What waited, once no more text comes."""
        ready, self._waiting = self._waiting, ""
        return "" if self.stopped else ready


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of ``text`` begin ``stop``."""
    return max(size for size in range(min(len(text), len(stop) - 1) + 1) if text.endswith(stop[:size]))
