"""The real translator in the real loop: resumed, cut into pieces, saved and loaded, learning by heart."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny_pairs import make_pairs, tiny_translation, write_pairs, write_tiny_pairs
from tiny_tasks import TINY

from seqnlp.bundle import load_bundle
from seqnlp.data.pairs import load_pairs
from seqnlp.errors import RunError
from seqnlp.tasks.translation.evaluation import learnt
from seqnlp.tasks.translation.greedy import greedy_translations
from seqnlp.tasks.translation.model import translator_from_bundle
from seqnlp.tasks.translation.task import TranslationTask, inverse_sigmoid
from seqnlp.text.files import read_lines

EVERYTHING = TINY["translation"].everything
NO_DROPOUT = TINY["translation"].no_dropout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with training and development files."""
    folder = tmp_path_factory.mktemp("pairs")
    write_tiny_pairs(folder)
    return folder


make, train = partial(new_task, TranslationTask), partial(trained_task, TranslationTask)


@pytest.mark.parametrize(
    "changes", [{}, {"tokenizer__joint": False, "model__tie_embeddings": "target"}, {"model__tie_embeddings": "none"}]
)
def test_a_saved_translator_loads_as_it_was(tmp_path: Path, data: Path, changes: dict[str, Any]) -> None:
    task = train(tiny_translation(data, trainer__epochs=1, **changes), tmp_path / "run")
    loaded = translator_from_bundle(load_bundle(tmp_path / "run"))
    for name, tensor in task.model.state_dict().items():
        assert torch.equal(tensor, loaded.model.state_dict()[name]), name
    assert loaded.saved.vocabularies.to_files() == task.vocabularies.to_files()
    assert (loaded.saved.source_language, loaded.saved.target_language) == ("de", "en")


def test_only_the_training_split_teaches_subwords(tmp_path: Path) -> None:
    write_tiny_pairs(tmp_path)
    before = make(tiny_translation(tmp_path), tmp_path / "a").vocabularies.to_files()
    write_pairs(tmp_path, "dev", [("völlig andere Wörter", "entirely other words")])
    assert make(tiny_translation(tmp_path), tmp_path / "b").vocabularies.to_files() == before


@pytest.mark.parametrize("changes", [{}, {"tokenizer__kind": "unigram"}, {"data__limit": 20}])
def test_few_pairs_give_the_subwords_that_they_can_and_say_so(
    tmp_path: Path, data: Path, changes: dict[str, Any]
) -> None:
    said: list[str] = []
    config = tiny_translation(data, tokenizer__vocabulary_size=6000, **changes)
    task = TranslationTask(config, tmp_path / "run", torch.device("cpu"), said.append)
    size = len(task.vocabularies.target)
    assert 260 < size < 600
    assert f"subwords: {size}, all that the training text gives; tokenizer.vocabulary_size is 6,000" in said


def test_each_sides_own_subwords_are_counted(tmp_path: Path, data: Path) -> None:
    said: list[str] = []
    separate = {"tokenizer__joint": False, "model__tie_embeddings": "target", "tokenizer__vocabulary_size": 6000}
    task = TranslationTask(tiny_translation(data, **separate), tmp_path / "run", torch.device("cpu"), said.append)
    for side, subwords in (("source", task.vocabularies.source), ("target", task.vocabularies.target)):
        assert any(text.startswith(f"{side} subwords: {len(subwords)}, all that the training") for text in said)


def test_fine_tuning_begins_with_another_runs_weights_and_subwords(tmp_path: Path, data: Path) -> None:
    before = train(tiny_translation(data), tmp_path / "first")
    write_pairs(tmp_path, "train", [("ein Baum sieht .", "a tree sees .")] * 3)
    write_pairs(tmp_path, "dev", [("ein Baum .", "a tree .")])
    saved = load_bundle(tmp_path / "first" / "model").tensors
    task = make(tiny_translation(tmp_path, start_from=str(tmp_path / "first")), tmp_path / "second")
    assert task.vocabularies.to_files() == before.vocabularies.to_files()
    assert all(torch.equal(tensor, saved[name]) for name, tensor in task.model.state_dict().items())
    assert task.model.training
    assert all(parameter.requires_grad for parameter in task.model.parameters())
    train(tiny_translation(tmp_path, start_from=str(tmp_path / "first"), trainer__epochs=1), tmp_path / "third")
    card = (tmp_path / "third" / "model" / "README.md").read_text(encoding="utf-8")
    assert "- fine-tuned: it began with the weights of tiny\n" in card
    assert "fine-tuned" not in (tmp_path / "first" / "model" / "README.md").read_text(encoding="utf-8")


