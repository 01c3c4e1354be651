"""The SHA-256 of a model folder's files, which its ``config.yaml`` holds: whether they were saved together.

Its own is that of its settings, whatever they are written like, without this one digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.errors import RunError

KEY = "files"
"""In ``config.yaml``."""

_OWN = "config.yaml"


def digest(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """What ``config.yaml`` says of the other files, by name."""
    return {name: digest(content) for name, content in sorted(files.items())}


def expected_digests(description: Mapping[str, Any], path: Path) -> dict[str, str]:
    """What a description says of the other files, nothing of itself; empty in folders of older versions.

    Raises:
        RunError: it is no such mapping; ``path`` is its file.
    """
    recorded = description.get(KEY, {})
    if not isinstance(recorded, dict) or not all(isinstance(text, str) for pair in recorded.items() for text in pair):
        raise RunError(f"{path} is damaged (expected digests by file names under '{KEY}'); copy the model again")
    return {name: expected for name, expected in recorded.items() if name != _OWN}


def signed(description: Mapping[str, Any]) -> dict[str, Any]:
    """A description that holds its own digest."""
    others = {name: text for name, text in description.get(KEY, {}).items() if name != _OWN}
    return {**description, KEY: {_OWN: _own_digest(description), **others}}


def refuse_edited(description: Mapping[str, Any], path: Path) -> None:
    """Stop at a description that is not as it was saved; those of older versions do not tell.

    Raises:
        RunError: ``path`` is its file.
    """
    if (expected := description.get(KEY, {}).get(_OWN)) and expected != _own_digest(description):
        raise RunError(
            f"{path} is damaged (it is not as it was saved); copy the model again, or delete the line '{_OWN}' below "
            f"'{KEY}' if you changed it yourself"
        )


def _own_digest(description: Mapping[str, Any]) -> str:
    others = {name: text for name, text in description.get(KEY, {}).items() if name != _OWN}
    return digest(json.dumps({**description, KEY: others}, sort_keys=True, default=str).encode())


def problem_of(path: Path, content: bytes, expected: Mapping[str, str]) -> str:
    """What is wrong with a file's content, or nothing; what was saved by an older version cannot be told."""
    if path.name not in expected or expected[path.name] == digest(content):
        return ""
    return f"{path} is damaged (it is not the file that was saved with this model); copy the model again"
