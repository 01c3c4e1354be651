"""Models, runs and settings of before settings were renamed; ``old_models`` was saved then and stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import output, seqnlp
from six_tasks import ASK

from seqnlp.api import load
from seqnlp.compose import compose_config
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.config.translation import TranslationConfig

OLD = Path(__file__).parent / "old_models"
ANSWERS = {
    "anomaly": lambda row: (row.score, 1.9998498896938988),
    "classification": lambda labels: (labels["negative"], 0.5973250158128365),
    "run": lambda values: (values[0][0], 1241.9166898526073),
    "words": lambda words: (words[1].probability, 0.06040803011079583),
    "characters": lambda words: (words[0].probability, 0.02089314660831942),
    "bpe": lambda words: (words[0].probability, 0.02596372073464924),
    "translation": lambda text: (isinstance(text, str), True),
}
LANGUAGE_MODELS = ("words", "characters", "bpe")
TASKS = {"anomaly": "anomaly_detection", "run": "forecasting", **dict.fromkeys(LANGUAGE_MODELS, "language_model")}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_old_model_answers_as_it_did(name: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = TASKS.get(name, name)
    actual, expected = ANSWERS[name](ASK[task](load(OLD / name), repository / "recipes"))
    assert actual == pytest.approx(expected, rel=1e-5)
    assert capsys.readouterr().err == ""


def test_an_old_run_can_be_resumed_and_evaluated(repository: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(OLD / "run", run)
    settings = (run / "config.yaml").read_text().replace("DATA", str(repository / "recipes/forecasting/demo"))
    (run / "config.yaml").write_text(settings.replace("HERE", str(run)))
    assert seqnlp("resume", run).status == 0
    assert "MASE" in output("evaluate", run, "--split", "dev")


def test_old_names_work_and_say_the_new_ones(capsys: pytest.CaptureFixture[str]) -> None:
    config = compose_config(["recipe=forecasting/demo", "model.warm_up=5", "model.read=changes", "data.backward=error"])
    assert isinstance(config, ForecastingConfig)
    assert (config.model.min_context, config.model.input) == (5, "differences")
    assert config.data.non_monotonic == "error"
    assert capsys.readouterr().err.splitlines() == [
        "note: model.warm_up is now called model.min_context; the old name works for one more release",
        "note: model.read=changes is now called model.input=differences; the old name works for one more release",
        "note: data.backward is now called data.non_monotonic; the old name works for one more release",
    ]


def test_old_names_in_a_recipe_work_unless_the_new_one_is_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipes/mine.yaml"
    recipe.parent.mkdir()
    data = "{train: t.tsv, format: tsv, source: a, target: b, dev: 10%, max_pieces: 77}"
    recipe.write_text(f"# @package _global_\ntask: translation\nabout: {{reaches: 30 BLEU}}\ndata: {data}\n")
    config = compose_config(["recipe=mine"], str(tmp_path))
    assert isinstance(config, TranslationConfig)
    assert (config.data.max_tokens, config.about.results) == (77, "30 BLEU")
    assert capsys.readouterr().err.splitlines() == [
        f"note: {recipe}: about.reaches is now called about.results; the old name works for one more release",
        f"note: {recipe}: data.max_pieces is now called data.max_tokens; the old name works for one more release",
    ]
    typed = compose_config(["recipe=mine", "data.max_tokens=88"], str(tmp_path))
    assert isinstance(typed, TranslationConfig)
    assert typed.data.max_tokens == 88
