"""Word-level knowledge distillation of translators: what teachers think likely at each place is learnt."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import assert_same_weights, new_task, refusal_of, trained_task
from tiny_pairs import make_pairs, tiny_translation, write_pairs, write_tiny_pairs
from tiny_tasks import SuddenDeathError, dying

from seqnlp.bundle import load_bundle
from seqnlp.errors import ConfigError
from seqnlp.models.translator import PairBatch, RecurrentTranslator
from seqnlp.tasks.translation.batches import pair_batch
from seqnlp.tasks.translation.model import translator_from_bundle
from seqnlp.tasks.translation.task import TranslationTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, TranslationTask), partial(trained_task, TranslationTask)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs, and two translators of them with the same subwords."""
    folder = tmp_path_factory.mktemp("translators")
    write_tiny_pairs(folder)
    for name, seed in (("one", 1), ("two", 2)):
        train(tiny_translation(folder, seed=seed), folder / name)
    return folder


def taught(folder: Path, *runs: str, **changes: Any) -> Any:
    return tiny_translation(folder, teacher__runs=" + ".join(str(folder / run) for run in runs), **changes)


def test_the_likeliest_subwords_of_the_mean_are_kept(folder: Path, tmp_path: Path) -> None:
    task = task_of(taught(folder, "one", "two"), tmp_path / "run")
    assert task.soft is not None
    models = [translator_from_bundle(load_bundle(folder / run)).model for run in ("one", "two")]
    for pair in range(len(task.encoded[0].lengths)):
        alone = np.array([pair])
        with torch.inference_mode():
            batch = pair_batch(task.encoded, alone)
            mean = sum(model.next_log_probs(batch).exp() for model in models) / 2  # (T, V)
        said = task.soft.of(alone)
        assert isinstance(mean, torch.Tensor)
        best = mean.gather(1, said.ids.long())  # (T, K)
        torch.testing.assert_close(best.amin(dim=1), mean.topk(best.size(1)).values[:, -1], atol=1e-5, rtol=1e-3)
        expected = best / best.sum(dim=1, keepdim=True)
        torch.testing.assert_close(said.probabilities.float(), expected, atol=2e-3, rtol=0)


def test_answers_of_long_pairs_are_computed_a_few_at_a_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = task_of(taught(folder, "one"), tmp_path / "run").soft
    seen, known = list[int](), RecurrentTranslator.next_log_probs

    def counted(model: RecurrentTranslator, batch: PairBatch) -> torch.Tensor:
        seen.append(int(batch.mask.sum()))
        return known(model, batch)

    monkeypatch.setattr(RecurrentTranslator, "next_log_probs", counted)
    monkeypatch.setattr("seqnlp.tasks.translation.teachers.ROWS_AT_ONCE", 20)
    task = task_of(taught(folder, "one"), tmp_path / "run")
    longest = int(task.encoded[1].lengths.max()) + 1
    assert sum(seen) == int(task.encoded[1].lengths.sum()) + len(task.encoded[1].lengths)
    assert max(seen) < 20 + longest
    assert together is not None
    assert task.soft is not None
    np.testing.assert_allclose(task.soft.probabilities, together.probabilities, atol=2e-3)


def test_rows_of_a_batch_are_those_of_its_targets(folder: Path, tmp_path: Path) -> None:
    task = task_of(taught(folder, "one"), tmp_path / "run")
    assert task.soft is not None
    pairs = np.array([5, 0, 3])
    together, batch = task.soft.of(pairs), pair_batch(task.encoded, pairs)
    assert len(together.ids) == int(batch.mask.sum())
    assert torch.equal(together.ids, torch.cat([task.soft.of(pairs[[row]]).ids for row in range(3)]))


def test_a_student_takes_over_what_its_teachers_say(folder: Path, tmp_path: Path) -> None:
    by_heart: dict[str, Any] = {"trainer__epochs": 12, "optimizer__learning_rate": 0.03}
    train(tiny_translation(folder, **by_heart), folder / "teacher")
    wrong = [(source, "a tree a tree") for source, _ in make_pairs(24)]
    (tmp_path / "data").mkdir()
    write_tiny_pairs(tmp_path / "data")
    write_pairs(tmp_path / "data", "train", wrong)
    config = tiny_translation(tmp_path / "data", teacher__runs=str(folder / "teacher"), teacher__weight=1.0, **by_heart)
    student = train(config, tmp_path / "run")
    assert "a tree a tree" not in student.dev_answers(range(student.dev_size))
    plain = train(tiny_translation(tmp_path / "data", **by_heart), tmp_path / "plain")
    assert set(plain.dev_answers(range(plain.dev_size))) == {"a tree a tree"}
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert "learnt from the answers of tiny (seed 1) as well" in card


def test_it_is_said_whose_subwords_a_student_takes_over(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    task = task_of(taught(folder, "one", tokenizer__vocabulary_size=5000), tmp_path / "run", said.append)
    count = len(task.vocabularies.target)
    assert f"takes over the {count:,} subwords of {folder / 'one' / 'model'} (teacher.runs)" in said


def test_a_run_with_teachers_that_dies_ends_as_if_it_had_not(folder: Path, tmp_path: Path) -> None:
    config = taught(folder, "one", "two", trainer__checkpoint_steps=1)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, tmp_path / "killed"), 4), config, tmp_path / "killed", Processes())
    assert_same_weights(whole.model, train(config, tmp_path / "killed").model)


def test_models_that_cannot_teach_are_refused(folder: Path, tmp_path: Path) -> None:
    refusal = partial(refusal_of, TranslationTask, run=tmp_path / "run")
    model = folder / "one" / "model"
    assert refusal(taught(folder, "one", data__source="en", data__target="de")) == (
        f"teacher.runs: expected models with the languages en to de, as this run has, found de to en in {model}"
    )
    separate = {"tokenizer__joint": False, "model__tie_embeddings": "target"}
    assert refusal(taught(folder, "one", **separate)) == (
        f"teacher.runs: expected models with tokenizer.joint false, as this run has, found true in {model}"
    )
    assert refusal(taught(folder, "one", tokenizer__normalization="nmt_nfkc_cf")) == (
        "teacher.runs: expected models with tokenizer.normalization nmt_nfkc_cf, as this run has, "
        f"found nmt_nfkc in {model}"
    )
    train(tiny_translation(folder, tokenizer__vocabulary_size=290), folder / "few")
    assert refusal(taught(folder, "one", "few")) == (
        f"teacher.runs: expected the subwords of {model}, found others in {folder / 'few' / 'model'}"
    )
    assert refusal(taught(folder, "few", start_from=str(folder / "one"))) == (
        f"teacher.runs: expected the subwords of {folder / 'one'}, found others in {folder / 'few' / 'model'}"
    )
    with pytest.raises(ConfigError, match=r"tokenizer.sampling: expected 0 with teacher.runs"):
        taught(folder, "one", tokenizer__sampling=0.1)
