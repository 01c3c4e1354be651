"""Settings that had another name before: read under the old one for one release, and in saved models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

RENAMED = {
    "about.obtain": "about.source",
    "about.reaches": "about.results",
    "data.backward": "data.non_monotonic",
    "data.max_pieces": "data.max_tokens",
    "model.read": "model.input",
    "model.warm_up": "model.min_context",
}
"""The new name of each old one."""

RENAMED_VALUES = {("model.read", "changes"): "differences"}
"""Values that are called otherwise under the new name."""

RENAMED_FIELDS = {"max_pieces": "max_tokens", "usual_error": "baseline_error", "vote": "ngram_weight"}
"""Of what a model folder holds beside the settings."""

FORMER_DEFAULTS = {"forecasting": {"model": {"linear": "trained"}}}
"""By task and group, what settings meant where older versions did not write them."""


def with_former_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a run, completed by what they meant when it began."""
    groups: Mapping[str, Mapping[str, Any]] = FORMER_DEFAULTS.get(str(settings.get("task")), {})
    kept = {name: group for name, group in groups.items() if isinstance(settings.get(name), Mapping)}
    return {**settings, **{name: {**group, **settings[name]} for name, group in kept.items()}}


def with_new_names(section: Mapping[str, Any], prefix: str, default: Mapping[str, Any]) -> dict[str, Any]:
    """A section of settings with new names for old ones.

    Args:
        prefix: the section's name and a dot.
        default: the section's settings where nothing is set. What is set under the new name counts.
    """
    settings = dict(section)
    for old, value in section.items():
        new = RENAMED.get(f"{prefix}{old}", "").removeprefix(prefix)
        if new in default and old not in default:
            del settings[old]
            if settings.get(new, default[new]) == default[new]:
                settings[new] = _renamed_value(f"{prefix}{old}", value)
    return settings


def _renamed_value(old: str, value: Any) -> Any:
    return RENAMED_VALUES.get((old, value), value) if isinstance(value, str) else value


def old_names(settings: Mapping[str, Any]) -> Iterator[str]:
    """What to say of old names among nested settings."""
    for group, section in settings.items():
        if isinstance(section, Mapping):
            for key, value in section.items():
                if f"{group}.{key}" in RENAMED:
                    yield notice(f"{group}.{key}", str(value))


def notice(old: str, value: str = "") -> str:
    """What to say of an old name."""
    new, new_value = RENAMED[old], RENAMED_VALUES.get((old, value))
    if new_value:
        return f"{old}={value} is now called {new}={new_value}; the old name works for one more release"
    return f"{old} is now called {new}; the old name works for one more release"


def renamed_override(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` as it is written now, and what to say if that is another; a prefix such as ``+`` is kept."""
    written = re.match(r"([+~]*)([\w.]+)(=|$)", text)
    if not written or written[2] not in RENAMED:
        return text, ""
    old, rest = written[2], text[written.end() :]
    values = [RENAMED_VALUES.get((old, value), value) for value in rest.split(",")]
    return f"{written[1]}{RENAMED[old]}{written[3]}{','.join(values)}", notice(old, rest)
