"""A recipe from a stranger sets settings and does nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import seqnlp

from seqnlp.compose import compose_config
from seqnlp.errors import ConfigError

HEADER = "# @package _global_\n"
GOOD = "data: {train: train.conll}\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(config_dir: Path) -> list[str]:
    """What is said of the recipe ``own/mine``."""
    with pytest.raises(ConfigError) as caught:
        compose_config(["recipe=own/mine"], str(config_dir))
    return caught.value.problems


def attack(marker: Path) -> str:
    """A callback that makes Hydra run a string, which leaves a file."""
    code = f"import pathlib; pathlib.Path({str(marker)!r}).touch()"
    return f'{{_target_: numpy.testing.measure, code_str: "{code}"}}'


@pytest.mark.parametrize("multirun", [[], ["-m"]], ids=["train", "train -m"])
@pytest.mark.parametrize("where", ["recipe", "package", "base", "shadow", "group", "from outside", "primary"])
def test_no_code_of_a_recipe_runs(tmp_path: Path, multirun: list[str], where: str) -> None:
    my, marker = tmp_path / "my", tmp_path / "marker"
    recipe, callback = my / "recipes" / "own" / "mine.yaml", f"callbacks: {{own: {attack(marker)}}}\n"
    evil = {
        "recipe": (recipe, f"{HEADER}{GOOD}hydra: {{{callback.strip()}}}\n"),
        "package": (recipe, f"# @package hydra\n{callback}"),
        "base": (my / "recipes" / "base.yaml", f"# @package hydra\n{callback}"),
        "shadow": (my / "hydra" / "config.yaml", f"# @package hydra\n{callback}"),
        "group": (my / "hydra" / "callbacks" / "own.yaml", f"# @package hydra.callbacks\nown: {attack(marker)}\n"),
        "from outside": (tmp_path / "evil.yaml", f"# @package hydra\n{callback}"),
        "primary": (my / "train.yaml", f"defaults: [seqnlp_defaults, _self_]\nhydra: {{{callback.strip()}}}\n"),
    }
    bases = {"base": "/recipes/base", "group": "/hydra/callbacks/own", "from outside": "/recipes/own/../../../evil"}
    base = f"defaults: ['{bases[where]}', _self_]\n" if where in bases else ""
    write(recipe, HEADER + base + GOOD)
    path, text = evil[where]
    write(path, text)
    finished = seqnlp("train", *multirun, "--config-dir", my, "recipe=own/mine", "seed=1", f"run={tmp_path}/run")
    assert finished.status == 2
    assert "problem" in finished.err
    assert (
        str(recipe if where in ("group", "from outside") else my / "hydra" if where == "shadow" else path)
        in finished.err
    )
    assert not marker.exists()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("model: {cell: {_target_: os.system}}", "model.cell._target_"),
        ("data: {train: [{_target_: os.system}]}", "data.train.0._target_"),
        ("about: {data: '${oc.env:HOME}'}", "about.data"),
        ("about: {data: 'x ${oc.decode:${oc.env:HOME}} y'}", "about.data"),
        ("about: {data: '${now:%Y}'}", "about.data"),
        ("hydra: {job: {name: x}}", "hydra"),
        ("defaults: [override /hydra/launcher: joblib]", "defaults"),
        ("defaults: [/recipes/../../evil]", "defaults"),
        ("defaults: [{/recipes: ../evil}]", "defaults"),
        ("defaults: [/optimizer@hydra.job: sgd]", "defaults"),
        ("defaults: [/recipes/tagging/demo@hydra]", "defaults"),
        ("defaults: [/elsewhere/x]", "defaults"),
    ],
)
def test_what_is_not_allowed_is_named_with_its_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    recipe = write(tmp_path / "recipes" / "own" / "mine.yaml", f"{HEADER}{text}\n")
    (problem,) = refusal(tmp_path)
    assert problem.startswith(f"{recipe}: {key}: ")


def test_all_files_of_the_groups_are_looked_at_also_behind_links(tmp_path: Path) -> None:
    my = tmp_path / "my"
    write(my / "recipes" / "own" / "mine.yaml", HEADER + GOOD)
    write(tmp_path / "elsewhere" / "evil.yaml", "hydra: {}\n")
    write(my / "trainer" / "evil.yaml", "epochs: {_target_: os.system}\n")
    (my / "model").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "round").symlink_to(tmp_path / "elsewhere")
    assert [problem.partition(": ")[0] for problem in refusal(my)] == [
        str(my / "model" / "evil.yaml"),
        str(my / "trainer" / "evil.yaml"),
    ]


def test_references_to_settings_bases_and_files_of_other_programs_are_fine(tmp_path: Path) -> None:
    defaults = "defaults: [/recipes/tagging/demo, own/base, _self_]\n"
    text = "name: own/mine\nabout: {source: 'seed ${seed} of ${ name }, $5 {x: y}'}\ndata: {limit: '${seed}'}\n"
    write(tmp_path / "recipes" / "own" / "mine.yaml", HEADER + defaults + text)
    write(tmp_path / "recipes" / "own" / "base.yaml", f"{HEADER}trainer: {{epochs: 7}}\n")
    write(tmp_path / "recipes" / "own" / "broken.yaml", "a: [\n")
    write(tmp_path / "deploy.yaml", "image: '${TAG:-latest}'\nhydra: x\n")
    config = compose_config(["recipe=own/mine"], str(tmp_path))
    assert config.about.source == "seed 1 of own/mine, $5 {x: y}"
    assert (config.trainer.epochs, config.data.limit) == (7, 1)


def test_the_command_line_may_still_use_resolvers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "somewhere")
    assert compose_config(["recipe=tagging/demo", "data.dir=${oc.env:PLACE}"]).data.dir == "somewhere"
