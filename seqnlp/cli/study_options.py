"""Options of the verbs that train several runs."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from seqnlp.errors import ConfigError, SeqnlpError


def add_study_options(parser: argparse.ArgumentParser) -> None:
    """Settings as for ``seqnlp train``, and the folder of the user's recipes."""
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="recipe=NAME or settings, as for train")
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ (and groups) of your own")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def study_settings(overrides: list[str], own: tuple[str, ...], study: str) -> tuple[list[str], Path]:
    """The settings without ``run=``, and the folder of the study.

    Args:
        own: settings that the study chooses itself.

    Raises:
        ConfigError: one of these is given.
    """
    given = {one.partition("=")[0].lstrip("+~") for one in overrides}
    if taken := [name for name in own if name in given]:
        raise ConfigError([f"{name}: `seqnlp {study}` sets it itself; leave it out" for name in taken])
    folders = [one.partition("=")[2].strip("'\"") for one in overrides if one.startswith("run=")]
    folder = Path(folders[-1]) if folders else Path("runs") / study / datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    return [one for one in overrides if not one.startswith("run=")], folder


def own_numbers(overrides: list[str], name: str) -> tuple[list[str], str]:
    """The settings without ``name=...``, and what it is; empty if it is not given."""
    values = [one.partition("=")[2] for one in overrides if one.startswith(f"{name}=")]
    return [one for one in overrides if not one.startswith(f"{name}=")], values[-1] if values else ""


def numbers(text: str, name: str, low: float, high: float, whole: bool = False) -> list[float]:
    """Numbers between commas, each once.

    Raises:
        SeqnlpError: one is no number, or out of range.
    """
    try:
        values = [float(one) for one in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(low <= one <= high and (one.is_integer() or not whole) for one in values):
        kind = "whole numbers" if whole else "numbers"
        raise SeqnlpError(f"{name}: expected {kind} from {low:g} to {high:.10g} between commas, found '{text}'")
    return sorted(set(values))
