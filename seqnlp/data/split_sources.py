"""Where the split of a task comes from: what messages call it, its file, and what was left out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.splits import SplitsConfig, source_split
from seqnlp.config.tagging import DataConfig
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.paths import existing_path, resolve_path
from seqnlp.errors import DataError


def source_name(config: DataConfig | ParallelDataConfig | DocumentDataConfig, split: str) -> str:
    """What messages call the split's source: a path, ``NAME[split]`` on the hub, or how many are made up."""
    name = getattr(config, source_split(config, split))
    if config.format == "long_range":
        return f"{name} made-up sentences"
    hub = config.format == "hub" or (config.format == "auto" and config.hub)
    return f"{config.hub}[{name}]" if hub else str(resolve_path(config, name))


def hub_name(config: DataConfig | ParallelDataConfig | DocumentDataConfig) -> str:
    """The local folder that ``config.hub`` names, if there is one, else the name on the hub."""
    folder = resolve_path(config, config.hub)
    return str(folder) if folder.is_dir() else config.hub


def existing_file(config: SplitsConfig, split: str, name: str) -> Path:
    """The file ``name`` of a split.

    Raises:
        DataError: there is none; says how the name was resolved.
    """
    return existing_path(config, f"data.{split}", getattr(config, split), name)


def other_format(
    config: DataConfig | DocumentDataConfig | ParallelDataConfig, split: str, recognise_format: Callable[[Path], str]
) -> str:
    """A hint for a file that cannot be read as configured, if it looks like another format.

    Args:
        recognise_format: names the format of a file, or raises DataError; empty: it looks like none.
    """
    if config.format in ("hub", "long_range", "files"):  # more than one file, or none
        return ""
    try:
        form = recognise_format(existing_file(config, split, getattr(config, split)))
    except DataError:
        return ""
    advice = f"; the file looks like data.format={form}, is data.format={config.format} right?"
    return advice if form not in ("", config.format) else ""


def say_left_out(source: str, left_out: Counter[str], report: Callable[[str], None]) -> None:
    """Tell what of a file was not read, if anything."""
    if counts_of(left_out):
        report(f"{source}: left out: {counts_of(left_out)}")


def counts_of(left_out: Counter[str]) -> str:
    """What was left out, and how often."""
    return ", ".join(f"{what} ({count:,})" for what, count in left_out.items() if count)
