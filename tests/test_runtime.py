"""seqnlp as somebody ships it: a fresh environment with the runtime's packages only, and models trained elsewhere."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from command import output
from served import running

pytestmark = pytest.mark.slow

MOST_MEGABYTES = 220
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
    with running(models["tagging"], models["translation"], python=str(python)) as server:
        assert server.answers("/tag", texts=[text]) == [json.loads(written)]
        assert server.answers("/translate", texts=["Ein Hund."])
        assert server.get("/metrics")[0] == server.get("/demo.mjs")[0] == 200
        assert server.stop() == 0


def test_the_other_tasks_answer_there_as_well(python: Path, models: dict[str, Path], repository: Path) -> None:
    text = "a lovely soup\n"
    run = models["classification"]
    assert answers(python, "classify", run, text=text) == output("classify", run, stdin=text)
    generate = ("generate", models["language_model"], "--length", 20, "--seed", 3)
    assert answers(python, *generate, text="") == output(*generate)
    recipes = repository / "recipes"
    for verb, task, series in (
        ("forecast", "forecasting", recipes / "forecasting" / "demo" / "ferry.csv"),
        ("detect", "anomaly_detection", recipes / "anomaly_detection" / "demo" / "readings.csv"),
    ):
        there = subprocess.run(
            [python, "-m", "seqnlp", verb, models[task], series], capture_output=True, text=True, check=True
        )
        assert there.stdout == output(verb, models[task], series)


def test_one_line_is_tagged_in_little_time(python: Path, models: dict[str, Path]) -> None:
    """Seconds of CPU; the wall clock of a busy machine says little."""
    command = [python, "-m", "seqnlp", "tag", models["tagging"]]
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input="x\n", capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 1.0
