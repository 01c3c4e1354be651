"""Text of users is cut and trimmed by the readers, so that use reads what training read: nothing is done on the way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "seqnlp"
CUTS = {"split", "rsplit", "strip", "lstrip", "rstrip", "splitlines"}
ALLOWED = {
    ("cli/completion.py", "SCRIPTS[shell].strip()"): "our scripts for shells",
    ("cli/inspect_settings.py", "str(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)).rstrip()"): "our YAML",
    ("cli/inspect_settings.py", "'\\n'.join(lines).rstrip()"): "our YAML",
    ("cli/sweep.py", "record.read_text().splitlines()"): "the directories of runs that we wrote",
    ("cli/plot.py", "(arguments.text or '').strip()"): "only asks whether there is any text",
    ("cli/recipes.py", "path.read_text(encoding='utf-8', errors='replace').rstrip()"): "a recipe that is shown",
    ("cli/recipes.py", "readme.read_text(encoding='utf-8', errors='replace').splitlines()"): "our table of results",
    ("cli/recipes.py", "line.split('|')[1].strip()"): "our table of results",
    ("tasks/translation/answers.py", "answer.source.split()"): "numbered as ``piece_words`` numbers them",
    ("tasks/translation/wording.py", "text.split()"): "a translation that has control characters; it stays one line",
}
MODULES = sorted(
    [
        path
        for place in ("cli/**/*.py", "api/**/*.py", "tasks/**/api.py", "tasks/**/answers.py", "tasks/**/wording.py")
        for path in PACKAGE.glob(place)
    ]
)


def bare_cuts(source: str) -> list[str]:
    """Calls that cut at, or trim, whatever Python takes for a space (U+00A0 too)."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in CUTS and not call.args and not call.keywords
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_text_is_cut_or_trimmed_outside_the_readers(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    actual = [call for call in bare_cuts(path.read_text(encoding="utf-8")) if (name, call) not in ALLOWED]
    assert actual == [], f"{name}: use the reader of seqnlp/text that training uses, or give a reason in ALLOWED"


def test_every_exception_is_still_there() -> None:
    actual = {(p.relative_to(PACKAGE).as_posix(), c) for p in MODULES for c in bare_cuts(p.read_text(encoding="utf-8"))}
    assert set(ALLOWED) <= actual


def test_the_rule_would_see_an_offence() -> None:
    assert bare_cuts("a = b.c.split()\nd = [x.strip() for x in e]\nf.split(' ')\ng.strip(' ')") == [
        "b.c.split()",
        "x.strip()",
    ]
