"""What was typed after ``seqnlp train``, checked before Hydra sees it: Hydra stops at its first complaint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.config import Config, config_to_dict
from seqnlp.errors import did_you_mean
from seqnlp.resources import find_options, no_such_option

GROUPS = ("recipes", "data", "model", "optimizer", "trainer")
"""The groups in the list of defaults of ``conf/train.yaml``."""


@dataclass(frozen=True)
class Override:
    """One ``KEY=VALUE``.

    Attributes:
        line: as Hydra reads it.
        key: the dotted key or the group, without a prefix such as ``+``.
        start: what stands before a value in ``line``.
        values: of a sweep that can be counted; else the one value, or none if it is not a text or number.
        sweeps: whether it has several values.
    """

    line: str
    key: str
    start: str
    values: tuple[str, ...]
    sweeps: bool

    @property
    def is_for_hydra(self) -> bool:
        """Whether this sets Hydra itself, such as ``hydra/launcher=joblib``."""
        return self.key.startswith(("hydra.", "hydra/"))


def unknown_options(overrides: Sequence[Override], config_dir: str | None) -> list[str]:
    """What to say about recipes and options of groups that do not exist."""
    problems = []
    for override in overrides:
        if override.key in GROUPS:
            options = find_options(override.key, config_dir)
            problems += [no_such_option(override.key, name, options) for name in override.values if name not in options]
    return problems


def is_known(override: Override) -> bool:
    """Whether there is such a setting."""
    return override.is_for_hydra or override.key in GROUPS or override.key in _keys(config_to_dict(Config()))


def unknown_key(override: Override) -> str:
    """What to say about a setting that does not exist."""
    return f"{override.key}: unknown key{did_you_mean(override.key, [*_keys(config_to_dict(Config())), 'recipe'])}"


def samples(overrides: Sequence[Override]) -> Iterator[list[str]]:
    """Lines that show every value of every sweep at least once, without trying all combinations.

    A sweep over an interval has no values to show: it is left out.
    """
    choices = [
        [override.start + value for value in override.values] if override.sweeps else [override.line]
        for override in overrides
        if override.values or not override.sweeps
    ]
    first = [lines[0] for lines in choices]
    yield first
    for place, lines in enumerate(choices):
        for line in lines[1:]:
            yield [*first[:place], line, *first[place + 1 :]]


def _keys(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every key, dotted."""
    for key, value in settings.items():
        yield prefix + key
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{key}.")