def test_a_start_that_changes_or_goes_before_the_run_goes_on_is_told(tmp_path: Path, data: Path) -> None:
    start, run = tmp_path / "first", tmp_path / "second"
    train(tiny_translation(data, trainer__epochs=1), start)
    config = tiny_translation(data, start_from=str(start), run=str(run), trainer__epochs=1)
    train(config, run)
    shutil.rmtree(start)
    with pytest.raises(RunError) as caught:
        train(config, run)
    assert str(caught.value) == (
        f"start_from: {start}: no such folder; expected a run (from `seqnlp train`) or a saved model folder; the run "
        "began with it and cannot go on without it"
    )
    train(tiny_translation(data, trainer__epochs=1, seed=5), start)
    with pytest.raises(RunError) as caught:
        train(config, run)
    assert str(caught.value) == f"the model of start_from changed since {run} began; restore it, or start a new run"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model__attention_dim": 7}, "do not fit this run; it was trained with model.attention_dim 6, here 7"),
        ({"tokenizer__kind": "unigram"}, "expected tokenizer.kind bpe, as .* has, found unigram"),
        (
            {"tokenizer__normalization": "identity"},
            "expected tokenizer.normalization nmt_nfkc, as .* has, found identity",
        ),
        (
            {"tokenizer__joint": False, "model__tie_embeddings": "target"},
            "expected tokenizer.joint true, as .* has, found false",
        ),
        (
            {"data__source": "en", "data__target": "de"},
            r"expected a model from en to de \(data.source, data.target\), found de to en in ",
        ),
    ],
)
def test_a_model_that_cannot_be_fine_tuned_so_is_refused(
    tmp_path: Path, data: Path, changes: dict[str, Any], message: str
) -> None:
    train(tiny_translation(data, trainer__epochs=1), tmp_path / "first")
    with pytest.raises(RunError, match=f"^start_from: .*{message}"):
        make(tiny_translation(data, start_from=str(tmp_path / "first"), **changes), tmp_path / "second")


def test_a_model_folder_without_its_subwords_is_refused(tmp_path: Path, data: Path) -> None:
    train(tiny_translation(data, trainer__epochs=1), tmp_path / "run")
    (tmp_path / "run" / "model" / "subwords.spm").unlink()
    with pytest.raises(RunError, match=r"subwords\.spm missing"):
        translator_from_bundle(load_bundle(tmp_path / "run"))


def test_a_run_is_not_resumed_with_other_pairs(tmp_path: Path) -> None:
    write_tiny_pairs(tmp_path)
    config = tiny_translation(tmp_path, trainer__epochs=1)
    train(config, tmp_path / "run")
    write_pairs(tmp_path, "train", make_pairs(24, seed=9))
    with pytest.raises((RunError, ValueError)):
        train(config, tmp_path / "run")


def test_pairs_of_dev_and_test_that_are_learnt_are_said(tmp_path: Path) -> None:
    pairs = [(f"Baum {number}", f"tree {number}") for number in range(20)]
    write_pairs(tmp_path, "train", pairs)
    write_pairs(tmp_path, "dev", [*pairs[:2], ("Ball", "ball"), ("Vogel", "")])
    said: list[str] = []
    config = tiny_translation(tmp_path, data__test="dev.{lang}")
    TranslationTask(config, tmp_path / "run", torch.device("cpu"), said.append)
    shared = "warning: 2 of 3 texts of {} are in train, too"
    assert [line for line in said if line.startswith(shared.format("dev"))]
    test = load_pairs(config.data, "test", said.append)
    assert learnt(config, test)[0].startswith(shared.format("test"))
    write_pairs(tmp_path, "train", [("Ball", "ball"), *make_pairs(20)])
    assert learnt(config, test[:2]) == []
    (tmp_path / "train.de").unlink()
    assert learnt(config, test) == []


def test_teacher_forcing_follows_its_schedule(tmp_path: Path, data: Path) -> None:
    linear = make(
        tiny_translation(data, model__teacher_forcing="linear", model__teacher_forcing_end=0.4), tmp_path / "a"
    )
    assert [linear.teacher_forcing(done) for done in (0, 0.5, 1)] == pytest.approx([1, 0.7, 0.4])
    curved = make(
        tiny_translation(data, model__teacher_forcing="inverse_sigmoid", model__teacher_forcing_end=0.4), tmp_path / "b"
    )
    values = [curved.teacher_forcing(done) for done in (0, 0.25, 0.5, 0.75, 1)]
    assert values == pytest.approx(sorted(values, reverse=True))
    assert (values[0], values[2], values[4]) == pytest.approx((1, 0.7, 0.4))
    assert 1 - values[1] < values[1] - values[2]  # slow at first
    assert inverse_sigmoid(0) == 1
    assert make(tiny_translation(data), tmp_path / "c").teacher_forcing(0.9) == 1


@pytest.mark.slow
def test_it_learns_fifty_real_pairs_by_heart(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "translation" / "multi30k"
    sides = [[line.strip() for _, line in read_lines(folder / f"train.{lang}.gz")][:50] for lang in ("de", "en")]
    write_pairs(tmp_path, "train", list(zip(*sides, strict=True)))
    sizes = {"model__embedding_dim": 64, "model__encoder_hidden_dim": 64, "model__decoder_hidden_dim": 128}
    settings = {"tokenizer__vocabulary_size": 500, "model__attention_dim": 64, "model__label_smoothing": 0.0}
    config = tiny_translation(
        tmp_path, **NO_DROPOUT, **sizes, **settings, data__dev="", trainer__epochs=60, optimizer__learning_rate=0.004
    )
    task = train(config, tmp_path / "run")
    task.model.eval()
    answers = greedy_translations(task.model, task.vocabularies, sides[0], config.decoding, torch.device("cpu"))
    assert answers == sides[1]
