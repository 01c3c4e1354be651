"""The texts behind the names on the command line of ``seqnlp data``: of recipes, runs, settings and files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output import say

if TYPE_CHECKING:
    from seqnlp.config.common import Config
    from seqnlp.data.overlap import Text


def names_and_settings(words: list[str]) -> tuple[list[str], list[str]]:
    """Recipes, runs and files, and the settings that change recipes; settings alone are a recipe without a name."""
    overrides = [word for word in words if "=" in word and not Path(word).exists()]
    return [word for word in words if word not in overrides] or [""], overrides


def told_texts(path: object) -> Callable[[str], None]:
    """What says which texts are read of a file that has others, too."""
    return lambda which: say(f"{path}: its texts are those of {which}")


def texts_of_file(name: str, tell: Callable[[str], None]) -> list[Text] | None:
    """Those of a file or of a folder of texts; nothing of any other name.

    Args:
        tell: told which texts are read of a file that has others, too.
    """
    from seqnlp.data.file_texts import file_texts, is_folder_of_texts

    path = Path(name)
    if path.is_file() or (name and path.is_dir() and is_folder_of_texts(path)):
        return file_texts(path, tell)
    return None


def named_config(name: str, overrides: list[str], arguments: argparse.Namespace) -> Config:
    """The configuration of a recipe or run, or that which settings alone make."""
    from seqnlp.compose import compose_config
    from seqnlp.run_config import read_run_config

    if name and Path(name).is_dir():
        config = read_run_config(Path(name))
    else:
        config = compose_config([f"recipe={name}", *overrides] if name else overrides, arguments.config_dir)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    return config
