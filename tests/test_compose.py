from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.compose import compose_config, train_with_hydra
from seqnlp.config.common import Config
from seqnlp.config.loop import LoopConfig
from seqnlp.errors import ConfigError, SeqnlpError
from seqnlp.resources import CONF, RECIPES, find_recipes

DEMO = "recipe=tagging/demo"


def problems(*overrides: str, config_dir: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compose_config(overrides, config_dir and str(config_dir))
    return caught.value.problems


def write_recipe(folder: Path, name: str, text: str, header: str = "# @package _global_\n") -> None:
    path = folder / "recipes" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + text, encoding="utf-8")


def sweep(folder: Path, *overrides: str) -> list[Config]:
    """The configurations that a multirun hands out, its directory inside ``folder``."""
    configs: list[Config] = []
    train_with_hydra([*overrides, f"run={folder}/sweep"], None, configs.append, multirun=True)
    return configs


@pytest.mark.parametrize("name", find_recipes())
def test_every_recipe_composes_and_says_what_its_data_are(name: str) -> None:
    config = compose_config([f"recipe={name}"])
    assert config.name == name
    tasks = {
        "sentiment": "classification",
        "forecast": "forecasting",
        "anomaly": "anomaly_detection",
        "memory": "classification",
    }
    assert config.task == tasks.get(family := name.partition("/")[0], family)
    assert all([config.about.data, config.about.source, config.about.licence])
    assert config.data.train
    assert config.data.dev
    assert config.data.test


@pytest.mark.parametrize("task", ["tagging", "classification", "translation"])
def test_data_groups_are_for_every_task_with_files_so_written(task: str) -> None:
    own = ["data.source=de", "data.target=en"] if task == "translation" else []
    rows = compose_config([f"task={task}", "data=jsonl", "data.train=a.jsonl", "data.dev=b.jsonl", *own])
    assert (rows.task, rows.data.train, getattr(rows.data, "format", "")) == (task, "a.jsonl", "jsonl")
    stored = compose_config([f"task={task}", "data=hub", "data.hub=somewhere", *own])
    assert (stored.data.train, stored.data.dev, getattr(stored.data, "format", "")) == ("train", "validation", "hub")


def test_a_data_group_of_another_task_is_no_setting_of_this_one() -> None:
    [message] = problems("task=classification", "data=conll", "data.train=a", "data.dev=b")
    assert message.startswith("data.format: expected one of auto, tsv, csv, jsonl")
    assert problems("task=forecasting", "data=jsonl", "data.train=a.csv", "data.dev=10%") == [
        "data.format: unknown key (did you mean 'time_format'?)"
    ]
    typed = problems("task=classification", "data=jsonl", "data.train=a", "data.dev=b", "data.scheme=iob2")
    assert len(typed) == 1
    assert typed[0].startswith("data.scheme: ")


def test_every_file_below_recipes_is_found() -> None:
    assert len(find_recipes()) == sum(path.suffix == ".yaml" for path in RECIPES.rglob("*"))
    assert "tagging/demo" in find_recipes()


@pytest.mark.parametrize("path", sorted(CONF.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}={path.stem}")
def test_every_group_option_composes_after_a_recipe_and_has_a_header(path: Path) -> None:
    group = f"{path.parent.name}={path.stem}"
    recipe = "recipe=translation/multi30k_de_en" if path.parent.name == "tokenizer" else DEMO
    compose_config([recipe, group, *(["data.hub=somewhere"] if path.stem == "hub" else [])])
    header = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# ") and "@package" not in line
    ]
    assert len(header) == 1


def test_a_setting_of_another_task_is_unknown() -> None:
    with pytest.raises(ConfigError, match=r"model\.encoder_layers: unknown key"):
        compose_config([DEMO, "model.encoder_layers=2"])
    assert compose_config(["recipe=translation/multi30k_de_en", "model.encoder_layers=2"]).model.encoder_layers == 2


