"""Sentence pairs from TMX, the XML in which translation memories are exchanged (TMX 1.4b)."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from html.entities import html5
from xml.parsers import expat

from seqnlp.errors import DataError
from seqnlp.text.files import open_bytes
from seqnlp.text.parallel import SentencePair, one_line

_MARKUP = frozenset(("bpt", "ept", "ph", "it", "ut"))
"""Elements inside a segment that hold codes of the translated document, and no text."""

_TAG = re.compile(r"\s*</?[A-Za-z]")
_BREAK = re.compile(r"\s*<(w:)?(br|cr|lb|p|tab)\b|\s*\\[nrt]|\s+$", re.IGNORECASE)
"""Codes that are tags, and those that begin a line, whatever they are written as."""

_BREAK_TYPES = frozenset(("lb", "pb", "br", "x-lb", "x-br", "x-tab", "tab", "line-break"))

_SPACE, _PLACE = "\x01", "\x02"
"""What stands in the text for a code that begins a line, and for one that stands for something: XML has neither."""

_BETWEEN_WORDS = re.compile(f"{_SPACE}|(?<=[\\w.,;:!?]){_PLACE}+(?=\\w)")

_BYTES = 1 << 16


def read_tmx_pairs(
    path: str | os.PathLike[str], source: str, target: str, left_out: Counter[str]
) -> Iterator[SentencePair]:
    """The pairs of a file; ``line`` is where the translation unit begins.

    Codes inside segments are left out, with a space where one begins a line or stands between two words. A language
    finds its regions, too (``de``: ``de-AT``); of several variants the one that is written exactly so counts, else the
    first.

    Args:
        source, target: languages, in any case.
        left_out: counts the units that lack one of the languages.

    Raises:
        DataError: the file is no XML, or no unit has both languages; with file and line.
    """
    units, count, languages = _Units(), 0, Counter[str]()
    for line, texts in _parsed(path, units):
        languages.update(list(texts))
        here, there = (_side(texts, language) for language in (source, target))
        if here is None or there is None:
            left_out[f"translation units without {source} and {target}"] += 1
            continue
        count += 1
        yield SentencePair(one_line(here), one_line(there), line)
    if not count and languages:
        names = ", ".join(language or "texts without a language" for language, _ in languages.most_common(10))
        expected = f"expected translation units with {source} and {target}, found only {names}"
        raise DataError(f"{expected}; set data.source and data.target", path)


def read_tmx_texts(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """The texts of all languages, each with the line where its unit begins.

    Raises:
        DataError: the file is no XML, with file and line.
    """
    for line, texts in _parsed(path, _Units()):
        for text in texts.values():
            yield line, text


class UnknownNameError(Exception):
    """A character is named that no document type here declares."""


class _Units:
    """Collects finished translation units: where each begins, and its text by language."""

    def __init__(self) -> None:
        self.done: list[tuple[int, dict[str, str]]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.SkippedEntityHandler = self._named_character
        self._line, self._texts = 0, dict[str, str]()
        self._language, self._segment = "", list[str]()
        self._in_segment, self._codes = False, 0  # inside how many elements of codes
        self._code, self._breaks = list[str](), False  # the text of the outermost one, and whether it begins a line

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "tu":
            self._line, self._texts = self.parser.CurrentLineNumber, {}
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "seg":
            self._in_segment, self._segment, self._codes = True, [], 0
        elif name in _MARKUP:
            if not self._codes:
                self._code, self._breaks = [], attributes.get("type", "").lower() in _BREAK_TYPES
            self._codes += 1

    def _end(self, name: str) -> None:
        if name == "tu":
            self.done.append((self._line, self._texts))
        elif name == "seg":
            self._in_segment = False
            spaced = _BETWEEN_WORDS.sub(" ", "".join(self._segment))
            self._texts.setdefault(self._language, spaced.replace(_PLACE, ""))
        elif name in _MARKUP:
            self._codes -= 1
            if self._in_segment and not self._codes:
                self._segment.append(self._left_of_code(name))

    def _named_character(self, name: str, is_parameter: bool) -> None:
        """A character by its name, such as ``&nbsp;``, of a file whose document type is declared elsewhere."""
        if is_parameter or not self._in_segment:
            return
        if f"{name};" not in html5:
            raise UnknownNameError(name, self.parser.CurrentLineNumber)
        self._characters(html5[f"{name};"])

    def _characters(self, text: str) -> None:
        if self._in_segment:
            (self._code if self._codes else self._segment).append(text)

    def _left_of_code(self, name: str) -> str:
        """What stands for the code that has ended."""
        code = "".join(self._code)
        if self._breaks or _BREAK.match(code):
            return _SPACE
        return "" if name in ("bpt", "ept") or _TAG.match(code) else _PLACE


def _parsed(path: str | os.PathLike[str], units: _Units) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with open_bytes(path) as file:
            while part := file.read(_BYTES):
                units.parser.Parse(part, False)
                yield from units.done
                units.done.clear()
            units.parser.Parse(b"", True)
            yield from units.done
    except UnknownNameError as problem:
        name, line = problem.args
        raise DataError(
            f"expected a character that HTML names, found '&{name};'; write the character", path, line
        ) from None
    except expat.ExpatError as problem:
        raise DataError(
            f"expected TMX, which is XML: {expat.ErrorString(problem.code)}", path, problem.lineno
        ) from None


def _side(texts: dict[str, str], wanted: str) -> str | None:
    """The text in a language, or nothing."""
    names = {_plain(language): text for language, text in reversed(texts.items())}
    if _plain(wanted) in names:
        return names[_plain(wanted)]
    regions = (text for language, text in texts.items() if _plain(language).split("-")[0] == _plain(wanted))
    return next(regions, None)


def _plain(language: str) -> str:
    return language.lower().replace("_", "-")
