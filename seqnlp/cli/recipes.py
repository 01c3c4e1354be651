"""``seqnlp recipes``: what can be trained, what a recipe says, and a copy to make one's own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from seqnlp.errors import ConfigError, SeqnlpError
from seqnlp.resources import find_recipe, find_recipes

HELP = "list recipes, show one, or copy one to change it"
EXAMPLES = """\
examples:
  seqnlp recipes                               # name, task, data, what it reaches
  seqnlp recipes show tagging/wnut17           # its settings, their reasons, its results
  seqnlp recipes copy tagging/wnut17 my        # my/recipes/tagging/wnut17.yaml, yours to change and to rename
  seqnlp recipes --config-dir my               # yours as well
"""


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
        print(_shown(name, find_recipe(name, config_dir)))
    elif action == "copy" and given == 2:
        print(_copy(name, find_recipe(name, config_dir), Path(folder)))
    else:
        raise SeqnlpError("expected `seqnlp recipes`, `seqnlp recipes show NAME` or `seqnlp recipes copy NAME FOLDER`")
    return 0


def _table(recipes: dict[str, Path]) -> str:
    rows = [("name", "task", "data", "reaches"), *(_row(name, path) for name, path in recipes.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(name: str, path: Path) -> tuple[str, str, str, str]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise ConfigError([f"{path}: {' '.join(str(problem).split())}"]) from problem
    about = content.get("about") if isinstance(content, dict) else None
    data, reaches = (str(about.get(key) or "") for key in ("data", "reaches")) if isinstance(about, dict) else ("", "")
    return name, name.partition("/")[0], data, reaches


def _shown(name: str, path: Path) -> str:
    """The recipe's file, and its rows of the results table beside it."""
    text = path.read_text(encoding="utf-8").rstrip()
    readme = path.parent / "README.md"
    results = _results(name, readme.read_text(encoding="utf-8").splitlines()) if readme.is_file() else []
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
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    except OSError as problem:
        raise SeqnlpError(f"cannot write {copy}: {problem.strerror}") from problem
    return f"{copy}: change it, then\n  seqnlp train --config-dir {folder} recipe={name}"
