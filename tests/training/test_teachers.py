"""Knowledge distillation: runs that learn what other models say, of taggers."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import assert_same_weights, new_task, refusal_of, trained_task
from tiny import make_sentences, tiny_config, write_conll
from tiny_tasks import SuddenDeathError, dying

from seqnlp.bundle import load_bundle
from seqnlp.config.idle import idle_settings
from seqnlp.config.reading import default_config
from seqnlp.data.collate import collate
from seqnlp.errors import RunError
from seqnlp.tasks.tagging.model import tagger_from_bundle
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.tasks.tagging.teachers import soft_tags
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, TaggingTask), partial(trained_task, TaggingTask)

SENTENCES = make_sentences(24, seed=1)
LEARNING: dict[str, Any] = {"trainer__epochs": 8, "optimizer__learning_rate": 0.06}
SWAPPED = {"PER": "LOC", "LOC": "PER", "": ""}
UNSEEN = [list(one.tokens) for one in make_sentences(12, seed=5)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data whose labels are right in ``right`` and swapped in ``wrong``, and a CRF and a softmax tagger."""
    folder = tmp_path_factory.mktemp("distillation")
    wrong = [replace(one, tags=tuple(tag[:2] + SWAPPED[tag[2:]] for tag in one.tags)) for one in SENTENCES]
    for name, sentences in (("right", SENTENCES), ("wrong", wrong)):
        (folder / name).mkdir()
        write_conll(folder / name / "train.conll", sentences)
        write_conll(folder / name / "dev.conll", SENTENCES[:6])
    train(tiny_config(folder / "right", **LEARNING), folder / "crf")
    soft = {"model__output": "softmax", "model__cell": "gru", "model__hidden_dim": 12, "seed": 2}
    train(tiny_config(folder / "right", **LEARNING, **soft), folder / "softmax")
    return folder


def taught(folder: Path, *runs: str, data: str = "right", **changes: Any) -> Any:
    """Settings of a run that learns from some of the runs of the fixture."""
    return tiny_config(folder / data, teacher__runs=" + ".join(str(folder / run) for run in runs), **changes)


@pytest.mark.parametrize("output", ["crf", "softmax"])
def test_what_only_teachers_know_is_learnt_from_them(folder: Path, tmp_path: Path, output: str) -> None:
    changes = {**LEARNING, "model__output": output, "data": "wrong"}
    task = train(taught(folder, "crf", "softmax", teacher__weight=1.0, **changes), tmp_path / "run")
    assert task.evaluate()["f1"] > 60


def test_the_share_of_the_teachers_is_their_part_of_the_loss(folder: Path, tmp_path: Path) -> None:
    task = task_of(taught(folder, "crf", teacher__weight=0.25), tmp_path / "run")
    task.model.eval()
    batch = collate(task.train, np.arange(5), task.lexicon)
    assert batch.soft is not None
    alone, gold = replace(batch.soft, weights=torch.ones(5)), task.model.loss(replace(batch, soft=None))
    expected = 0.75 * gold + 0.25 * task.model.loss(replace(batch, soft=alone))
    torch.testing.assert_close(task.model.loss(batch), expected)
    doubled = replace(batch, weights=torch.full((5,), 2.0))
    torch.testing.assert_close(task.model.loss(doubled), 2 * expected)


def test_teachers_answer_with_their_mean_whatever_the_order_of_their_tags(folder: Path) -> None:
    said: list[str] = []
    config = taught(folder, "crf", "softmax")
    bundles = [load_bundle(folder / run) for run in ("crf", "softmax")]
    tags = bundles[0].labels
    soft, mirrored = (soft_tags(config, bundles, UNSEEN, order, "cpu", said.append) for order in (tags, tags[::-1]))
    assert soft is not None
    assert mirrored is not None
    np.testing.assert_allclose(mirrored.marginals, soft.marginals[:, ::-1], atol=1e-6)
    np.testing.assert_allclose(mirrored.moves[:, :-1, :-1], soft.moves[:, -2::-1, -2::-1], atol=1e-6)
    expected = []
    for bundle in bundles:
        loaded = tagger_from_bundle(bundle)
        predictor = loaded.predictor()
        predictor.temperature = loaded.saved.temperature
        expected.append(np.concatenate(predictor.marginals(UNSEEN)))
    np.testing.assert_allclose(soft.marginals, sum(expected) / 2, atol=1e-6)
    assert [line.split(":")[0] for line in said[:2]] == [f"teacher {n} of 2 answers 12 sentences" for n in (1, 2)]


def test_a_run_with_teachers_that_dies_ends_as_if_it_had_not(folder: Path, tmp_path: Path) -> None:
    config = taught(folder, "crf", "softmax", trainer__checkpoint_steps=1, data__partial=True)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, tmp_path / "killed"), 5), config, tmp_path / "killed", Processes())
    assert_same_weights(whole.model, train(config, tmp_path / "killed").model)
    kept = json.loads((tmp_path / "whole" / "model" / "metrics.json").read_text())
    assert kept["teachers"] == ["tiny (seed 1)", "tiny (seed 2)"]
    card = (tmp_path / "whole" / "model" / "README.md").read_text()
    assert "- distilled: it learnt from the answers of tiny (seed 1), tiny (seed 2) as well\n" in card
    assert str(folder) not in (tmp_path / "whole" / "model" / "training.yaml").read_text()


