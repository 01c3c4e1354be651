"""``seqnlp.train(start_from=..., freeze=...)`` and the same as settings: what need not be told, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import make_sentences

import seqnlp
from seqnlp.bundle import load_bundle
from seqnlp.compose import compose_config
from seqnlp.errors import ConfigError

SMALL = {
    "model.word_dim": 10,
    "model.character_model": "none",
    "model.hidden_dim": 12,
    "model.num_layers": 2,
    "optimizer.learning_rate": 0.03,
    "trainer": {"epochs": 3, "batch_sentences": 6, "threads": 1, "ema_decay": 0.0},
}
SENTENCES = [(list(one.tokens), list(one.tags)) for one in make_sentences(30)]
SHIPS = [(["the", "Gullwing", "left", "Quarley"], ["O", "B-SHIP", "O", "B-LOC"])] * 8
EPOCH = {
    "trainer.epochs": 8,
    "trainer.batch_sentences": 2,
    "trainer.ema_decay": 0,
    "trainer.threads": 1,
    "optimizer.learning_rate": 0.03,
}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger whose settings are not the usual ones."""
    folder = tmp_path_factory.mktemp("start") / "run"
    seqnlp.train(task="tagging", train=SENTENCES, dev=0.2, settings=SMALL, run=folder)
    return folder


def test_a_tagger_goes_on_with_a_new_label_and_frozen_words(start: Path) -> None:
    tagger = seqnlp.train(start_from=start, freeze=["words"], train=SHIPS, dev=SHIPS[:1], settings=EPOCH)
    assert isinstance(tagger, seqnlp.Tagger)
    assert tagger.labels == ["LOC", "PER", "SHIP"]
    assert tagger.tag_words([SHIPS[0][0]])[0].tags == SHIPS[0][1]
    before, after = (load_bundle(run).weights["embedder.table.weight"] for run in (start, tagger.run))
    assert np.array_equal(after[: len(before)], before)


def test_a_string_names_groups_as_well_and_a_wrong_one_leaves_nothing(start: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected some of embeddings, words, encoder, output; found 'layers'"):
        seqnlp.train(start_from=start, freeze="words, layers", train=SHIPS, settings=EPOCH, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_settings_of_the_model_need_not_be_typed_again(start: Path) -> None:
    config: Any = compose_config([f"start_from='{start}'", "data.train=x.conll", "model.word_dropout=0.3"])
    assert config.task == "tagging"
    assert (config.model.hidden_dim, config.model.num_layers, config.model.word_dropout) == (12, 2, 0.3)
    assert config.model.character_model == "none"
    typed: Any = compose_config([f"start_from='{start}'", "data.train=x.conll", "model.hidden_dim=7"])
    assert typed.model.hidden_dim == 7
    of_recipe: Any = compose_config([f"start_from='{start}'", "recipe=tagging/demo"])
    assert of_recipe.model.hidden_dim != 12


def test_the_task_is_that_of_the_model(tmp_path: Path) -> None:
    old = Path(__file__).parents[1] / "old_models"
    config: Any = compose_config([f"start_from='{old / 'classification'}'", "data.train=x.tsv"])
    assert config.task == "classification"
    assert config.model.hidden_dim == load_bundle(old / "classification").description["model"]["hidden_dim"]
    translator: Any = compose_config([f"start_from='{old / 'translation'}'", "data.train=x.{lang}"])
    described = load_bundle(old / "translation").description
    assert (translator.data.source, translator.data.target) == (described["source"], described["target"])
    detector: Any = compose_config([f"start_from='{old / 'anomaly'}'", "data.train=x.csv", "data.dev=20%"])
    assert detector.data.time_column == load_bundle(old / "anomaly").description["data"]["time_column"]
    with pytest.raises(ConfigError, match=r"^1 problem.*\n.*start_from: .*nowhere"):
        compose_config([f"start_from='{tmp_path / 'nowhere'}'", "data.train=x.conll"])


def test_what_is_no_path_is_refused() -> None:
    model: Any = object()
    with pytest.raises(ConfigError, match="start_from: expected the path of a run or a model folder, found object"):
        seqnlp.train(start_from=model, train=[(["Wren"], ["B-PER"])])


def test_another_task_is_refused_plainly(start: Path, tmp_path: Path) -> None:
    with pytest.raises(seqnlp.RunError, match="expected a model of task=classification, found one of task=tagging"):
        seqnlp.train(
            task="classification",
            start_from=start,
            train=[("a fine room", "good"), ("a cold room", "bad")] * 4,
            run=tmp_path / "run",
        )
    assert not (tmp_path / "run").exists()
