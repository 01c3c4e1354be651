"""What ``seqnlp translate`` says at its end of the lines that it has read."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from seqnlp.cli.visible import visible
from seqnlp.data.turned_pairs import LOOKED_AT, are_translated
from seqnlp.text.garbled import garbled, said_of_garbled
from seqnlp.text.html_characters import html_character
from seqnlp.text.rewritten import Rewritten

_SHOWN = 40


class TranslateNotes:
    """Counts lines that were cut, and those that are probably not read as they were meant.

    Args:
        rewritten: of the model.
        languages: what it translates from and to.
    """

    def __init__(self, rewritten: Rewritten, languages: tuple[str, str]) -> None:
        self._rewritten, self._languages = rewritten, languages
        self._first = list[str]()  # that are looked at for their language
        self._lines = self._cut = self._parts = self._spelt = self._entities = self._garbled = 0
        self._first_spelt = self._first_entity = self._first_garbled = ""

    def add(self, lines: Iterable[str], spelt: list[str], cut: int, parts: int) -> None:
        """Some more lines.

        Args:
            spelt: those of them that were read letter by letter.
            cut, parts: how many had several sentences or were too long, and into how many parts these were cut.
        """
        for line in filter(None, lines):
            self._lines += 1
            if len(self._first) < LOOKED_AT:
                self._first.append(line)
            if entity := html_character(line):
                self._entities, self._first_entity = self._entities + 1, self._first_entity or entity
            if letters := garbled(line):
                self._garbled, self._first_garbled = self._garbled + 1, self._first_garbled or letters
            self._rewritten.add([line])
        self._cut, self._parts, self._spelt = self._cut + cut, self._parts + parts, self._spelt + len(spelt)
        self._first_spelt = self._first_spelt or next(iter(spelt), "")

    def say(self) -> None:
        """Print it on standard error."""
        for note in self._notes():
            print(note, file=sys.stderr)

    def _notes(self) -> Iterable[str]:
        if self._cut:
            what = "more sentences than the model learned from, or too many words"
            yield f"{_have(self._cut)} {what}: cut at sentence ends, translated in {self._parts:,} parts and rejoined"
        if are_translated(self._first, self._languages):
            source, target = self._languages
            yield f"the lines look like {target}, which is what this model translates {source} into"
        if self._spelt:
            lines = "1 line is" if self._spelt == 1 else f"{self._spelt:,} of {self._lines:,} lines are"
            what = "capitals, a script or a language that the model has not learned"
            yield f"{lines} read letter by letter, such as '{visible(self._first_spelt[:_SHOWN])}': {what}"
        if self._entities:
            lines = f"{_have(self._entities)} characters written as in HTML, such as {self._first_entity}"
            yield f"{lines}: unescape them before, unless the model was trained on such"
        if note := said_of_garbled(self._garbled, self._lines, "lines", self._first_garbled):
            yield note
        if self._rewritten.lines:
            what = f"characters that the model reads as others: {self._rewritten.examples()}"
            yield f"{_have(self._rewritten.lines)} {what}"


def _have(lines: int) -> str:
    return "1 line has" if lines == 1 else f"{lines:,} lines have"