def test_the_task_can_be_typed_and_is_checked() -> None:
    typed = ["task=translation", "data.train=train.{lang}", "data.source=de", "data.target=en"]
    assert compose_config(typed).task == "translation"
    with pytest.raises(
        ConfigError,
        match=r"task: expected one of tagging, translation, classification, language_model, .*; found 'translate'",
    ):
        compose_config(["task=translate"])


def test_a_sweep_over_recipes_of_several_tasks_is_refused() -> None:
    both = "recipe=tagging/demo,translation/multi30k_de_en"
    with pytest.raises(ConfigError, match="one sweep is for recipes of one task; found tagging and translation"):
        train_with_hydra([both], None, lambda config: None, multirun=True)


def test_the_demo_data_are_found_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    data = compose_config([DEMO]).data
    assert (Path(data.dir) / data.train).is_file()


def test_later_beats_earlier_defaults_recipe_group_setting() -> None:
    recipe = compose_config([DEMO]).trainer.epochs
    assert recipe not in (LoopConfig().epochs, 2)
    assert compose_config(["trainer=debug", DEMO]).trainer.epochs == 2
    assert compose_config(["trainer.epochs=5", DEMO, "trainer=debug"]).trainer.epochs == 5


def test_a_run_has_its_own_directory_named_after_the_recipe() -> None:
    assert compose_config([DEMO]).run.startswith("runs/tagging/demo/20")
    assert compose_config(["data.train=a"]).run.startswith("runs/tagging/20")
    assert compose_config([DEMO, "run=here"]).run == "here"


def test_values_with_characters_of_hydras_grammar_are_text() -> None:
    config = compose_config(["data.train=my (best) file.txt", "run=runs/0_seed=1", "data.dev='a,b'", "data.dir=it's"])
    assert config.data.train == "my (best) file.txt"
    assert config.run == "runs/0_seed=1"
    assert config.data.dev == "a,b"
    assert config.data.dir == "it's"


def test_all_that_is_mistyped_is_reported_at_once() -> None:
    assert problems("recipe=tagging/dmo", "seeds=2", "model=bilstm", "tagging/demo", "trainer.epoch=3") == [
        "'tagging/demo': expected KEY=VALUE, such as recipe=tagging/demo or trainer.epochs=3",
        "recipe: no 'tagging/dmo' (did you mean 'tagging/demo'?); list them with `seqnlp recipes`",
        "model: no 'bilstm' (did you mean 'bilstm_crf'?); expected one of bilstm_crf, bilstm_softmax, large",
        "seeds: unknown key (did you mean 'seed'?)",
        "trainer.epoch: unknown key (did you mean 'trainer.epochs'?)",
    ]


def test_unknown_keys_are_reported_with_wrong_values() -> None:
    assert problems(DEMO, "epochs=3", "models=large", "trainer.epochs=0", "seed=a", "data.scheme=none") == [
        "epochs: unknown key (did you mean 'trainer.epochs'?)",
        "models: unknown key (did you mean 'model'?)",
        "seed: expected a whole number, found 'a'",
        "trainer.epochs: expected at least 1, found 0",
        "model.scheme: 'bioes' does not go with data.scheme 'none'; both are 'none' for plain tags",
    ]


def test_nothing_typed_says_what_to_choose() -> None:
    assert problems() == ["data.train: missing; choose a recipe (recipe=tagging/demo) or name a training file"]


def test_several_values_need_multirun() -> None:
    assert problems(DEMO, "seed=1,2") == ["seed: several values need --multirun; quote a text that has commas"]


def test_an_interpolation_that_leads_nowhere_names_the_setting() -> None:
    (problem,) = problems(DEMO, "data.test=${nowhere}")
    assert problem.startswith("Interpolation key 'nowhere' not found full_key: data.test")


def test_a_users_recipe_is_found_and_stands_before_ours(tmp_path: Path) -> None:
    write_recipe(tmp_path, "tagging/mine", "data: {train: mine.conll}\ntrainer: {epochs: 4}\n")
    write_recipe(tmp_path, "tagging/demo", "data: {train: other.conll}\n")
    assert compose_config(["recipe=tagging/mine"], str(tmp_path)).trainer.epochs == 4
    assert compose_config([DEMO], str(tmp_path)).data.train == "other.conll"
    assert compose_config(["recipe=tagging/wnut17"], str(tmp_path)).name == "tagging/wnut17"


