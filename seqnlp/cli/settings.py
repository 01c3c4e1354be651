"""The table of all settings that ``seqnlp train --settings`` prints, made from the dataclasses themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from seqnlp.config import Config


def settings_table() -> str:
    """One setting a line: key, default, meaning and range; a blank line between groups."""
    lines = []
    for section in ("", *_sections()):
        rows = list(_rows(section))
        lines += [f"{key:<28}{default:<12}{text}" for key, default, text in rows]
        lines.append("")
    return "\n".join(lines[:-1])


def _sections() -> list[str]:
    return [item.name for item in dataclasses.fields(Config) if not item.metadata]


def _rows(section: str) -> Iterator[tuple[str, str, str]]:
    config: Any = getattr(Config(), section) if section else Config()
    for item in dataclasses.fields(config):
        if item.metadata:
            key = f"{section}.{item.name}" if section else item.name
            yield key, _shown(getattr(config, item.name)), item.metadata["help"] + _range(item.metadata)


def _shown(value: object) -> str:
    """A value as YAML would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value) or "''"


def _range(bounds: Mapping[str, Any]) -> str:
    """What is accepted, in brackets."""
    if bounds["choices"]:
        return f" [{', '.join(bounds['choices'])}]"
    words = {"low": "at least", "above": "more than", "high": "at most", "below": "less than"}
    limits = [f"{word} {bounds[name]}" for name, word in words.items() if bounds[name] is not None]
    return f" [{', '.join(limits)}]" if limits else ""
