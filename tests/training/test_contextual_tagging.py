"""A tagger that reads contextual embeddings: computed once, exact in training, complete in its folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import tiny_config, write_tiny_data
from tiny_characters import train_characters, train_pair

from seqnlp.api import Tagger
from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.config.common import Config
from seqnlp.errors import ConfigError, RunError
from seqnlp.models.contextual import ContextualEmbedder
from seqnlp.storage import cache_folder
from seqnlp.tasks.language_model.model import language_model_from_bundle
from seqnlp.tasks.tagging.contextual import load_context
from seqnlp.tasks.tagging.contextual_store import ContextStore
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

DROPOUT: dict[str, Any] = {"model__context_dim": 6, "model__context_dropout": 0.3}
NO_DROPOUT: dict[str, Any] = {"model__word_dropout": 0.0, "model__input_dropout": 0.0, "model__hidden_dropout": 0.0}
TEXTS = ["Ada Sorrel lives in Brinmoor.", "", "nobody came", "東京 ☃", "the old mill " * 40, "x" * 400]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with training and development files, and two character models."""
    folder = tmp_path_factory.mktemp("data")
    write_tiny_data(folder)
    return folder


@pytest.fixture(scope="module")
def pair(data: Path) -> str:
    """What ``model.context`` says of the two."""
    return train_pair(data)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQNLP_CACHE", str(tmp_path / "cache"))


class SuddenDeathError(Exception):
    """Stands for any sudden death inside a step."""


def make(config: Config, run: Path, said: list[str] | None = None) -> TaggingTask:
    run.mkdir(exist_ok=True)
    return TaggingTask(config, run, torch.device("cpu"), [].append if said is None else said.append)


def train(config: Config, run: Path) -> TaggingTask:
    task = make(config, run)
    fit(task, config, run, Processes())
    task.finish()
    return task


def test_the_embeddings_are_the_states_of_the_rounded_language_models(data: Path, pair: str) -> None:
    embedder = load_context(pair.split(" + "))
    words = ("Ada", "met", "Brand")
    actual = embedder.read([words])
    for part, run, text in zip(actual.split(6, dim=1), pair.split(" + "), ("Ada met", "dnarB tem"), strict=True):
        loaded = language_model_from_bundle(load_bundle(run))
        model = loaded.model.half().float()
        tokens = [loaded.saved.tokens.end, *loaded.saved.tokens.encode(text)[:-1]]
        outputs, _ = model(torch.tensor([tokens]), model.start())  # (1, T, H)
        torch.testing.assert_close(part[1], outputs[0, -1], atol=1e-6, rtol=0)