def test_tags_that_are_not_known_are_taught_as_well(folder: Path, tmp_path: Path) -> None:
    unknown = [replace(one, tags=("?",) * len(one.tags)) if number % 2 else one for number, one in enumerate(SENTENCES)]
    write_conll(tmp_path / "train.conll", unknown)
    write_conll(tmp_path / "dev.conll", SENTENCES[:6])
    runs = str(folder / "crf")
    config = tiny_config(tmp_path, teacher__runs=runs, data__partial=True, **LEARNING)
    assert train(config, tmp_path / "run").evaluate()["f1"] > 30


@pytest.mark.parametrize("output", ["crf", "softmax"])
def test_text_without_tags_is_answered_by_the_teachers_alone(folder: Path, tmp_path: Path, output: str) -> None:
    for name in ("train", "dev"):
        write_conll(tmp_path / f"{name}.conll", SENTENCES[: 4 if name == "train" else 8])
    lines = [" ".join(one.tokens) for one in SENTENCES]
    (tmp_path / "more.txt").write_text("\n".join(["", *lines]), encoding="utf-8")
    teacher = {"teacher__runs": str(folder / "crf"), "teacher__texts": str(tmp_path / "more.txt")}
    config = tiny_config(tmp_path, **LEARNING, **teacher, model__output=output, data__tokenizer="whitespace")
    task = task_of(config, tmp_path / "run")
    assert len(task.train) == 4 + sum(line not in lines[:8] for line in lines)  # those of dev are left out
    batch = collate(task.train, np.arange(6, 9), task.lexicon)
    assert batch.soft is not None
    task.model.eval()
    without = task.model.loss(replace(batch, soft=None)).item()
    assert without == pytest.approx(0, abs=1e-5) if output == "crf" else without < 20
    assert train(config, tmp_path / "run").evaluate()["f1"] > 60


def test_a_teacher_that_changed_or_is_gone_stops_a_run_that_goes_on(folder: Path, tmp_path: Path) -> None:
    teacher = tmp_path / "teacher"
    train(tiny_config(folder / "right", trainer__epochs=1), teacher)
    config = tiny_config(folder / "right", teacher__runs=str(teacher), run=str(tmp_path / "run"), trainer__epochs=1)
    train(config, tmp_path / "run")
    (teacher / "checkpoint.pt").unlink()
    train(tiny_config(folder / "right", trainer__epochs=1, seed=5), teacher)
    with pytest.raises(RunError, match=r"^a model of teacher.runs changed since"):
        train(config, tmp_path / "run")
    teacher.rename(tmp_path / "elsewhere")
    with pytest.raises(RunError, match=r"^teacher.runs: .*no such folder.*; the run began with it and cannot go on"):
        train(config, tmp_path / "run")


def test_models_that_cannot_teach_are_refused(folder: Path, tmp_path: Path) -> None:
    refusal = partial(refusal_of, TaggingTask, run=tmp_path / "run")
    places = [replace(one, tags=tuple(tag.replace("PER", "LOC") for tag in one.tags)) for one in SENTENCES]
    (tmp_path / "data").mkdir()
    write_conll(tmp_path / "data" / "train.conll", places)
    write_conll(tmp_path / "data" / "dev.conll", places[:2])
    crf = folder / "crf"
    assert refusal(tiny_config(tmp_path / "data", teacher__runs=str(crf))) == (
        f"teacher.runs: expected models with the labels of this run, found one with 'PER' in {crf / 'model'}"
    )
    assert refusal(taught(folder, "crf", model__scheme="iob2")) == (
        "teacher.runs: expected models with the tag scheme iob2, as this run has, found bioes in "
        f"{crf / 'model'}; give model.scheme=bioes"
    )
    twice = f"teacher.runs: expected different models with ' + ' between them, found {crf} twice"
    assert refusal(taught(folder, "crf", "softmax", "crf")) == twice
    assert refusal(taught(folder, "crf", "nowhere")).startswith(f"teacher.runs: {folder / 'nowhere'}: no such folder")
    other = Path(__file__).parents[1] / "old_models" / "classification"
    assert refusal(tiny_config(folder / "right", teacher__runs=str(other))).startswith(
        "teacher.runs: expected a model of task=tagging, found one of task=classification in "
    )


def test_teachers_are_named_absolutely_and_their_weight_means_nothing_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = tiny_config(tmp_path, teacher__runs="one + two", teacher__texts="more.txt")
    config.name_runs_absolutely()
    assert config.teacher.texts == str(tmp_path / "more.txt")
    assert config.teacher.runs == f"{tmp_path / 'one'} + {tmp_path / 'two'}"
    assert list(idle_settings(default_config(), ["teacher.weight"])) == [
        "teacher.weight changes nothing: it is only for teacher.runs or teacher.answers, found nothing"
    ]
