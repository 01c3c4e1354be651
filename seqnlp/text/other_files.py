"""Files of which not every line is a text, such as subtitles, markup and JSON: by their names and how they begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from seqnlp.text.checks import is_json
from seqnlp.text.files import read_lines

OF_PAIRS = {
    ".xlf": "XLIFF",
    ".xliff": "XLIFF",
    ".mxliff": "XLIFF",
    ".sdlxliff": "XLIFF",
    ".sdltm": "a translation memory of Trados",
    ".po": "gettext (PO)",
    ".srt": "subtitles",
    ".vtt": "subtitles",
}
"""How names of files with translations end that are not read, and what they are."""

_OTHERS = {
    **OF_PAIRS,
    ".tmx": "TMX",
    ".csv": "a table",
    ".tsv": "a table",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
}

MARKUP, SUBTITLES, PO = "markup (XML, HTML, SGML)", "subtitles", "gettext (PO)"
NO_LINES = (MARKUP, SUBTITLES, PO)
"""Kinds of files that nothing reads by any other name."""

_MARKUP = re.compile(
    r"<(\?xml|!doctype|(html|tmx|xliff|mediawiki|srcset|refset|tstset|mteval|doc|document|corpus|tei)( [^<>]*)?>)",
    re.IGNORECASE,
)

_ELEMENT = re.compile(r"<([a-z][\w:-]*)( [^<>]*)?/?>(.*</\1>)?", re.IGNORECASE)
"""A line that is a tag, or stands inside one element."""

_NBEST = re.compile(r"\d+ \|\|\| .* \|\|\| -?\d")

_LOOKED_AT, _ROWS, _ELEMENTS = 20, 3, 4
"""Lines that are not blank: so many are looked at, so many with as many tabs as the first are a table, and so many tags
or elements are markup."""


def named_kind(path: Path, names: dict[str, str] = _OTHERS) -> str:
    """What a file is by the end of its name, packed or not; empty: a text, perhaps."""
    return names.get(Path(path.name.lower().removesuffix(".gz")).suffix, "")


def other_kind(path: Path) -> str:
    """What a file is of which not every line is a text, by how it begins; empty: its lines may well be texts.

    Raises:
        DataError: the file cannot be read.
    """
    return kind_of_lines(list(islice((line for _, line in read_lines(path) if line.strip()), _LOOKED_AT)))


def kind_of_lines(head: Sequence[str]) -> str:
    """What lines are that are no texts; empty: they may well be texts.

    Args:
        head: the first lines that are not blank.
    """
    first = head[0].strip() if head else ""
    if _MARKUP.match(first) or sum(_ELEMENT.fullmatch(line.strip()) is not None for line in head) >= _ELEMENTS:
        return MARKUP
    if first == "WEBVTT" or (first.isdecimal() and " --> " in "".join(head[1:2])):
        return SUBTITLES
    if first.startswith(("#", "msg")) and any(line.startswith(('msgid "', 'msgctxt "')) for line in head):
        return PO
    if first.startswith("{") and is_json(first):
        return "JSON lines"
    if "".join("".join(head[:2]).split()).startswith(("[{", '{"')):
        return "JSON"
    if _NBEST.match(first):
        return "a list of several translations a line, with scores"
    tabs = [line.count("\t") for line in head]
    return "a table" if len(tabs) >= _ROWS and tabs[0] and len(set(tabs)) == 1 else ""