def test_a_run_computes_them_once_and_another_seed_not_at_all(
    tmp_path: Path, data: Path, pair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    make(tiny_config(data, model__context=pair), tmp_path / "first", said)
    read, kept = (note for note in said if "language models" in note or "context:" in note)
    assert "are read by language models of characters (forward, backward); this happens once" in read
    assert "context: vectors of width 12 in " in kept

    def never(self: ContextualEmbedder, sentences: object) -> None:
        raise AssertionError("the character models ran again")

    monkeypatch.setattr(ContextualEmbedder, "read", never)
    train(tiny_config(data, model__context=pair, model__context_dim=5, seed=2), tmp_path / "second")


def test_what_is_stored_is_what_is_computed_on_the_fly(data: Path, pair: str) -> None:
    embedder = load_context(pair.split(" + "))
    sentences = [("Ada", "Sorrel"), (), ("nobody", "came"), ("Ada", "Sorrel"), ("Quarley", "!")]
    store = ContextStore(embedder, sentences, [].append)
    for asked in (sentences, [("Quarley", "!"), ("Ada", "Sorrel")]):
        torch.testing.assert_close(store.read(asked), embedder.read(asked), atol=1e-6, rtol=0)
    (file,) = (cache_folder() / "context").iterdir()
    assert file.stat().st_size == 4 * 6 * embedder.dim  # equal sentences once


def test_a_cut_off_cache_file_is_written_again(data: Path, pair: str) -> None:
    embedder = load_context(pair.split(" + "))
    whole = ContextStore(embedder, [("Ada", "came")], [].append).read([("Ada", "came")])
    (file,) = (cache_folder() / "context").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert torch.equal(ContextStore(embedder, [("Ada", "came")], [].append).read([("Ada", "came")]), whole)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("SEQNLP_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "seqnlp"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "seqnlp"


def test_a_killed_tagger_is_resumed_bit_for_bit(
    tmp_path: Path, data: Path, pair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config(data, model__context=pair, **DROPOUT, trainer__checkpoint_steps=2, trainer__ema_decay=0.9)
    whole = train(config, tmp_path / "whole")
    losses = iter(range(9))
    original = TaggingTask.loss

    def mortal(self: TaggingTask, *arguments: Any) -> torch.Tensor:
        if next(losses, None) is None:
            raise SuddenDeathError
        return original(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(TaggingTask, "loss", mortal)
        with pytest.raises(SuddenDeathError):
            train(config, tmp_path / "run")
    resumed = train(config, tmp_path / "run")
    for (name, one), other in zip(whole.model.state_dict().items(), resumed.model.state_dict().values(), strict=True):
        assert torch.equal(one, other), name
    saved = [load_bundle(tmp_path / name) for name in ("whole", "run")]
    assert all(torch.equal(saved[0].tensors[name], saved[1].tensors[name]) for name in saved[0].tensors)


def test_a_run_is_not_resumed_with_other_character_models(tmp_path: Path, data: Path) -> None:
    run = train_characters(tmp_path, "forward")
    config = tiny_config(data, model__context=str(run), trainer__epochs=1)
    train(config, tmp_path / "run")
    saved = load_bundle(run)
    saved.weights["embedding.weight"] = saved.weights["embedding.weight"] + 1
    save_bundle(run / "model", saved)
    with pytest.raises(RunError, match=r"^a model of model\.context changed since"):
        train(config, tmp_path / "run")


def test_pieces_of_a_batch_give_the_tagger_of_the_whole_batch(tmp_path: Path, data: Path, pair: str) -> None:
    settings = {**NO_DROPOUT, "model__context": pair, "optimizer__name": "sgd", "optimizer__learning_rate": 0.5}
    whole = train(tiny_config(data, **settings), tmp_path / "whole")
    pieces = train(tiny_config(data, **settings, trainer__accumulation=3), tmp_path / "pieces")
    for (name, one), other in zip(whole.model.named_parameters(), pieces.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0, msg=name)


def test_the_projection_is_trained_and_the_character_models_are_not(tmp_path: Path, data: Path, pair: str) -> None:
    task = make(tiny_config(data, model__context=pair, **DROPOUT), tmp_path / "run")
    assert task.context is not None
    before = task.context.embedder.digest()
    fit(task, task.config, tmp_path / "run", Processes())
    assert task.context.embedder.digest() == before
    task.loss(task.plan(0)[0], 0.0).backward()
    for name, parameter in task.model.named_parameters():
        assert parameter.grad is not None, name
    names = [name for name, _ in task.model.named_parameters()]
    assert "context.project.weight" in names
    assert not any("reader" in name for name in names)


def test_context_dropout_acts_in_training_only(tmp_path: Path, data: Path, pair: str) -> None:
    settings = {**NO_DROPOUT, "model__context": pair, "model__context_dropout": 0.5}
    task = make(tiny_config(data, **settings), tmp_path / "run")
    batch = task.plan(0)[0]
    task.model.train()
    torch.manual_seed(1)
    assert task.loss(batch, 0.0) != task.loss(batch, 0.0)
    task.model.eval()
    assert task.loss(batch, 0.0) == task.loss(batch, 0.0)


@pytest.mark.parametrize("changes", [{}, DROPOUT, {"model__output": "softmax", "model__bidirectional": False}])
def test_the_saved_tagger_is_complete_and_answers_alone_as_in_a_batch(tmp_path: Path, changes: dict[str, Any]) -> None:
    write_tiny_data(tmp_path)
    (tmp_path / "characters").mkdir()
    pair = train_pair(tmp_path / "characters")
    train(tiny_config(tmp_path, model__context=pair, **changes), tmp_path / "run")
    shutil.move(tmp_path / "run" / "model", tmp_path / "moved")
    shutil.rmtree(tmp_path / "characters")
    shutil.rmtree(cache_folder())
    assert str(tmp_path).encode() not in b"".join(file.read_bytes() for file in (tmp_path / "moved").iterdir())
    tagger = Tagger(tmp_path / "moved")
    together = tagger.tag_texts(TEXTS, nbest=2)
    for text, answer in zip(TEXTS, together, strict=True):
        alone = tagger.tag(text, nbest=2)
        assert (alone.tags, alone.tokens) == (answer.tags, answer.tokens)
        assert [n.tags for n in alone.nbest] == [n.tags for n in answer.nbest]
        probabilities = [[span.probability for span in each.spans] for each in (alone, answer)]
        assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-5)


def test_a_folder_without_its_character_models_is_one_clear_sentence(tmp_path: Path, data: Path, pair: str) -> None:
    train(tiny_config(data, model__context=pair, trainer__epochs=1), tmp_path / "run")
    saved = load_bundle(tmp_path / "run")
    del saved.vocabulary["character_models"]
    save_bundle(tmp_path / "run" / "model", saved)
    with pytest.raises(RunError, match="lacks the key 'character_models'; it was changed or not saved whole"):
        Tagger(tmp_path / "run")


def refusal(data: Path, run: Path, context: str) -> str:
    """What a training with this ``model.context`` says."""
    with pytest.raises(ConfigError) as caught:
        make(tiny_config(data, model__context=context), run)
    return "\n".join(caught.value.problems)


def test_a_missing_folder_says_how_to_train_what_should_be_there(tmp_path: Path, data: Path, pair: str) -> None:
    gone = tmp_path / "gone"
    assert refusal(data, tmp_path / "run", f"{pair} + {gone}") == (
        f"model.context: {gone}: no such folder; expected a run (from `seqnlp train`) or a saved model folder. "
        f"`seqnlp train recipe=language_model/web_characters run={gone}` trains one; "
        "with model.direction=backward one that reads backward"
    )


def test_models_that_do_not_read_characters_are_all_named(tmp_path: Path, data: Path) -> None:
    train(tiny_config(data, trainer__epochs=1), tmp_path / "tagger")
    words = train_characters(tmp_path, "words", tokenizer__kind="words")
    pieces = train_characters(tmp_path, "bpe", tokenizer__kind="bpe", tokenizer__vocabulary_size=310)
    expected = "model.context: expected language models of characters, found one"
    assert refusal(data, tmp_path / "run", f"{tmp_path}/tagger + {words} + {pieces}").splitlines() == [
        f"{expected} for tagging in {tmp_path}/tagger",
        f"{expected} of words in {words}",
        f"{expected} of subwords in {pieces}",
    ]


def test_two_models_of_one_direction_are_refused(tmp_path: Path, data: Path, pair: str) -> None:
    forward = pair.split(" + ")[0]
    assert refusal(data, tmp_path / "run", f"{forward} + {forward}") == (
        "model.context: expected one language model that reads forward and one that reads backward, or one of them; "
        f"found {forward} reading forward and {forward} reading forward"
    )


def test_settings_of_the_context_mean_nothing_without_it(data: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        tiny_config(data, **DROPOUT)
    assert caught.value.problems == [
        "model.context_dim: means something only with model.context",
        "model.context_dropout: means something only with model.context",
    ]
