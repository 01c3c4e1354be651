"""What ``import seqnlp`` gives, and that the README's Python is right for a type checker."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import seqnlp


@pytest.mark.parametrize("name", seqnlp.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    assert getattr(seqnlp, name) is not None
    assert name in dir(seqnlp)


def test_all_that_load_returns_can_be_named() -> None:
    from seqnlp import api

    assert {model.__name__ for model in api.Model.__args__} <= set(seqnlp.__all__)


def test_the_reference_has_what_is_exported_and_nothing_else(repository: Path) -> None:
    reference = (repository / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    members = {name for names in re.findall(r"members: \[([^]]*)\]", reference) for name in names.split(", ")}
    functions = set(re.findall(r"^::: seqnlp\.api\.(?:\w+\.)?([a-z]+)$", reference, re.MULTILINE))
    assert members | functions == set(seqnlp.__all__) - {"__version__"}


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Taggr'"):
        _ = seqnlp.Taggr


MISTAKES = """\
import seqnlp
seqnlp.Taggr("RUN")
seqnlp.train(task="taging", train="train.conll")
seqnlp.train("tagging/demo", epochs=3)
seqnlp.load("RUN", thread=1)
seqnlp.Tagger("RUN", engine="onnx")
seqnlp.Translator("RUN").translate("Ein Hund.", beams=3)
seqnlp.Translator("RUN").translate("Ein Hund.", mbr="rouge")
seqnlp.Classifier("RUN").classify("Fine.", explain="shap")
seqnlp.api.Taggr("RUN")
"""


def test_a_type_checker_finds_misspelt_names_and_choices(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    checked = _type_checked(repository, [tmp_path / "mistakes.py"])
    wrong = sorted({int(line) for line in re.findall(r"mistakes\.py:(\d+): error", checked.stdout)})
    assert wrong == list(range(2, len(MISTAKES.splitlines()) + 1)), checked.stdout


def test_errors_need_no_torch() -> None:
    code = "import sys; from seqnlp import SeqnlpError, DataError; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_python_of_the_readme_and_the_pages_passes_a_strict_type_checker(repository: Path, tmp_path: Path) -> None:
    pages = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    for number, block in enumerate(blocks):
        (tmp_path / f"block_{number}.py").write_text(block, encoding="utf-8")
    checked = _type_checked(repository, sorted(tmp_path.glob("*.py")))
    assert checked.returncode == 0, checked.stdout


def _type_checked(repository: Path, programs: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(repository / "pyproject.toml")]
    return subprocess.run([*command, *map(str, programs)], cwd=repository, capture_output=True, text=True, check=False)
