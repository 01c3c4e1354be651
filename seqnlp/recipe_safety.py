"""Settings files are data: what would run code, read the environment or set Hydra itself is refused before Hydra runs.

Hydra makes an object of any ``_target_`` among its own settings, OmegaConf's resolvers read environment variables
(``${oc.env:HOME}``), and a list of defaults can name files from anywhere. Recipes are passed around, so only the
command line may do such things; a file may set settings, refer to others (``${seed}``) and build upon files of the
groups.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from seqnlp.errors import ConfigError
from seqnlp.overrides import GROUPS
from seqnlp.resources import folders_of

_ONLY_TYPED = "only the command line sets Hydra itself"
_PACKAGE = re.compile(r"\s*#\s*@package\s+(\S+)")
_PLAIN_REFERENCE = re.compile(r"\$\{\s*[\w.\[\]-]+\s*\}")
_SHADOWING = ("train.yaml", "seqnlp_defaults.yaml")
"""Files in a user's folder that Hydra would take for ours of the same name."""


def refuse_code(chosen: Iterable[Path], config_dir: str | None, read: Callable[[Path], object]) -> None:
    """Check the files of the recipes that were chosen, and all of a user's folder that Hydra could come to read.

    Args:
        read: what Hydra finds in a file, references unresolved; raises what it likes if that is nothing.

    Raises:
        ConfigError: what is not allowed, each with its file and key.
    """
    problems = [problem for file in chosen for problem in _file_problems(file, PurePosixPath("recipes"), read)]
    for folder in folders_of(config_dir):
        for file in _readable(folder):
            place = PurePosixPath(file.relative_to(folder).parent.as_posix())
            problems += _file_problems(file, place, read)
        if (folder / "hydra").exists():
            problems.append(f"{folder / 'hydra'}: expected no such folder; {_ONLY_TYPED}")
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))


def _readable(folder: Path) -> Iterator[Path]:
    """The files of the groups below a user's folder, and those that would stand for ours; links are followed."""
    yield from (folder / name for name in _SHADOWING if (folder / name).is_file())
    seen: set[str] = set()
    for group in GROUPS:
        for place, inside, names in os.walk(folder / group, followlinks=True):
            if os.path.realpath(place) in seen:
                inside.clear()  # a link back
                continue
            seen.add(os.path.realpath(place))
            yield from (Path(place) / name for name in sorted(names) if name.endswith(".yaml"))


def _file_problems(file: Path, place: PurePosixPath, read: Callable[[Path], object]) -> Iterator[str]:
    """What is not allowed in a file of the folder ``place``; one that Hydra cannot read either is left to it."""
    try:
        text = file.read_text(encoding="utf-8")
        content = read(file)
    except RecursionError:
        yield f"{file}: nested too deeply"
        return
    except Exception:
        return
    for package in filter(None, map(_PACKAGE.match, text.splitlines())):
        if _names_hydra(package[1]):
            yield f"{file}: @package {package[1]}: {_ONLY_TYPED}"
    if isinstance(content, dict):
        if "hydra" in content:
            yield f"{file}: hydra: {_ONLY_TYPED}"
        defaults = content.get("defaults")
        for entry in defaults if isinstance(defaults, list) else []:
            if not _is_of_a_group(entry, place):
                yield f"{file}: defaults: {entry!r} is no file of the groups {', '.join(GROUPS)}"
    for key, value in _leaves(content):
        if "_target_" in key.split("."):
            yield f"{file}: {key}: names code to run; a settings file holds settings only"
        if _calls_a_resolver(value):
            yield f"{file}: {key}: found '{value}'; a settings file may refer to settings (${{seed}}), to nothing else"


def _names_hydra(package: str) -> bool:
    """Whether settings would end up among Hydra's own; ``_name_`` stands for the name of the file."""
    return "hydra" in package or "_name_" in package


def _is_of_a_group(entry: object, place: PurePosixPath) -> bool:
    """Whether an entry of a list of defaults (``/recipes/tagging/demo``, ``{/optimizer: sgd}``) stays in the groups."""
    name, options = entry, [""]
    if isinstance(entry, dict) and len(entry) == 1:
        ((name, chosen),) = entry.items()
        options = list(map(str, chosen)) if isinstance(chosen, list) else [str(chosen)]
    if name == "_self_" or not isinstance(name, str):
        return True  # of the second Hydra says what it expects
    path, _, package = name.partition("@")
    start = path.split(" ")[-1]  # after `override` and `optional`
    base = PurePosixPath("" if start.startswith("/") else place)
    whole = [base / f"{start.lstrip('/')}/{option}" for option in options]
    inside = all(one.parts[:1] and one.parts[0] in GROUPS and ".." not in one.parts for one in whole)
    return inside and not _names_hydra(package)


def _leaves(content: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every value that is no group, as text, with its dotted key."""
    if isinstance(content, dict):
        pairs: Iterable[tuple[object, object]] = content.items()
    elif isinstance(content, list):
        pairs = enumerate(content)
    else:
        yield prefix.rstrip("."), str(content)
        return
    for key, value in pairs:
        yield from _leaves(value, f"{prefix}{key}.")


def _calls_a_resolver(value: str) -> bool:
    """Whether anything is left of ``${...}`` once plain references are taken away, the innermost first."""
    while "${" in value:
        shorter = _PLAIN_REFERENCE.sub("", value)
        if shorter == value:
            return True
        value = shorter
    return False
