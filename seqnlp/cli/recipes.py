"""``seqnlp recipes``: what can be trained, what a recipe says, and a copy to make one's own."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path

from seqnlp.errors import ConfigError, SeqnlpError
from seqnlp.recipe_files import read_recipe, recipe_task
from seqnlp.resources import find_recipe, find_recipes
from seqnlp.storage import write_atomically

HELP = "list recipes, show one, or copy one to change it"
EXAMPLES = """\
examples:
  seqnlp recipes                               # name, task, data, results
  seqnlp recipes show tagging/wnut17           # its settings, their reasons, its results
  seqnlp recipes copy tagging/wnut17 my        # my/recipes/tagging/wnut17.yaml, yours to change and to rename
  seqnlp recipes --config-dir my               # yours as well
"""
_COLUMNS = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("action", nargs="?", default="list", help="list (default), show or copy")
    parser.add_argument("name", nargs="?", help="show, copy: the recipe")
    parser.add_argument("folder", nargs="?", help="copy: where to")
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ of your own")


def run(arguments: argparse.Namespace) -> int:
    """Do as asked."""
    action, name, folder, config_dir = arguments.action, arguments.name, arguments.folder, arguments.config_dir
    given = sum(argument is not None for argument in (name, folder))
    if action == "list" and given == 0:
        print(_table(find_recipes(config_dir)))
    elif action == "show" and given == 1:
        print(_shown(*find_recipe(name, config_dir)))
    elif action == "copy" and given == 2:
        print(_copy(*find_recipe(name, config_dir), Path(folder)))
    else:
        raise SeqnlpError("expected `seqnlp recipes`, `seqnlp recipes show NAME` or `seqnlp recipes copy NAME FOLDER`")
    return 0


def _table(recipes: dict[str, Path]) -> str:
    """Names and tasks in two columns; below each, indented, its data and results."""
    rows = [("name", "task", "data", "results"), *(_row(name, path, recipes) for name, path in recipes.items())]
    width = max(len(name) for name, *_ in rows)
    return "\n".join(line for row in rows for line in _lines(width, *row))


def _row(name: str, path: Path, recipes: dict[str, Path]) -> tuple[str, str, str, str]:
    """Name, task, data and results; of a recipe that cannot be read what is wrong with it."""
    try:
        about, task = read_recipe(path).get("about"), recipe_task(path, recipes)
    except ConfigError as broken:
        return name, "broken", "; ".join(broken.problems), ""
    texts = [about.get(key) for key in ("data", "results")] if isinstance(about, dict) else [None, None]
    data, results = (text if isinstance(text, str) else "" for text in texts)
    return name, task, data, results


def _lines(width: int, name: str, task: str, *texts: str) -> list[str]:
    """The lines of one row, none wider than ``_COLUMNS`` unless a name is; no control characters."""
    printable = ["".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text) for text in texts]
    wrapped = [textwrap.wrap(text, _COLUMNS, initial_indent="  ", subsequent_indent="    ") for text in printable]
    return [f"{name:<{width}}  {task}", *(line for lines in wrapped for line in lines)]


def _shown(name: str, path: Path) -> str:
    """The recipe's file, and its rows of the results table beside it."""
    text = path.read_text(encoding="utf-8", errors="replace").rstrip()
    readme = path.parent / "README.md"
    results = (
        _results(name, readme.read_text(encoding="utf-8", errors="replace").splitlines()) if readme.is_file() else []
    )
    return "\n".join([f"# {path}", text, *(["", *results] if results else [])])


def _results(name: str, lines: Sequence[str]) -> list[str]:
    """Heading and rows about ``name`` of a Markdown table whose first column names recipes."""
    table = [line for line in lines if line.startswith("|")]
    rows = [line for line in table if line.split("|")[1].strip().strip("`") == name]
    return [*table[:2], *rows] if rows else []


def _copy(name: str, path: Path, folder: Path) -> str:
    """Copy the file to where ``--config-dir`` finds it; says how to go on."""
    copy = folder / "recipes" / f"{name}.yaml"
    if copy.exists():
        raise SeqnlpError(f"{copy} exists; choose another folder, or remove it first")
    write_atomically(copy, path.read_bytes())
    return f"{copy}: change it, then\n  seqnlp train --config-dir {folder} recipe={name}"
