"""A regular expression of Python as one of JavaScript (flag ``u``), from Python's own parse tree of it.

One definition, two languages: what a tokenizer does is written once, in text/patterns.py.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

from seqnlp.errors import SeqnlpError

_parser: Any = importlib.import_module("re._parser")  # what `re` itself reads patterns with; it has no public name

_WORD = r"\p{L}\p{N}_"
_SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CLASSES = {"CATEGORY_WORD": _WORD, "CATEGORY_DIGIT": r"\p{Nd}", "CATEGORY_SPACE": _SPACE}
_BOUNDARY = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_PLACES = {"AT_BOUNDARY": _BOUNDARY, "AT_END_STRING": r"(?![\s\S])", "AT_BEGINNING_STRING": r"(?<![\s\S])"}


def to_javascript(pattern: str) -> str:
    """The same pattern (read with ``re.VERBOSE``) in JavaScript's words.

    Raises:
        SeqnlpError: it has a part that is not known here.
    """
    return _Writer().sequence(_parser.parse(pattern, re.VERBOSE), 0)


class _Writer:
    """Writes a tree. Atomic groups become a look-ahead and a reference back to what it found."""

    def __init__(self) -> None:
        self._atoms = 0

    def sequence(self, tree: Any, flags: int) -> str:
        return "".join(self._part(str(code), argument, flags) for code, argument in tree)

    def _part(self, code: str, argument: Any, flags: int) -> str:
        match code:
            case "LITERAL":
                cases = _cases(argument, flags)
                return _escaped(cases[0]) if len(cases) == 1 else f"[{''.join(map(_escaped, cases))}]"
            case "NOT_LITERAL":
                return f"[^{_escaped(argument)}]"
            case "IN":
                return _set_of(argument, flags)
            case "BRANCH":
                return "(?:" + "|".join(self.sequence(branch, flags) for branch in argument[1]) + ")"
            case "SUBPATTERN":
                _, added, removed, inner = argument
                return f"(?:{self.sequence(inner, (flags | added) & ~removed)})"
            case "MAX_REPEAT":
                return self._repeated(argument, flags)
            case "POSSESSIVE_REPEAT":
                return self._atomic(self._repeated(argument, flags))
            case "ASSERT" | "ASSERT_NOT":
                way, inner = argument
                return f"(?{'<' if way < 0 else ''}{'=' if code == 'ASSERT' else '!'}{self.sequence(inner, flags)})"
            case "AT" if str(argument) in _PLACES:
                return _PLACES[str(argument)]
        raise SeqnlpError(f"a page cannot have the tokenizer's pattern: its part {code} is not known in JavaScript")

    def _repeated(self, argument: Any, flags: int) -> str:
        low, high, inner = argument
        body = self.sequence(inner, flags)
        if not (len(inner) == 1 and str(inner[0][0]) in ("LITERAL", "IN")):
            body = f"(?:{body})"
        return f"{body}{{{low},{'' if str(high) == 'MAXREPEAT' else high}}}"

    def _atomic(self, body: str) -> str:
        self._atoms += 1
        return f"(?=(?<a{self._atoms}>{body}))\\k<a{self._atoms}>"


def _set_of(items: Sequence[tuple[Any, Any]], flags: int) -> str:
    """A set of characters. ``[^\\W\\d_]``, "a word character but not these", has no such form in JavaScript."""
    negated, kept, words_only = False, [], False
    for code, argument in items:
        match str(code), str(argument):
            case "NEGATE", _:
                negated = True
            case "LITERAL", _:
                kept += [_escaped(character) for character in _cases(argument, flags)]
            case "RANGE", _ if not flags & re.IGNORECASE:
                kept.append(f"{_escaped(argument[0])}-{_escaped(argument[1])}")
            case "CATEGORY", name if name in _CLASSES:
                kept.append(_CLASSES[name])
            case "CATEGORY", "CATEGORY_NOT_SPACE" if len(items) == 1:
                return f"[^{_SPACE}]"
            case "CATEGORY", "CATEGORY_NOT_WORD" if negated:
                words_only = True
            case part:
                raise SeqnlpError(f"a page cannot have the tokenizer's pattern: {part} is not known in JavaScript")
    if words_only:
        return f"(?:(?![{''.join(kept)}])[{_WORD}])" if kept else f"[{_WORD}]"
    return f"[{'^' if negated else ''}{''.join(kept)}]"


def _cases(character: int, flags: int) -> list[int]:
    """The character, and where case does not matter the same in the other case."""
    text = chr(character)
    if not flags & re.IGNORECASE:
        return [character]
    return sorted({ord(form) for form in (text, text.lower(), text.upper()) if len(form) == 1})


def _escaped(character: int) -> str:
    text = chr(character)
    return text if text.isascii() and text.isalnum() else f"\\u{{{character:x}}}"
