"""Completion in a shell: ``eval "$(seqnlp --completion bash)"``. The script asks ``seqnlp --complete WORDS``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from seqnlp.errors import SeqnlpError

_BASH = r"""
_seqnlp() {
  local line="${COMP_LINE:0:$COMP_POINT}" current candidate
  local -a words; read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="${words[${#words[@]}-1]}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    # bash replaces only what stands after an equals sign, where that breaks words
    [[ "$COMP_WORDBREAKS" == *=* && "$current" == *=* ]] && candidate="${candidate#"${current%=*}="}"
    COMPREPLY+=("$candidate")
  done < <(seqnlp --complete "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[=/] ]] && compopt -o nospace 2>/dev/null
}
complete -o default -F _seqnlp seqnlp
"""

_ZSH = r"""
#compdef seqnlp
_seqnlp() {
  local -a found
  found=("${(@f)$(seqnlp --complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  found=(${found:#})
  if (( ${#found} )); then compadd -Q -S '' -- "${found[@]}"; else _files; fi
}
compdef _seqnlp seqnlp
"""

_FISH = r"""
function __seqnlp_complete
  set -l words (commandline -opc) (commandline -ct)
  seqnlp --complete $words[2..-1] 2>/dev/null
end
complete -c seqnlp -a '(__seqnlp_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}

_DEEPEST = 4
"""Folders below the current one in which runs are looked for."""


def script(shell: str) -> str:
    """What a shell reads to complete commands.

    Raises:
        SeqnlpError: it is not known here.
    """
    if shell not in SCRIPTS:
        raise SeqnlpError(f"--completion: expected one of {', '.join(SCRIPTS)}; found '{shell}'")
    return SCRIPTS[shell].strip()


def candidates(words: Sequence[str]) -> list[str]:
    """What the last word may become; the others stand before it, without ``seqnlp`` itself."""
    from seqnlp.cli import VERBS

    *before, current = words or [""]
    if not before:
        return _beginning(VERBS, current)
    verb = before[0]
    if verb not in VERBS:
        return []
    options = _options(verb)
    if current.startswith("-"):
        return _beginning(options, current)
    if before[-1] in options and options[before[-1]]:
        return _beginning(options[before[-1]], current)
    return _beginning([*_settings(verb, before[1:], current), *_runs(verb)], current)


def _beginning(names: Sequence[str] | dict[str, Sequence[str]], current: str) -> list[str]:
    return sorted({name for name in names if name.startswith(current)})


def _options(verb: str) -> dict[str, Sequence[str]]:
    """The options of a verb, each with the values that it has to choose from."""
    from seqnlp.cli import verb_parser

    actions = [action for action in verb_parser(verb)._actions if not isinstance(action, argparse._HelpAction)]
    return {name: tuple(map(str, action.choices or ())) for action in actions for name in action.option_strings}


def _settings(verb: str, before: Sequence[str], current: str) -> Iterator[str]:
    """``KEY=`` of settings and groups, or ``KEY=VALUE`` of what has values to choose from."""
    if verb not in ("train", "cross-validate", "learning-curve", "teach"):
        return
    from seqnlp.cli.settings import setting_sections
    from seqnlp.config.reading import default_config
    from seqnlp.config.schema import choices_of
    from seqnlp.overrides import GROUPS
    from seqnlp.resources import find_options

    config_dir = before[before.index("--config-dir") + 1] if "--config-dir" in before[:-1] else None
    key, equals, _ = current.partition("=")
    groups = {"recipe" if group == "recipes" else group: group for group in GROUPS}
    if equals and key in groups:
        yield from (f"{key}={name}" for name in find_options(groups[key], config_dir))
        return
    task = _task(before, config_dir)
    for section in ("", *setting_sections(task)):
        owner = getattr(default_config(task), section) if section else default_config(task)
        for name, field in owner.__dataclass_fields__.items():
            if field.metadata:
                dotted = f"{section}.{name}" if section else name
                fixed = choices_of(type(owner), name)
                values = fixed or (("true", "false") if isinstance(field.default, bool) else ())
                yield from (f"{dotted}={value}" for value in values if equals and key == dotted)
                yield from [f"{dotted}="] * (not equals)
    yield from (f"{group}=" for group in groups if not equals)


def _task(before: Sequence[str], config_dir: str | None) -> str:
    """The task that the words before are about."""
    from seqnlp.recipe_files import recipe_task
    from seqnlp.resources import find_recipes
    from seqnlp.task_table import TASKS

    typed = dict(word.partition("=")[::2] for word in before)
    recipes = find_recipes(config_dir)
    if typed.get("task") in TASKS:
        return typed["task"]
    return recipe_task(recipes[typed["recipe"]], recipes) if typed.get("recipe") in recipes else next(iter(TASKS))


def _runs(verb: str) -> Iterator[str]:
    """Folders of runs below the current one, for the verbs that take one; ``recipes`` and ``train`` take none."""
    if verb in ("train", "recipes", "score"):
        return
    base = Path.cwd()
    for place, folders, files in os.walk(base):
        relative = Path(place).relative_to(base)
        if "config.yaml" in files and ("model" in folders or "log.csv" in files):
            yield relative.as_posix()
            folders.clear()
        folders[:] = [name for name in sorted(folders) if not name.startswith(".") and len(relative.parts) < _DEEPEST]
