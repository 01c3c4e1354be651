"""The fields of a row, and those of its answer beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Fields = Mapping[str, Any]


def beside(others: Fields, answer: Fields) -> dict[str, Any]:
    """The row's fields, then the answer's; one whose name is taken becomes ``predicted_NAME``."""
    return {**others, **dict(zip(free_names(others, answer), answer.values(), strict=True))}


def free_names(taken: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The wanted names; one that is taken becomes ``predicted_NAME``."""
    names, free = set(taken), []
    for name in wanted:
        while name in names:
            name = f"predicted_{name}"
        names.add(name)
        free.append(name)
    return free
