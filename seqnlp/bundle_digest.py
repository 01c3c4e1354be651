"""The SHA-256 of a model folder's files, which its ``config.yaml`` holds: whether they were saved together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.errors import RunError

KEY = "files"
"""In ``config.yaml``."""


def digest(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """What ``config.yaml`` says of the other files, by name."""
    return {name: digest(content) for name, content in sorted(files.items())}


def expected_digests(description: Mapping[str, Any], path: Path) -> dict[str, str]:
    """What a description says of the other files; empty in folders of older versions.

    Raises:
        RunError: it is no such mapping; ``path`` is its file.
    """
    found = description.get(KEY, {})
    if not isinstance(found, dict) or not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise RunError(f"{path} is damaged (expected digests by file names under '{KEY}'); copy the model again")
    return found


def problem_of(path: Path, content: bytes, expected: Mapping[str, str]) -> str:
    """What is wrong with a file's content, or nothing; what was saved by an older version cannot be told."""
    if path.name not in expected or expected[path.name] == digest(content):
        return ""
    return f"{path} is damaged (it is not the file that was saved with this model); copy the model again"