def test_a_users_recipe_may_build_on_ours(tmp_path: Path) -> None:
    base = "defaults:\n  - /recipes/tagging/demo\n  - _self_\n"
    write_recipe(tmp_path, "tagging/mine", f"{base}name: tagging/mine\nmodel: {{hidden_dim: 12}}\n")
    config = compose_config(["recipe=tagging/mine"], str(tmp_path))
    assert (config.name, config.model.hidden_dim, config.data.train) == ("tagging/mine", 12, "train.conll")


def test_a_users_group_is_found(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tiny.yaml").write_text("hidden_dim: 8\n", encoding="utf-8")
    assert compose_config([DEMO, "model=tiny"], str(tmp_path)).model.hidden_dim == 8


def test_mistakes_in_a_recipe_are_reported_with_those_typed(tmp_path: Path) -> None:
    write_recipe(tmp_path, "mine", "data: {train: a, typ: b}\nmodel: {dropout: 0.5}\nseed: -3\n")
    assert problems("recipe=mine", "sed=1", config_dir=tmp_path) == [
        "sed: unknown key (did you mean 'seed'?)",
        "seed: expected at least 0, found -3",
        "data.typ: unknown key",
        "model.dropout: unknown key (did you mean 'word_dropout'?)",
    ]


def test_a_recipe_without_its_first_line_is_no_silent_loss(tmp_path: Path) -> None:
    write_recipe(tmp_path, "mine", "data: {train: a}\n", header="")
    expected = "recipe: the first line of its file must be `# @package _global_`, or its values are lost"
    assert problems("recipe=mine", config_dir=tmp_path) == [expected]


def test_a_recipe_that_is_no_yaml_names_file_and_line(tmp_path: Path) -> None:
    write_recipe(tmp_path, "mine", "data:\n  train: [a\nmodel: b\n")
    (problem,) = problems("recipe=mine", config_dir=tmp_path)
    assert "mine.yaml" in problem
    assert "line 4" in problem


def test_a_config_dir_that_does_not_exist_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(
        SeqnlpError, match=r"--config-dir: no folder '.*gone'; `seqnlp recipes copy NAME FOLDER` makes one"
    ):
        compose_config([DEMO], str(tmp_path / "gone"))


def test_folders_with_odd_names_work(tmp_path: Path) -> None:
    folder = tmp_path / "it's my, (own) folder=x"
    write_recipe(folder, "mine", "data: {train: a}\n")
    assert compose_config(["recipe=mine"], str(folder)).data.train == "a"


def test_a_sweep_gives_each_job_its_own_directory(tmp_path: Path) -> None:
    configs = sweep(tmp_path, DEMO, "seed=1,2", "model=bilstm_crf,bilstm_softmax", "data.limit=5")
    assert [(config.seed, config.model.output) for config in configs] == [
        (1, "crf"),
        (1, "softmax"),
        (2, "crf"),
        (2, "softmax"),
    ]
    assert [Path(config.run).name for config in configs] == [
        "0_model=bilstm_crf,seed=1",
        "1_model=bilstm_softmax,seed=1",
        "2_model=bilstm_crf,seed=2",
        "3_model=bilstm_softmax,seed=2",
    ]
    assert all(Path(config.run).resolve().parent == tmp_path / "sweep" for config in configs)
    for config in configs:  # Hydra writes into a run what was typed, and nothing else
        assert {path.name for path in Path(config.run).iterdir()} <= {".hydra"}
    assert {config.data.limit for config in configs} == {5}


def test_a_sweep_over_recipes_looks_into_their_folders(tmp_path: Path) -> None:
    names = [config.name for config in sweep(tmp_path, "recipe=glob(tagging/u*)", "data.limit=5")]
    assert names == [name for name in find_recipes() if name.startswith("tagging/u")]


def test_a_sweep_is_checked_whole_before_its_first_job(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        sweep(tmp_path, DEMO, "seed=1,2,-3")
    assert caught.value.problems == ["seed: expected at least 0, found -3"]
    with pytest.raises(ConfigError) as caught:
        sweep(tmp_path, "recipe=tagging/demo,tagging/dema", "sed=1")
    assert caught.value.problems == [
        "recipe: no 'tagging/dema' (did you mean 'tagging/demo'?); list them with `seqnlp recipes`",
        "sed: unknown key (did you mean 'seed'?)",
    ]
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("hydra.sweep.dir=elsewhere", "the run directory is set with run=DIR"),
        ("hydra.job.name=mine", "a run is named with name=NAME"),
        ("hydra.mode=MULTIRUN", "Hydra's own settings need --multirun (-m)"),
        ("hydra/launcher=basic", "Hydra's own settings need --multirun (-m)"),
    ],
)
def test_a_setting_of_hydras_that_would_change_nothing_says_what_to_type(typed: str, advice: str) -> None:
    key = typed.lstrip("+").partition("=")[0]
    assert problems(DEMO, typed) == [f"{key}: no effect here; {advice}"]


