"""Pages that MkDocs makes from what is already written: settings, commands, recipes, design.

MkDocs calls ``on_files`` before it reads the pages (``hooks:`` in mkdocs.yml). Nothing is written into ``docs/``.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
COPIED = {"ARCHITECTURE.md": "design.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Files of the checkout that are pages as they stand, and where."""

PAGES_OF_COPIES = {page: name for name, page in COPIED.items()}

SEVERAL = re.compile(r">(\w+),</(\w+)></code></b>\s*\(<code>(?:<\w+[^>]*>)?(\w+)(?:</\w+>)?</code>\)")
"""How mkdocstrings shows ``low, high:`` of a docstring."""

ERRORS = re.compile(r"<code>\(((?:(?:<[^>]*>)*\w+Error(?:</\w+>)*(?:, )?){2,})\)</code>")
"""How mkdocstrings shows ``ConfigError, DataError:`` of a docstring."""

SPREAD = re.compile(r"(?<=\d)( %)? \+- (?=\d)")
"""As READMEs write the standard deviation after a mean; pages do not break lines there."""

LINK = re.compile(r"(?<=\]\()[^\s#:)]+")
"""The path in a link or picture; an address has a colon."""

PRINTED = re.compile(r"^ *```text\n.*?^ *```$", re.MULTILINE | re.DOTALL)
"""A block of output; Markdown would make four spaces of its tabs, and columns would not stand below each other."""

ARROW = re.compile(r"(?<=\s)-&gt;(?=\s)")
"""An arrow of plain text, which a line would break in two."""

PLAIN = re.compile(r"(<pre.*?</pre>|<code.*?</code>)", re.DOTALL)
"""Code of a page, kept by ``split`` between what is not code."""

LONG_CODE = re.compile(r"<code>(?=[^<]{50})")
"""The beginning of code that is too long not to be broken."""

FIELD = re.compile(r"<td\b.*?</td>", re.DOTALL)
"""A field of a table."""

JOINT = re.compile(r"(?<=\w[._/])(?=\w)(?=[^<>]*</code>)")
"""Where a name in code may be broken on a phone."""

ESCAPED = re.compile(r"[|*]")
"""What means something in a Markdown table."""

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


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Links between files of the checkout, as readers of the sources follow them, lead to their pages."""
    markdown = LINK.sub(lambda found: link_on_site(found[0], page.file.src_uri), markdown)
    return PRINTED.sub(lambda found: found[0].expandtabs(12), markdown)


def link_on_site(link: str, page: str) -> str:
    """A link from a page, relative as in the checkout, as one from that page of the site."""
    beside = posixpath.dirname(PAGES_OF_COPIES.get(page, page if page.startswith("recipes/") else f"docs/{page}"))
    target = posixpath.normpath(posixpath.join(beside, link))
    if not (ROOT / target).is_file():  # a page that is generated, or none: MkDocs knows
        return link
    return posixpath.relpath(COPIED.get(target, target.removeprefix("docs/")), posixpath.dirname(page) or ".")


def on_page_content(html: str, **_: object) -> str:
    """What is written for plain text, as pages show it: functions, ``low, high:`` of docstrings, ``+-``, ``->``."""
    html = SPREAD.sub(lambda found: (found[1] or "").replace(" ", "\u00a0") + "\u00a0±\u00a0", html)
    html = re.sub(r":(?:meth|func|class|mod|attr):(?=<code>)", "", html)
    html = re.sub(r"<code>~(?:\w+\.)*(\w+)</code>", r"<code>\1</code>", html)
    html = ERRORS.sub(r"<code>\1</code>", SEVERAL.sub(r">\1, \3</\2></code></b>", html))
    html = FIELD.sub(lambda found: JOINT.sub("<wbr>", found[0]), html)
    html = LONG_CODE.sub('<code class="long">', html)
    return "".join(part if PLAIN.match(part) else ARROW.sub("\u2192", part) for part in PLAIN.split(html))


def settings_page() -> str:
    """Every setting of every task, with its default, range and meaning, from the dataclasses of ``seqnlp.config``."""
    from seqnlp.task_table import TASKS

    lines = [
        *("---", "search:", "  boost: 4", "---", ""),  # who searches a setting finds its meaning first
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
    """All recipes: their data and result, as the recipes themselves say."""
    from seqnlp.recipe_files import read_recipe
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
        "| recipe | data | result |",
        "|---|---|---|",
    ]
    for name, path in recipes.items():
        about = read_recipe(path).get("about", {})
        folder = name.partition("/")[0]
        texts = " | ".join(_cell(str(about.get(key, ""))) for key in ("data", "results"))
        lines.append(f"| [`{name}`]({folder}/README.md) | {texts} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text as a field of a Markdown table; code in it is left as it is."""
    parts = re.split(r"(`[^`]*`)", text.replace("\n", " "))
    escaped = [part if "`" in part else ESCAPED.sub(r"\\\g<0>", part).replace("<", "&lt;") for part in parts]
    return "".join(escaped)
