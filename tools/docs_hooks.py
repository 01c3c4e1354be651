"""Pages that MkDocs makes from what is already written: settings, commands, recipes, design.

MkDocs calls ``on_files`` before it reads the pages (``hooks:`` in mkdocs.yml). Nothing is written into ``docs/``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
COPIED = {"ARCHITECTURE.md": "design.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Files of the checkout that are pages as they stand, and where."""

SEVERAL = re.compile(r">(\w+),</span></code></b>\s*\(<code>(?:<span[^>]*>)?(\w+)(?:</span>)?</code>\)")
"""How mkdocstrings shows ``low, high:`` of a docstring."""

SPREAD = re.compile(r"(?<=\d)( %)? \+- (?=\d)")
"""As READMEs write the standard deviation after a mean; pages do not break lines there."""

PICTURES = (".png", ".svg")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those in ``docs/``."""
    from mkdocs.structure.files import File

    for name, page in COPIED.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    for path in sorted((ROOT / "recipes").glob("*/*")):
        if path.name == "README.md" or path.suffix in PICTURES:
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    files.append(File.generated(config, "recipes/index.md", content=recipes_page()))
    files.append(File.generated(config, "reference/settings.md", content=settings_page()))
    files.append(File.generated(config, "reference/commands.md", content=commands_page()))
    return files


def on_page_content(html: str, **_: object) -> str:
    """What is written for plain text, as pages show it: functions, ``low, high:`` of docstrings, ``+-``."""
    html = SPREAD.sub(lambda found: (found[1] or "").replace(" ", "\u00a0") + "\u00a0±\u00a0", html)
    html = re.sub(r":(?:meth|func|class|mod):(?=<code>)", "", html)
    html = re.sub(r"<code>~(?:\w+\.)*(\w+)</code>", r"<code>\1</code>", html)
    return SEVERAL.sub(r">\1, \2</span></code></b>", html)


def settings_page() -> str:
    """Every setting of every task, with its default, range and meaning, from the dataclasses of ``seqnlp.config``."""
    from seqnlp.task_table import TASKS

    lines = [
        "# Settings",
        "",
        "Set any of them on the command line of `seqnlp train`, as `trainer.epochs=20`, or in a recipe of your own.",
        "`seqnlp train --settings task=TASK` prints this list. It is made from the code, so it is complete.",
        "",
        f"Tasks: {', '.join(f'[{task}](#{task})' for task in TASKS)}.",
    ]
    for task in TASKS:
        lines += ["", f"## {task} {{ #{task} }}", "", *_settings_of(task)]
    return "\n".join(lines) + "\n"


def _settings_of(task: str) -> Iterator[str]:
    from seqnlp.cli.settings import setting_rows, setting_sections

    for section in ("", *setting_sections(task)):
        if section:
            yield from ["", f"### {section} {{ #{task}-{section} }}", ""]
        yield from ["| setting | default | meaning |", "|---|---|---|"]
        for key, default, text in setting_rows(task, section):
            yield f"| `{key}` | `{default}` | {_cell(text)} |"


def commands_page() -> str:
    """The help of every verb."""
    from seqnlp.cli import VERBS, verb_parser

    os.environ["COLUMNS"] = "90"  # argparse wraps to the terminal that happens to be there
    lines = ["# Commands", "", "What `seqnlp VERB --help` prints."]
    for verb in VERBS:
        lines += ["", f"## {verb}", "", "```text", verb_parser(verb).format_help().rstrip(), "```"]
    return "\n".join(lines) + "\n"


def recipes_page() -> str:
    """All recipes: their task, data and result, as the recipes themselves say."""
    from seqnlp.recipe_files import read_recipe, recipe_task
    from seqnlp.resources import find_recipes

    recipes = find_recipes()
    lines = [
        "# Recipes and results",
        "",
        "A recipe is a short file of settings for one data set. `seqnlp train recipe=NAME` trains it, "
        "`seqnlp recipes show NAME` prints it with its reasons, and `seqnlp recipes copy NAME FOLDER` gives you a copy "
        "to change. The pages of each folder say how its numbers were measured, and what did not work.",
        "",
        "Recipes called `demo` come with their data. The others say where to get it; put it into one folder and name "
        "that with `data.dir=FOLDER` or `$SEQNLP_DATA`.",
        "",
        "| recipe | task | data | result |",
        "|---|---|---|---|",
    ]
    for name, path in recipes.items():
        about = read_recipe(path).get("about", {})
        folder = name.partition("/")[0]
        texts = " | ".join(_cell(str(about.get(key, ""))) for key in ("data", "results"))
        lines.append(f"| [`{name}`]({folder}/README.md) | {recipe_task(path, recipes)} | {texts} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text as a field of a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("\n", " ")
