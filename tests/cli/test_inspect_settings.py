"""What `seqnlp train` shows instead of training, several folders of recipes, what Hydra's users find in a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from command import output, refusal, seqnlp
from tiny import make_sentences, write_conll

from seqnlp.config.reading import read_config

SMALL = (
    "model.word_dim=10",
    "model.character_model=none",
    "model.hidden_dim=10",
    "trainer.epochs=1",
    "trainer.threads=1",
)


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    write_conll(tmp_path / "train.conll", make_sentences(40))
    return [f"data.dir={tmp_path}", "data.train=train.conll", *SMALL]


def test_the_composed_settings_are_shown_and_read_back(data: list[str]) -> None:
    job = yaml.safe_load(output("train", "--cfg", "job", *data, "seed=7", "run=r"))
    assert read_config(job).seed == 7
    hydra = yaml.safe_load(output("train", "--cfg", "hydra", *data, "hydra.sweep.subdir=x", "-m"))
    assert set(hydra) == {"hydra"}
    assert hydra["hydra"]["sweep"]["subdir"] == "x"
    both = yaml.safe_load(output("train", "--cfg", "all", *data))
    assert both["data"]["train"] == "train.conll"
    assert "sweeper" in both["hydra"]


def test_where_settings_come_from_is_shown(data: list[str], tmp_path: Path) -> None:
    (tmp_path / "mine" / "recipes").mkdir(parents=True)
    printed = output("train", "--info", "--config-dir", tmp_path / "mine", "recipe=tagging/demo", "optimizer=sgd")
    assert f"user: file://{tmp_path / 'mine'}" in printed
    assert printed.index("recipes/tagging/demo ->") < printed.index("optimizer/sgd ->")
    assert "BasicSweeper" in printed


def test_options_of_trainings_are_refused_where_nothing_is_trained(data: list[str]) -> None:
    for option in (["--dry-run"], ["--settings"], ["--info"]):
        assert refusal("train", *option, "-m", *data, "seed=1,2").startswith("--multirun trains several runs, and")
    for option in (["--dry-run"], ["--settings"], ["--info"], ["--cfg", "job"]):
        assert refusal("train", *option, "--nproc", 2, *data).startswith("--nproc is for what trains; leave it out")
    both = seqnlp("train", "--dry-run", "--info", *data)
    assert both.status == 2
    assert "argument --info: not allowed with argument --dry-run" in both.err


def test_a_dry_run_reads_builds_and_steps_and_keeps_nothing(
    data: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    finished = seqnlp("train", "--dry-run", *data, "trainer.batch_sentences=8")
    assert finished.status == 0, finished.err
    assert "train: 40 sentences" in finished.err
    assert "steps an epoch: 5;" in finished.out
    assert "an epoch takes about" in finished.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train.conll"]
    assert "no such file" in refusal("train", "--dry-run", *data, "data.dev=gone.conll")


def test_later_folders_of_recipes_win(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 4)):
        folder = tmp_path / name / "recipes"
        folder.mkdir(parents=True)
        text = f"# @package _global_\ndefaults: [/recipes/tagging/demo]\nseed: {seed}\n"
        (folder / "shared.yaml").write_text(text)
        (folder / f"only_{name}.yaml").write_text(text)
    folders = ("--config-dir", tmp_path / "one", "--config-dir", tmp_path / "two")
    for recipe, seed in (("shared", 4), ("only_one", 3), ("only_two", 4)):
        assert yaml.safe_load(output("train", "--cfg", "job", *folders, f"recipe={recipe}"))["seed"] == seed
    listed = output("recipes", "--config-dir", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    assert "only_one" in listed
    assert "only_two" in listed
    assert "no folder 'gone'" in refusal("train", "--config-dir", tmp_path / "one", "--config-dir", "gone", "seed=1")


def test_a_run_and_each_job_of_a_sweep_keep_what_was_typed(data: list[str], tmp_path: Path) -> None:
    output("train", *data, f"run={tmp_path / 'run'}")
    kept = tmp_path / "run" / ".hydra"
    assert yaml.safe_load((kept / "overrides.yaml").read_text()) == [*data, f"run={tmp_path / 'run'}"]
    assert read_config(yaml.safe_load((kept / "config.yaml").read_text())).data.train == "train.conll"
    output("train", "-m", *data, "seed=1,2", f"run={tmp_path / 'sweep'}")
    jobs = sorted((tmp_path / "sweep").glob("*/.hydra/overrides.yaml"))
    assert ["seed=1" in yaml.safe_load(job.read_text()) for job in jobs] == [True, False]
