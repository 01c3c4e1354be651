"""Names of files and folders in settings."""

from __future__ import annotations

from pathlib import Path

AND = " + "
"""Stands between several names in one setting."""


def side_by_side(names: str) -> list[str]:
    """The names in ``NAME + NAME``; none in an empty text."""
    return [name.strip() for name in names.split(AND)] if names else []


def absolute(name: str) -> str:
    """The name seen from anywhere, ``~`` expanded; an empty one stays empty."""
    return str(Path(name).expanduser().absolute()) if name else ""
