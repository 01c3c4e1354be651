"""The real language model in the real loop: resumed with its state, cut into pieces, saved and loaded."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny_tasks import TINY, SuddenDeathError, dying
from tiny_text import tiny_language_model, write_text, write_tiny_text

from seqnlp.bundle import load_bundle
from seqnlp.config.reading import config_to_dict, read_config
from seqnlp.errors import ConfigError, DataError, RunError
from seqnlp.models.language_model_as_network import TorchLanguageModel
from seqnlp.tasks.language_model.model import language_model_from_bundle
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.tasks.language_model.task import LanguageModelTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit
from seqnlp.training.task import Carrying

EVERYTHING = TINY["language_model"].everything
NO_DROPOUT = TINY["language_model"].no_dropout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with training and development text."""
    folder = tmp_path_factory.mktemp("text")
    write_tiny_text(folder)
    return folder


make, train = partial(new_task, LanguageModelTask), partial(trained_task, LanguageModelTask)


def test_without_the_state_a_resumed_run_would_end_elsewhere(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_language_model(data, trainer__checkpoint_steps=2)
    whole = train(config, tmp_path / "whole")
    mortal = make(config, tmp_path / "run")
    assert isinstance(mortal, Carrying)
    with pytest.raises(SuddenDeathError):
        fit(dying(mortal, 4), config, tmp_path / "run", Processes())
    forgetful = make(config, tmp_path / "run")
    monkeypatch.setattr(forgetful, "load_state", lambda tensors: None)
    fit(forgetful, config, tmp_path / "run", Processes())
    assert not torch.equal(whole.model.embedding.weight, forgetful.model.embedding.weight)


def test_processes_that_share_the_streams_carry_what_one_alone_does(tmp_path: Path, data: Path) -> None:
    config = tiny_language_model(data, **NO_DROPOUT)
    alone, *both = (make(config, tmp_path / name) for name in ("alone", "first", "second"))
    plan = alone.plan(0)
    for task in both:
        task.plan(0)
    for batch in plan[:4]:
        alone.loss(batch, 0.0)
        for rank, task in enumerate(both):
            task.loss(batch[rank::2], 0.0)
        summed = [one + other for one, other in zip(*(task.carried() for task in both), strict=True)]
        for mine, theirs in zip(alone.carried(), summed, strict=True):
            torch.testing.assert_close(mine, theirs)
        for task in both:  # as if both had been resumed
            task.load_state(summed)


@pytest.mark.parametrize("epoch", [0, 1, 5])
def test_every_unit_of_the_text_is_trained_on_exactly_once_an_epoch(tmp_path: Path, data: Path, epoch: int) -> None:
    task = make(tiny_language_model(data), tmp_path / "run")
    plan, positions = task.plan(epoch), Counter[int]()
    for batch in plan:
        places, mask = task.streams.positions(batch)
        positions.update(places[mask].tolist())
        assert int(mask.sum()) == task.count(batch)
    assert positions == Counter(range(len(task.train_tokens)))
    assert sum(map(task.count, plan)) == len(task.train_tokens)


def test_epochs_cut_the_text_elsewhere_the_same_way_for_a_seed(tmp_path: Path, data: Path) -> None:
    task = make(tiny_language_model(data), tmp_path / "run")
    offsets = []
    for epoch in (0, 1, 2, 0):
        task.plan(epoch)
        offsets.append(task.streams.offset)
    assert len(set(offsets)) == 3
    assert offsets[0] == offsets[3]


@pytest.mark.parametrize("num_streams", [1, 3, 10])
def test_every_unit_is_scored_exactly_once(tmp_path: Path, data: Path, num_streams: int) -> None:
    task = make(tiny_language_model(data), tmp_path / "run")
    task.model.eval()
    tokens = task.train_tokens
    losses = score_tokens(TorchLanguageModel(task.model), tokens, num_streams)
    assert (losses > 0).all()
    if num_streams == 1:
        inputs = torch.from_numpy(np.concatenate([tokens[-1:], tokens[:-1]]))[None]
        at_once, _ = task.model.losses(inputs, torch.from_numpy(tokens)[None], task.model.start())
        assert losses.tolist() == pytest.approx(at_once[0].tolist(), abs=1e-5)


def test_the_dev_score_is_the_perplexity_per_word(tmp_path: Path, data: Path) -> None:
    task = make(tiny_language_model(data, tokenizer__kind="characters"), tmp_path / "run")
    task.model.eval()
    assert task.dev is not None
    losses = score_tokens(TorchLanguageModel(task.model), task.dev.tokens, 10)
    words = sum(len(line.split()) + 1 for line in (data / "dev.txt").read_text().splitlines())
    assert task.evaluate() == {"perplexity": pytest.approx(float(np.exp(losses.sum() / words)))}
    assert not task.higher_is_better


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tokenizer__kind": "characters", "model__direction": "backward"},
        {"tokenizer__kind": "bpe", "tokenizer__vocabulary_size": 290},
        {"model__adaptive_head": 5, "model__cell": "peephole"},
        {"model__tie_embeddings": False},
    ],
    ids=str,
)
def test_a_saved_model_loads_as_it_was(tmp_path: Path, data: Path, changes: dict[str, Any]) -> None:
    task = train(tiny_language_model(data, trainer__epochs=1, **changes), tmp_path / "run")
    loaded = language_model_from_bundle(load_bundle(tmp_path / "run"))
    for name, tensor in task.model.state_dict().items():
        assert torch.equal(tensor, loaded.model.state_dict()[name]), name
    assert loaded.saved.tokens.pieces == task.tokens.pieces
    assert loaded.model.config == task.config.model


