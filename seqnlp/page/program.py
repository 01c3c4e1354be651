"""The JavaScript of a page: its modules joined into one script."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.mjs)";\n', re.MULTILINE)
_COMMENT = re.compile(r"^ *(//[^\n]*|/\*\*.*?\*/)\n", re.MULTILINE | re.DOTALL)


def joined_program(main: str) -> str:
    """The module of that name and all that it imports, each once, without ``import`` and ``export``.

    Names at the top of modules must differ: they stand in one block, where a name that is given twice is an error.
    """
    parts: dict[str, str] = {}
    _add(main, parts)
    return f'"use strict";\n{{\n{"".join(parts.values())}}}\n'


def style_sheet() -> str:
    """The style of all pages."""
    return (_FOLDER / "page.css").read_text(encoding="utf-8")


def _add(name: str, parts: dict[str, str]) -> None:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        if imported not in parts:
            _add(imported, parts)
    body = _COMMENT.sub("", _IMPORT.sub("", text))
    parts[name] = f"// {name}\n{re.sub(r'^export ', '', body, flags=re.MULTILINE)}"
