"""What seqnlp wrote as YAML or JSON, read back; it may have been damaged, or made by somebody else to do harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from seqnlp.errors import RunError

MAX_SETTINGS_SIZE = 2**20
"""Bytes of a file of settings; those that are written have a few thousand."""


def read_bytes(path: Path, advice: str) -> bytes:
    """The content of a file.

    Args:
        advice: what to do about a damaged file, for the message.

    Raises:
        RunError: it is no file, or cannot be read.
    """
    try:
        if not path.is_file():
            raise RunError(f"{path} is damaged (expected a file, found {_kind(path)}); {advice}")
        return path.read_bytes()
    except OSError as problem:
        raise RunError(f"{path} cannot be read ({problem.strerror})") from problem


def settings_of(content: bytes, path: Path, advice: str) -> dict[str, Any]:
    """A mapping of settings that was written as YAML.

    Raises:
        RunError: it is damaged, too large, too deep, refers to parts of itself, or is no mapping.
    """
    if len(content) > MAX_SETTINGS_SIZE:
        raise RunError(f"{path} is damaged (expected at most {MAX_SETTINGS_SIZE:,} bytes); {advice}")
    try:
        settings = yaml.load(content.decode(), _PlainLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise RunError(f"{path} is damaged ({line}{problem.problem or problem.context}); {advice}") from problem
    except (yaml.YAMLError, ValueError) as problem:
        raise RunError(f"{path} is damaged ({' '.join(str(problem).split())}); {advice}") from problem
    except RecursionError:
        raise RunError(f"{path} is damaged (lists in lists without end); {advice}") from None
    if not isinstance(settings, dict) or not all(isinstance(key, str) for key in settings):
        actual = "other keys than names" if isinstance(settings, dict) else type(settings).__name__
        raise RunError(f"{path} is damaged (expected settings, found {actual}); {advice}")
    return settings


def json_of(content: bytes, path: Path, advice: str) -> Any:
    """What was written as JSON.

    Raises:
        RunError: it is damaged or too deep.
    """
    try:
        value = json.loads(content.decode())
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except ValueError as problem:
        raise RunError(f"{path} is damaged ({problem}); {advice}") from problem
    except RecursionError:
        raise RunError(f"{path} is damaged (lists in lists without end); {advice}") from None
    return value


def settings_text(settings: Mapping[str, Any]) -> str:
    """Settings as YAML that :func:`settings_of` reads back."""
    return str(yaml.dump(dict(settings), Dumper=_PlainDumper, sort_keys=False, allow_unicode=True))


class _PlainDumper(yaml.SafeDumper):
    """Writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """What stands in two places is written twice."""
        return True


class _PlainLoader(yaml.SafeLoader):
    """Reads no aliases: a few of them in each other stand for more than any memory holds."""

    def fetch_alias(self) -> None:
        """Called where one begins."""
        raise yaml.MarkedYAMLError(problem="an alias", problem_mark=self.get_mark())


def _kind(path: Path) -> str:
    if path.is_dir():
        return "a folder"
    return "a link to nothing" if path.is_symlink() else "something else"
