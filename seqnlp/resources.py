"""Where ``conf/`` and ``recipes/`` are: in the installed package, or beside it in a checkout; and what they offer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from seqnlp.errors import SeqnlpError, did_you_mean
from seqnlp.recipe_names import notice, with_new_recipes

_PACKAGE = Path(__file__).resolve().parent

ROOT = _PACKAGE if (_PACKAGE / "conf").is_dir() else _PACKAGE.parent
"""The folder that holds ``conf/`` and ``recipes/``."""

CONF = ROOT / "conf"
RECIPES = ROOT / "recipes"


def find_recipes(config_dir: str | None = None) -> dict[str, Path]:
    """The file of each recipe by its name (``tagging/demo``), sorted; see :func:`find_options`."""
    return find_options("recipes", config_dir)


def folders_of(config_dir: str | None) -> list[Path]:
    """A user's folders of recipes: one, or several with colons (as in $PATH) between them, of which later ones win."""
    return [Path(folder) for folder in (config_dir or "").split(os.pathsep) if folder] if config_dir is not None else []


def find_options(group: str, config_dir: str | None = None) -> dict[str, Path]:
    """The file of each option of a group by its name, sorted; those in a user's ``config_dir`` stand before ours.

    Raises:
        SeqnlpError: there is no folder ``config_dir``.
    """
    folders = [ROOT if group == "recipes" else CONF]
    for own in folders_of(config_dir):
        if not own.is_dir():
            raise SeqnlpError(f"--config-dir: no folder '{own}'; `seqnlp recipes copy NAME FOLDER` makes one")
        folders.append(own)
    files: dict[str, Path] = {}
    for folder in (place / group for place in folders):
        files |= {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.yaml")}
    return dict(sorted(files.items()))


def find_recipe(name: str, config_dir: str | None = None) -> tuple[str, Path]:
    """One recipe: its name, the new one for an old one, and its file.

    Raises:
        SeqnlpError: there is none of this name, or no folder ``config_dir``.
    """
    recipes = find_recipes(config_dir)
    name = current_recipes(name, recipes)
    if name not in recipes:
        raise SeqnlpError(no_such_option("recipes", name, recipes))
    return name, recipes[name]


def current_recipes(text: str, recipes: dict[str, Path]) -> str:
    """The names that recipes have now; an old name is said on stderr."""
    current = with_new_recipes(text, recipes)
    if current != text:
        print("note:", notice(*(one.strip("'") for one in (text, current))), file=sys.stderr)
    return current


def no_such_option(group: str, name: str, options: dict[str, Path]) -> str:
    """What to say about an option that does not exist; ``options`` are those that do."""
    close = did_you_mean(name, options)
    if group == "recipes":
        return f"recipe: no '{name}'{close}; list them with `seqnlp recipes`"
    return f"{group}: no '{name}'{close}; expected one of {', '.join(options)}"
