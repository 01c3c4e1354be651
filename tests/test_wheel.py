"""seqnlp as somebody else installs it: a wheel, used from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels = folder / "wheels"
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, repository], check=True)
    (wheel,) = wheels.glob("seqnlp-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", folder / "site", wheel], check=True)
    return folder


def seqnlp(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed console script, run from a folder without a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed / "site")}
    command = [sys.executable, installed / "site" / "bin" / "seqnlp", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=installed)


def test_recipes_travel_inside_the_wheel(installed: Path) -> None:
    assert "tagging/demo " in seqnlp(installed, "recipes").stdout
    shown = seqnlp(installed, "recipes", "show", "tagging/demo").stdout
    assert shown.startswith(f"# {installed.resolve()}/site/seqnlp/recipes/tagging/demo.yaml\n")


def test_the_wheel_holds_what_it_needs_and_no_more(installed: Path) -> None:
    package = installed / "site" / "seqnlp"
    assert (package / "py.typed").is_file()
    assert (package / "conf" / "train.yaml").is_file()
    actual = {path.name for path in (installed / "site").iterdir()} - {"bin"}
    assert {name for name in actual if not name.startswith("seqnlp")} == set()
    assert all((package / "page" / name).is_file() for name in ("tagger_page.mjs", "page.css", "page.html.jinja"))
    licences = list((installed / "site").glob("seqnlp-*.dist-info/licenses/LICENSE"))
    assert len(licences) == 1


def test_a_recipe_trains_and_tags_from_the_wheel(installed: Path) -> None:
    few = ["data.limit=20", "trainer.epochs=1", "trainer.device=cpu", "model.hidden_dim=8"]
    seqnlp(installed, "train", "recipe=tagging/demo", "run=here", *few)
    environment = {**os.environ, "PYTHONPATH": str(installed / "site")}
    program = "import seqnlp; print(len(seqnlp.load('here').tag('One two three.').tokens))"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, cwd=installed
    ).stdout
    assert output == "4\n"