def test_a_backward_model_reads_the_text_from_its_end(tmp_path: Path, data: Path) -> None:
    forward = make(tiny_language_model(data), tmp_path / "a")
    backward = make(tiny_language_model(data, model__direction="backward"), tmp_path / "b")
    assert backward.train_tokens.tolist() == forward.train_tokens[::-1].tolist()


def test_only_the_training_text_decides_the_vocabulary(tmp_path: Path) -> None:
    write_tiny_text(tmp_path)
    before = make(tiny_language_model(tmp_path), tmp_path / "a").tokens.pieces
    write_text(tmp_path / "dev.txt", ["entirely other words"])
    said: list[str] = []
    assert make(tiny_language_model(tmp_path), tmp_path / "b", said.append).tokens.pieces == before
    assert "; dev: 4 (3 unknown); " in said[0]
    assert said[1].startswith(
        "dev: 3 of 4 words are unknown and train has none, so that nothing teaches what one costs"
    )
    said.clear()
    make(tiny_language_model(tmp_path, tokenizer__min_count=20), tmp_path / "c", said.append)
    assert not any("teaches" in line for line in said)


def test_a_text_shorter_than_a_window_is_read_in_one_stream_and_said_so(tmp_path: Path) -> None:
    write_text(tmp_path / "train.txt", ["a b c"])
    said: list[str] = []
    task = make(
        tiny_language_model(tmp_path, data__dev="", trainer__window=70, trainer__streams=32),
        tmp_path / "r",
        said.append,
    )
    assert said[1] == (
        "train: too short for 32 streams of a window of 70 each: read in one stream (trainer.streams, trainer.window)"
    )
    assert sum(map(task.count, task.plan(0))) == 4
    fit(task, task.config, tmp_path / "r", Processes())
    assert (tmp_path / "r" / "model" / "model.safetensors").is_file()


def test_a_text_of_one_word_is_refused(tmp_path: Path) -> None:
    write_text(tmp_path / "train.txt", ["a a", "a"])
    with pytest.raises(DataError, match="at least two different words, found only 'a'"):
        make(tiny_language_model(tmp_path, data__dev=""), tmp_path / "run")


def test_a_model_of_another_task_or_with_unknown_keys_is_refused(tmp_path: Path, data: Path) -> None:
    train(tiny_language_model(data, trainer__epochs=1), tmp_path / "run")
    bundle = load_bundle(tmp_path / "run")
    bundle.description["colour"] = "red"
    with pytest.raises(RunError, match="the unknown key 'colour'; install a newer seqnlp"):
        language_model_from_bundle(bundle)
    bundle.description["task"] = "tagging"
    with pytest.raises(RunError, match="this is a model for tagging, not a language model"):
        language_model_from_bundle(bundle)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"tokenizer__kind": "bpe", "model__adaptive_head": 9},
            "model.adaptive_head: only for tokenizer.kind=words or characters, which are numbered by frequency; "
            "found 'bpe'",
        ),
        (
            {"model__num_layers": 1},
            "model.hidden_dim: with tie_embeddings the only layer is as wide as the embedding (6), found 8",
        ),
        (
            {"tokenizer__kind": "characters", "tokenizer__splitter": "words"},
            "tokenizer.splitter: only for tokenizer.kind=words, found 'characters'",
        ),
        (
            {"tokenizer__kind": "unigram", "tokenizer__min_count": 2},
            "tokenizer.min_count: only for words and characters, found 'unigram'",
        ),
        (
            {"data__train": ""},
            "data.train: missing; choose a recipe (recipe=language_model/demo) or name a training text",
        ),
    ],
)
def test_impossible_settings_say_what_to_do(data: Path, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tiny_language_model(data, **changes)
    assert caught.value.problems == [problem]


def test_settings_survive_the_way_through_a_dictionary(data: Path) -> None:
    config = tiny_language_model(data)
    assert read_config(config_to_dict(config)) == config
