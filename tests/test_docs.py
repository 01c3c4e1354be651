"""The documentation builds without network or broken links, and every command in it is one that seqnlp knows."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn
from unittest.mock import Mock, patch

import pytest

from seqnlp.cli import VERBS, plot, verb_parser
from seqnlp.compose import compose_config, task_of
from seqnlp.errors import SeqnlpError
from seqnlp.resources import find_recipes
from seqnlp.task_table import TASKS

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "recipes/*/README.md")
    for page in REPOSITORY.glob(pattern)
    if page.name != "CHANGELOG.md"  # tells of commands that are gone
)
BLOCK = re.compile(r"^ *```(?:sh)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[|;] *|do )seqnlp ([^|<>;\n]*)", re.MULTILINE)
PLACES = ("$cell", "RUN", "SWEEP", "start_from=runs/")
"""Words that stand for something else, or for a run that a page trains: what they are part of cannot be looked up."""


class Command(NamedTuple):
    """What is typed after ``seqnlp``; in a sentence it need not be whole."""

    line: str
    is_whole: bool


def commands_of(text: str) -> list[Command]:
    """Every ``seqnlp ...`` in the code blocks and in the sentences of a page."""
    blocks = "".join(BLOCK.findall(text)).replace("\\\n", " ")
    sentences = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    inline = [" ".join(code.split()) for code in re.findall(r"`seqnlp ([^`|<>]*)[^`]*`", sentences)]
    return [*(Command(line, True) for line in COMMAND.findall(blocks)), *(Command(line, False) for line in inline)]


def problem_of(command: Command) -> str:
    """What is wrong with a command, if anything: its verb, its options, its recipe or its settings."""
    words = [word for word in shlex.split(command.line, comments=True) if word != "..."]
    if not words or words[0] in ("VERB", "--help"):
        return ""
    verb, *rest = words
    if verb not in VERBS:
        return f"no verb '{verb}'"
    try:
        arguments = parsed(verb, rest)
    except ValueError as complaint:
        is_short = "are required" in str(complaint) or "expected one argument" in str(complaint)
        return "" if is_short and not command.is_whole else str(complaint)
    if verb == "plot" and arguments.kind not in plot.KINDS:
        return f"no kind of plot '{arguments.kind}'"
    return train_problem(arguments.overrides, arguments) if verb == "train" else recipe_problem(verb, arguments)


def parsed(verb: str, words: list[str]) -> argparse.Namespace:
    """What the parser of a verb makes of words, raising ValueError where it would print and exit."""

    def complain(message: str) -> NoReturn:
        raise ValueError(message)

    parser = verb_parser(verb)
    with patch.multiple(parser, error=complain, exit=Mock()):
        return parser.parse_intermixed_args(words)


def train_problem(overrides: list[str], arguments: argparse.Namespace) -> str:
    """What composing the settings says; of a sweep those of its first run."""
    if not overrides or arguments.config_dir or any("DIR" in word or word == "recipe=NAME" for word in overrides):
        return ""
    known = [word for word in overrides if not any(place in word for place in PLACES)]
    if arguments.settings:
        return "" if task_of([word.replace("TASK", "tagging") for word in known]) in TASKS else "no such task"
    firsts = known
    if arguments.multirun:  # of ranges and of what only sweeps know, the names are looked up by sweeps
        firsts = [word.split(",")[0] for word in known if "(" not in word and not word.startswith("hydra")]
    try:
        compose_config([*firsts, *([] if any("recipe" in word or "data.train" in word for word in firsts) else GIVEN)])
    except SeqnlpError as problem:
        return str(problem)
    return ""


GIVEN = ["recipe=tagging/demo"]


def recipe_problem(verb: str, arguments: argparse.Namespace) -> str:
    """A recipe that does not exist, of ``seqnlp recipes`` and ``seqnlp data check``."""
    names = [arguments.name] if verb == "recipes" else arguments.names if verb == "data" else []
    named = [name for name in names if name and re.fullmatch(r"[a-z_]+/[a-z0-9_]+", name) and "runs/" not in name]
    unknown = [name for name in named if name not in find_recipes()]
    return f"no recipe {unknown[0]}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_command_of_a_page_exists(page: Path) -> None:
    actual = {command.line: problem_of(command) for command in commands_of(page.read_text(encoding="utf-8"))}
    assert {command: problem for command, problem in actual.items() if problem} == {}


GENERATED = {"docs/recipes/index.md", "docs/reference/commands.md", "docs/reference/settings.md"}
"""Pages that only the site has."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_link_to_a_file_leads_there_in_the_checkout_too(page: Path) -> None:
    links = re.findall(r"\]\(([^\s#:)]+)", page.read_text(encoding="utf-8"))
    targets = [Path(os.path.relpath(page.parent / link, REPOSITORY)).as_posix() for link in links]
    assert [target for target in targets if target not in GENERATED and not (REPOSITORY / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_no_page_shows_where_somebody_keeps_files(page: Path) -> None:
    assert re.findall(r"(?<![\w.~])/(?:home|root|tmp|work|Users)/\S*", page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "command",
    [
        "taag runs/one",
        "tag runs/one --ouput inline",
        "train recipe=tagging/dmo",
        "train recipe=tagging/demo trainer.epoch=3",
        "plot gatez runs/one",
        "recipes show tagging/dmo",
        "train -m recipe=memory/long_range model.cell=rnnn,lstm",
    ],
)
def test_a_command_that_does_not_exist_is_seen(command: str) -> None:
    page = f"Text.\n\n```sh\nmake demo\necho one | seqnlp {command}\n```\n"
    assert [bool(problem_of(actual)) for actual in commands_of(page)] == [True]


def test_the_documentation_builds_without_warnings_or_anything_from_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]  # see Makefile
    done = subprocess.run(build, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    index = json.loads((tmp_path / "site" / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert re.split(index["config"]["separator"], "optimizer.learning_rate") == ["optimizer", "learning_rate"]
    settings = [page["text"] for page in index["docs"] if page["location"].startswith("reference/settings.html")]
    assert any("data.accept_cut_words" in text for text in settings), "a name that may be broken is searched whole"
    pages = list((tmp_path / "site").rglob("*.html"))
    assert {"index.html", "settings.html", "design.html", "python.html"} <= {page.name for page in pages}
    loaded = r"<(?:link|script|img)\b[^>]*?(?:href|src)=\"?(?:https?:)?//[^>]*>"
    swallowed = r"<p>(?:(?!</?p>|<pre).)*?\n *[-|] .{,40}"  # a list or a table that Markdown took for words
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(loaded, text) == [], page
        assert [found[-60:] for found in re.findall(swallowed, text, re.DOTALL)] == [], page
        assert re.findall(r"<td>[^\n]*\\\|", text) == [], page
        raw = r":[a-z]+:<code>|,</\w+></code></b>\s*\(|<code>\((?:<[^>]*>)*\w+Error"  # docstrings as they are written
        assert re.findall(raw, text) == [], page
