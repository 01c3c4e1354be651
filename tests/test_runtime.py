"""seqnlp as somebody ships it: a fresh environment with the runtime's packages only, and models trained elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import output
from served import running
from six_tasks import TRAININGS

pytestmark = pytest.mark.slow

MOST_MEGABYTES = 260
"""Of the installed packages, with pip itself."""


@pytest.fixture(scope="module")
def python(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that was installed as the runtime's file says."""
    folder = tmp_path_factory.mktemp("runtime")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, repository], check=True)
    (wheel,) = folder.glob("seqnlp-*.whl")
    files = [argument for name in ("runtime", "serve") for argument in ("-r", repository / f"requirements/{name}.txt")]
    subprocess.run([*pip, "install", "--no-deps", *files, wheel], check=True)
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tagger and a translator."""
    folder = tmp_path_factory.mktemp("models")
    for task in ("tagging", "translation"):
        output("train", f"run={folder / task}", *TRAININGS[task])
    return {task: folder / task for task in ("tagging", "translation")}


def answers(python: Path, *arguments: object, text: str) -> str:
    command = [python, "-m", "seqnlp", *map(str, arguments)]
    actual = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=python.parent)
    assert actual.stderr == ""
    return actual.stdout


def test_the_packages_are_those_of_the_file_and_consistent(python: Path) -> None:
    subprocess.run([python, "-m", "pip", "check"], check=False)
    listed = subprocess.run([python, "-m", "pip", "list"], check=True, capture_output=True, text=True).stdout
    assert "torch" not in listed
    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert size < MOST_MEGABYTES * 1e6


def test_it_tags_and_translates_as_where_it_was_trained(python: Path, models: dict[str, Path]) -> None:
    text = "Velisk Korrasel moved from Port Ombril to Yensa.\n\nnobody came\n"
    assert answers(python, "tag", models["tagging"], text=text) == output("tag", models["tagging"], stdin=text)
    for precision in ("fp32", "int8"):
        options = (models["translation"], "--precision", precision)
        text = "Der alte Mann sieht einen kleinen Hund.\n\n"
        assert answers(python, "translate", *options, text=text) == output("translate", *options, stdin=text)


def test_it_serves_what_the_command_answers(python: Path, models: dict[str, Path]) -> None:
    text = "Velisk Korrasel moved from Port Ombril to Yensa."
    written = output("tag", models["tagging"], "--output", "jsonl", stdin=text + "\n")
    with running(*models.values(), python=str(python)) as server:
        assert server.answers("/tag", texts=[text]) == [json.loads(written)]
        assert server.answers("/translate", texts=["Ein Hund."])
        assert server.get("/metrics")[0] == server.get("/demo.mjs")[0] == 200
        assert server.stop() == 0