def test_in_a_sweep_hydras_settings_take_effect_but_for_the_directory_of_a_single_run(tmp_path: Path) -> None:
    configs = sweep(tmp_path, DEMO, "seed=1,2", "hydra/launcher=basic", f"hydra.sweep.dir={tmp_path}/there")
    assert {Path(config.run).resolve().parent for config in configs} == {tmp_path / "there"}
    for typed, advice in (
        ("hydra.run.dir=there", "the directory of a sweep is set with run=DIR or hydra.sweep.dir=DIR"),
        ("hydra.job.name=mine", "a run is named with name=NAME"),
        ("hydra.job.chdir=true", "relative names are those of the folder where you started, in a sweep as well"),
    ):
        with pytest.raises(ConfigError) as caught:
            sweep(tmp_path, DEMO, "seed=1,2", typed)
        assert caught.value.problems == [f"{typed.partition('=')[0]}: no effect here; {advice}"]


@pytest.mark.parametrize("typed", ["hydra.run.dir=else/where", "++hydra.run.dir=else/where", "run=else/where"])
def test_the_run_directory_has_hydras_name_as_well(typed: str) -> None:
    assert compose_config([DEMO, typed]).run == "else/where"


def test_a_jobs_name_may_be_part_of_a_sweeps_directory(tmp_path: Path) -> None:
    place = f"hydra.sweep.dir={tmp_path}/${{hydra.job.name}}"
    configs = sweep(tmp_path, DEMO, "seed=1,2", "hydra.job.name=mine", "hydra.job.chdir=false", place)
    assert {Path(config.run).resolve().parent for config in configs} == {tmp_path / "mine"}


def test_a_launcher_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Could not find 'hydra/launcher/mars' Available options.*basic"):
        sweep(tmp_path, DEMO, "seed=1,2", "hydra/launcher=mars")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["data.limit=10", "seed=2"], True),
        (["data.test=other.conll"], False),
        (["data.train=mine.conll"], False),
        (["data.dir=elsewhere"], False),
        (["data.train=train.conll"], True),
    ],
)
def test_a_recipe_says_nothing_of_other_data(typed: list[str], kept: bool) -> None:
    assert bool(compose_config([DEMO, *typed]).about.data) is kept
    assert bool(compose_config([DEMO, *typed]).about.licence) is kept


def test_where_the_files_of_a_recipe_are_is_its_users_to_say_and_typed_words_stay(tmp_path: Path) -> None:
    assert compose_config(["recipe=tagging/wnut17", "data.dir=/data"]).about.data
    about = compose_config([DEMO, "data.train=mine.conll", "about.data=my own notes"]).about
    assert (about.data, about.licence, about.results) == ("my own notes", "", "")
    configs = sweep(tmp_path, DEMO, "data.limit=10,20", "data.train=mine.conll")
    assert [config.about.data for config in configs] == ["", ""]
