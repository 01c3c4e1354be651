"""Hydra's sweepers and launchers get a number from each job: Optuna searches, joblib runs jobs in other processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from command import output, refusal, seqnlp
from tiny import make_sentences, write_conll

from seqnlp.cli.objective import with_direction

SMALL = (
    "model.word_dim=10",
    "model.character_model=none",
    "model.hidden_dim=10",
    "trainer.batch_sentences=6",
    "trainer.epochs=3",
    "trainer.threads=1",
)


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    write_conll(tmp_path / "train.conll", make_sentences(30))
    write_conll(tmp_path / "dev.conll", make_sentences(12, seed=1))
    return [f"data.dir={tmp_path}", "data.train=train.conll", "data.dev=dev.conll", *SMALL]


def test_optuna_searches_for_the_highest_dev_score_in_one_command(data: list[str], tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper")
    search = ("hydra/sweeper=optuna", "hydra.sweeper.n_trials=4", "hydra.sweeper.sampler.seed=3")
    rate = "optimizer.learning_rate=tag(log, interval(0.0001, 0.05))"
    printed = output("train", "-m", *data, *search, rate, f"run={tmp_path / 'sweep'}")
    results = yaml.safe_load((tmp_path / "sweep" / "optimization_results.yaml").read_text())
    runs = {path.parent: path for path in (tmp_path / "sweep").glob("*/model/metrics.json")}
    assert len(runs) == 4
    scores = [yaml.safe_load(path.read_text())["dev"]["score"] for path in runs.values()]
    assert results["best_value"] == max(scores)
    best = printed.splitlines()[-1]
    assert best.startswith("best: ")
    assert f"{results['best_params']['optimizer.learning_rate']}" in best
    assert best.endswith(f"with dev f1 {max(scores):.2f} (higher is better)")


@pytest.mark.slow
def test_jobs_in_other_processes_give_the_same_table(data: list[str], tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    joblib = ("hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    printed = seqnlp("train", "-m", *data, *joblib, "seed=1,2", f"run={tmp_path / 'sweep'}")
    assert printed.status == 0, printed.err
    assert "2 " in printed.out.partition("Dev f1 over seeds")[2]
    plain = output("train", "-m", *data, "seed=1,2", f"run={tmp_path / 'plain'}")
    best, same = (text.splitlines()[-1].partition(" with ")[2] for text in (printed.out, plain))
    assert best == same


def test_the_direction_is_that_of_the_objective_unless_it_was_typed() -> None:
    optuna = ["hydra/sweeper=optuna"]
    assert with_direction(optuna)[-1] == "hydra.sweeper.direction=maximize"
    assert with_direction([*optuna, "trainer.objective=perplexity"])[-1] == "hydra.sweeper.direction=minimize"
    assert with_direction(["hydra/sweeper=nevergrad"])[-1] == "hydra.sweeper.optim.maximize=true"
    assert with_direction(["hydra/sweeper=ax"])[-1] == "hydra.sweeper.ax_config.experiment.minimize=false"
    typed = [*optuna, "hydra.sweeper.direction=minimize"]
    assert with_direction(typed) == typed
    assert with_direction(["seed=1,2"]) == ["seed=1,2"]


def test_an_objective_that_is_no_dev_score_is_named(data: list[str], tmp_path: Path) -> None:
    message = refusal("train", "-m", *data, "seed=1,2", "trainer.objective=f2", f"run={tmp_path / 'sweep'}")
    assert "trainer.objective: expected one of score, f1, precision, recall; found 'f2'" in message
    assert not list((tmp_path / "sweep").glob("*/log.csv")), "nothing is trained for it"
