"""How a settings dataclass is declared, and read from a nested mapping with all its problems at once."""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from seqnlp.config.renamed import with_new_names
from seqnlp.errors import ConfigError, did_you_mean, shortened

Section = typing.TypeVar("Section")
Value = typing.TypeVar("Value")


def setting(
    default: Value,
    help: str,
    *,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    several: bool = False,
    only: str = "",
) -> Value:
    """A documented field: ``low``/``high`` are inclusive bounds, ``above``/``below`` exclusive ones.

    A fixed set of values is the field's type, a ``Literal``; ``choices`` is for a set that no type can say. A text with
    ``several`` may be given as a list, which stands with commas between its parts. ``only`` says beside what a setting
    does something; see :mod:`seqnlp.config.idle`.
    """
    bounds = {
        "choices": choices,
        "low": low,
        "high": high,
        "above": above,
        "below": below,
        "several": several,
        "only": only,
    }
    declared: Value = field(default=default, metadata={"help": help, **bounds})
    return declared


def names_in(text: str) -> tuple[str, ...]:
    """The parts of a text with ``several``: names with commas between them."""
    return tuple(filter(None, map(str.strip, text.split(","))))


@functools.cache
def _hints_of(schema: type) -> dict[str, Any]:
    """The types of a dataclass's fields; to find out takes longer than all else."""
    return typing.get_type_hints(schema)


def choices_of(schema: type, name: str) -> tuple[str, ...]:
    """The values that a setting may have; none if they are not a fixed set."""
    hint = _hints_of(schema)[name]
    if typing.get_origin(hint) is typing.Literal:
        return typing.get_args(hint)
    [declared] = [item for item in dataclasses.fields(schema) if item.name == name]
    choices: tuple[str, ...] = declared.metadata.get("choices", ())
    return choices


def read_section(schema: type[Section], raw: Mapping[str, Any], prefix: str = "") -> Section:
    """One validated section (say, :class:`ModelConfig`) from its mapping; ``prefix`` stands before keys in messages.

    Raises:
        ConfigError: with every problem of this section.
    """
    problems: list[str] = []
    section = typing.cast(Section, collect_section(schema, raw, prefix, problems))
    if problems:
        raise ConfigError(problems)
    return section


def collect_section(schema: type, raw: Mapping[str, Any], prefix: str, problems: list[str]) -> object:
    """One dataclass from one mapping; problems are appended, and the default stands in for what was wrong."""
    fields = {item.name: item for item in dataclasses.fields(schema)}
    hints = _hints_of(schema)
    values: dict[str, Any] = {}
    default = {name: item.default for name, item in fields.items()}
    for key, value in with_new_names(raw, prefix, default).items():
        where = f"{prefix}{key}"
        if key not in fields:
            problems.append(f"{where}: unknown key{did_you_mean(str(key), fields)}")
        elif dataclasses.is_dataclass(hints[key]):
            if isinstance(value, Mapping):
                values[key] = collect_section(typing.cast(type, hints[key]), value, f"{where}.", problems)
            else:
                problems.append(f"{where}: expected a group of settings, found {shortened(value)}")
        else:
            bounds = {**fields[key].metadata, "choices": choices_of(schema, key)}
            hint = str if typing.get_origin(hints[key]) is typing.Literal else hints[key]
            accepted, problem = _read_value(hint, value, bounds)
            if problem:
                problems.append(f"{where}: {problem}")
            else:
                values[key] = accepted
    make: Callable[..., object] = schema
    return make(**values)


_TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def _read_value(
    hint: type, value: Any, bounds: Mapping[str, Any] | types.MappingProxyType[Any, Any]
) -> tuple[Any, str]:
    """The value as ``hint``, and what is wrong with it (empty if nothing)."""
    if hasattr(value, "dtype") and hasattr(value, "item") and not getattr(value, "shape", ()):
        value = value.item()  # a number of NumPy or torch is that of Python
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
    if hint is str and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a column number
    if hint is str and value is None:
        value = ""
    if bounds.get("several") and isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    if type(value) is not hint:
        share = hint is str and isinstance(value, float) and 0 < value < 1
        hint_at_share = f"; a part of a file is written as {100 * value:g}%" if share else ""
        return None, f"expected {_TYPE_NAMES[hint]}, found {shortened(value)}{hint_at_share}"
    if isinstance(value, float) and not math.isfinite(value):  # nan passes every comparison below
        return None, f"expected a finite number, found {value!r}"
    choices = bounds["choices"]
    if choices and value not in choices:
        return None, f"expected one of {', '.join(choices)}; found '{value}'{did_you_mean(str(value), choices)}"
    outside: tuple[tuple[Any, str, Callable[[Any, Any], bool]], ...] = (
        (bounds["low"], "at least", operator.lt),
        (bounds["high"], "at most", operator.gt),
        (bounds["above"], "more than", operator.le),
        (bounds["below"], "less than", operator.ge),
    )
    wrong = [f"{word} {limit}" for limit, word, breaks in outside if limit is not None and breaks(value, limit)]
    return value, f"expected {' and '.join(wrong)}, found {value!r}" if wrong else ""
