"""The table of all settings that ``seqnlp train --settings`` prints, made from the dataclasses themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seqnlp.config.reading import default_config
from seqnlp.config.schema import choices_of
from seqnlp.task_table import TASKS


def settings_table(task: str) -> str:
    """The settings of a task, one a line: key, default, meaning and range; a blank line between groups."""
    lines = []
    for section in ("", *setting_sections(task)):
        rows = list(setting_rows(task, section))
        lines += [f"{key:<29} {default:<11} {text}" for key, default, text in rows]
        lines.append("")
    others = ", ".join(f"task={other}" for other in TASKS if other != task)
    return "\n".join([*lines, f"These are the settings of task={task}; others: seqnlp train --settings {others}"])


def setting_sections(task: str) -> list[str]:
    """The names of a task's groups of settings, such as ``data`` and ``model``."""
    return [item.name for item in dataclasses.fields(default_config(task)) if not item.metadata]


def setting_rows(task: str, section: str) -> Iterator[tuple[str, str, str]]:
    """Key, default, and meaning with range of each setting of a group; an empty ``section``: of those in no group."""
    whole = default_config(task)
    config: Any = getattr(whole, section) if section else whole
    for item in dataclasses.fields(config):
        if item.metadata:
            key = f"{section}.{item.name}" if section else item.name
            yield (
                key,
                _shown(getattr(config, item.name)),
                item.metadata["help"] + _range(item.metadata, choices_of(type(config), item.name)),
            )


def _shown(value: object) -> str:
    """A value as YAML would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value) or "''"


def _choice(value: str) -> str:
    """A value that one may choose; signs stand in quotes."""
    return value if value[:1].isalnum() else repr(value)


def _range(bounds: Mapping[str, Any], choices: Sequence[str]) -> str:
    """What is accepted, in brackets."""
    if choices:
        return f" [{', '.join(map(_choice, choices))}]"
    words = {"low": "at least", "above": "more than", "high": "at most", "below": "less than"}
    limits = [f"{word} {bounds[name]}" for name, word in words.items() if bounds[name] is not None]
    return f" [{', '.join(limits)}]" if limits else ""
