"""Control characters of user text, made visible before they reach a terminal, which would obey them."""

from __future__ import annotations

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_C1 = {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
_KEPT = {ord("\n"), ord("\t")}
_TABLE = {code: shown for code, shown in (_PICTURES | _C1).items() if code not in _KEPT}


def visible(text: str) -> str:
    """The text with a picture for each control character (an escape is \u241b); line ends and tabs stay."""
    return text.translate(_TABLE)
