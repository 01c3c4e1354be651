"""Recipes are in folders named after their tasks; folders of before have their old names for one release."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

RENAMED = {"anomaly": "anomaly_detection", "forecast": "forecasting", "sentiment": "classification"}
"""The new name of each old folder."""
_OLD = "|".join(RENAMED)
_OLD_NAME = re.compile(rf"(?<![\w/])({_OLD})/[\w*?.-]+")
_OLD_DEMO = re.compile(rf"(.*\brecipes[/\\])({_OLD})([/\\]demo[/\\]?)")


def with_new_recipes(text: str, recipes: Collection[str]) -> str:
    """Names of recipes, or patterns of names, as they are now; what stands in a user's own folder keeps its name.

    Args:
        text: what was typed: ``sentiment/demo``, ``sentiment/demo,sentiment/sst2``, ``forecast/*``.
        recipes: the names that there are.
    """

    def new(match: re.Match[str]) -> str:
        taken = fnmatch.filter(recipes, match[0])
        return match[0] if taken else RENAMED[match[1]] + match[0].removeprefix(match[1])

    return _OLD_NAME.sub(new, text)


def notice(old: str, new: str) -> str:
    """What to say of an old name."""
    return f"recipe {old} is now called {new}; the old name works for one more release"


def with_moved_data(settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a run, which may name the data of a demo where they were before; what is there stays."""
    data = settings.get("data")
    moved = _OLD_DEMO.fullmatch(str(data.get("dir", ""))) if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not moved or Path(moved[0]).exists():
        return dict(settings)
    return {**settings, "data": {**data, "dir": f"{moved[1]}{RENAMED[moved[2]]}{moved[3]}"}}
