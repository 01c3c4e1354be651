"""A tagger that goes on from another one: what that one knew stays, what is new is learnt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny import make_sentences, tiny_config, write_conll
from tiny_tasks import SuddenDeathError, dying

from seqnlp.bundle import load_bundle
from seqnlp.errors import RunError
from seqnlp.tasks.card import vectors_read
from seqnlp.tasks.tagging.model import module_predictor, tagger_from_bundle
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.sentence import TaggedSentence
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

OLD = make_sentences(30, seed=1)
SHIPS = [
    TaggedSentence(("the", "Gullwing", "sails", "with", "Sorrel", "öåö"), ("O", "B-SHIP", "O", "O", "B-PER", "O"), 1),
    TaggedSentence(("Grey", "Heron", "leaves", "Quarley", "öå"), ("B-SHIP", "I-SHIP", "O", "B-LOC", "O"), 7),
] * 6
VECTORS = "Sorrel 0.5 -1 0.25 0\nmill 1 1 1 1\nlives 0.1 0.2 0.3 -0.4\n"
PIECES = "".join(
    f"{piece} {number} -1 0.5\n" for number, piece in enumerate([*"abcdegnsi", "##e", "##ll", "##a", "##r"])
)
MORE_VECTORS = VECTORS + "gullwing 1 2 3 4\nnever 4 3 2 1\n"


task_of, train = partial(new_task, TaggingTask), partial(trained_task, TaggingTask)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first data in ``old``, those with a new label in ``new``, vectors beside them."""
    folder = tmp_path_factory.mktemp("data")
    for name, sentences in (("old", OLD), ("new", SHIPS)):
        (folder / name).mkdir()
        write_conll(folder / name / "train.conll", sentences)
        write_conll(folder / name / "dev.conll", sentences[:8])
        (folder / name / "vectors.txt").write_text(VECTORS if name == "old" else MORE_VECTORS, encoding="utf-8")
        (folder / name / "pieces.txt").write_text(PIECES, encoding="utf-8")
    return folder


KINDS: dict[str, dict[str, Any]] = {
    "crf": {},
    "softmax": {"model__output": "softmax"},
    "iob2": {"model__scheme": "iob2", "model__character_model": "lstm"},
    "vectors": {"model__vectors": "vectors.txt"},
    "pieces": {"model__vectors": "vectors.txt", "model__piece_vectors": "pieces.txt"},
}


@pytest.fixture(scope="module")
def starts(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A trained run of each kind."""
    runs = {kind: tmp_path_factory.mktemp("starts") / kind for kind in KINDS}
    for kind, run in runs.items():
        train(tiny_config(data / "old", **KINDS[kind], trainer__epochs=4), run)
    return runs


def answers(task: TaggingTask, sentences: Sequence[TaggedSentence]) -> list[list[str]]:
    task.model.eval()
    predictor = module_predictor(task.model, task.features, task.tags, task.config.model.scheme)
    return [list(one.tags) for one in predictor.predict([s.tokens for s in sentences], probabilities=False)]


@pytest.mark.parametrize("kind", KINDS)
def test_old_labels_and_words_keep_their_weights_and_all_answers(
    kind: str, data: Path, starts: dict[str, Path], tmp_path: Path
) -> None:
    start, said = tagger_from_bundle(load_bundle(starts[kind])), list[str]()
    changes = {name: value for name, value in KINDS[kind].items() if "vectors" not in name}
    task = task_of(tiny_config(data / "new", **changes, start_from=str(starts[kind])), tmp_path, said.append)
    assert any(line.startswith(f"begins with the weights of {starts[kind]}; new: ") for line in said)
    assert task.tags[: len(start.saved.tags)] == start.saved.tags
    assert {tag[2:] for tag in task.tags[len(start.saved.tags) :]} == {"SHIP"}
    assert task.features.words.words[: len(start.saved.features.words.words)] == start.saved.features.words.words
    assert "gullwing" in task.features.words
    assert "ö" not in start.saved.features.characters
    assert "ö" in task.features.characters
    own = task.model.state_dict()
    for name, old in start.model.state_dict().items():
        assert torch.equal(own[name][tuple(slice(size) for size in old.shape)], old), name
    texts = [*OLD, *SHIPS, *make_sentences(20, seed=9)]
    known = start.predictor().predict([s.tokens for s in texts], probabilities=False)
    assert answers(task, texts) == [list(one.tags) for one in known]


def test_new_labels_are_learnt_and_old_ones_not_lost(data: Path, starts: dict[str, Path], tmp_path: Path) -> None:
    config = tiny_config(data / "new", start_from=str(starts["crf"]), trainer__epochs=12)
    task = train(config, tmp_path / "run")
    assert answers(task, SHIPS[:1]) == [["O", "S-SHIP", "O", "O", "S-PER", "O"]]
    assert "fine-tuned: it began with the weights of tiny" in (tmp_path / "run" / "model" / "README.md").read_text()
    again = tagger_from_bundle(load_bundle(tmp_path / "run"))
    assert again.saved.tags == task.tags


def test_a_fine_tuned_run_that_dies_ends_as_if_it_had_not(data: Path, starts: dict[str, Path], tmp_path: Path) -> None:
    changes = {"start_from": str(starts["crf"]), "trainer__ema_decay": 0.9, "trainer__checkpoint_steps": 1}
    config = tiny_config(data / "new", **changes)
    config.trainer.freeze = "encoder"
    whole = train(config, tmp_path / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, tmp_path / "killed"), 5), config, tmp_path / "killed", Processes())
    again = train(config, tmp_path / "killed")
    for (name, mine), theirs in zip(whole.model.named_parameters(), again.model.parameters(), strict=True):
        assert torch.equal(mine, theirs), name


def test_a_start_that_changed_meanwhile_is_no_start(data: Path, starts: dict[str, Path], tmp_path: Path) -> None:
    config = tiny_config(data / "new", start_from=str(tmp_path / "start"), trainer__epochs=1)
    train(tiny_config(data / "old", trainer__epochs=1), tmp_path / "start")
    train(config, tmp_path / "run")
    (tmp_path / "start" / "checkpoint.pt").unlink()
    train(tiny_config(data / "old", trainer__epochs=2, seed=5), tmp_path / "start")
    with pytest.raises(RunError, match=r"^the model of start_from changed since"):
        train(config, tmp_path / "run")


def test_new_words_take_their_vectors_from_the_file(data: Path, starts: dict[str, Path], tmp_path: Path) -> None:
    start = tagger_from_bundle(load_bundle(starts["vectors"]))
    config = tiny_config(data / "new", model__vectors="vectors.txt", start_from=str(starts["vectors"]))
    task = task_of(config, tmp_path / "run")
    assert task.features.vector_words.words == (*start.saved.features.vector_words.words, "gullwing", "never")
    vectors = task.model.embedder.vectors
    assert vectors is not None
    rows = vectors(torch.tensor([task.features.vector_rows("Gullwing"), task.features.vector_rows("Sorrel")]))
    np.testing.assert_allclose(rows, [[1, 2, 3, 4], [0.5, -1, 0.25, 0]], atol=0.02)
    table = task.model.embedder.table
    assert table is not None
    assert not table.weight[task.features.word_id("Gullwing")].any()
    assert torch.equal(table.weight[task.features.word_id("Heron")], table.weight[0])


def test_pieces_stay_those_of_the_start(data: Path, starts: dict[str, Path], tmp_path: Path) -> None:
    start = tagger_from_bundle(load_bundle(starts["pieces"]))
    (tmp_path / "pieces.txt").write_text("other 1 2 3\n", encoding="utf-8")
    new = {**KINDS["pieces"], "model__piece_vectors": str(tmp_path / "pieces.txt")}
    task = task_of(tiny_config(data / "new", **new, start_from=str(starts["pieces"])), tmp_path / "run")
    assert task.features.pieces.pieces == start.saved.features.pieces.pieces
    assert task.features.vector_rows("gullwing") == [task.features.num_vectors - 1]
    with pytest.raises(RunError, match=r"reads no word pieces; leave model.piece_vectors empty"):
        task_of(tiny_config(data / "new", **new, start_from=str(starts["vectors"])), tmp_path / "other")
    alone = {**new, "model__vectors": "", "start_from": str(starts["crf"])}
    with pytest.raises(RunError, match=r"reads no word pieces; leave model.piece_vectors empty"):
        task_of(tiny_config(data / "new", **alone), tmp_path / "alone")
    assert "composed of the pieces of the model that it began with" in vectors_read(task.config.model, "start")[0]


def test_plain_tags_grow_as_well(tmp_path: Path) -> None:
    sentences = [TaggedSentence(("a", "mill", "turns"), ("DET", "NOUN", "VERB"), 1)] * 8
    more = [TaggedSentence(("mills", "turn", "slowly"), ("NOUN", "VERB", "ADV"), 1)] * 8
    plain = {"data__scheme": "none", "model__scheme": "none"}
    for name, part in (("old", sentences), ("new", more)):
        (tmp_path / name).mkdir()
        for split in ("train", "dev"):
            write_conll(tmp_path / name / f"{split}.conll", part)
    before = train(tiny_config(tmp_path / "old", **plain), tmp_path / "first")
    task = task_of(tiny_config(tmp_path / "new", **plain, start_from=str(tmp_path / "first")), tmp_path / "second")
    assert task.tags == ["DET", "NOUN", "VERB", "ADV"]
    assert answers(task, [*sentences, *more]) == answers(before, [*sentences, *more])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model__hidden_dim": 9, "model__casing_dim": 0},
            "expected the settings of the model in .*, found casing_dim 0, hidden_dim 9; give model.casing_dim=2 "
            "model.hidden_dim=8",
        ),
        ({"data__tokenizer": "split"}, "expected data.tokenizer words, as .* has, found split"),
        ({"model__vectors": "vectors.txt"}, "expected vectors of width 8, as .* has, found 4"),
        ({"model__scheme": "iob2"}, "expected .*, found scheme iob2; give model.scheme=bioes"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(
    changes: dict[str, Any], message: str, data: Path, starts: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=f"^start_from: {message}"):
        task_of(tiny_config(data / "new", **changes, start_from=str(starts["crf"])), tmp_path / "run")


def test_another_task_or_no_model_is_no_start(data: Path, tmp_path: Path) -> None:
    old_model = Path(__file__).parents[1] / "old_models" / "classification"
    with pytest.raises(RunError, match=r"^start_from: expected a model of task=tagging, found one of task=classific"):
        task_of(tiny_config(data / "new", start_from=str(old_model)), tmp_path / "run")
    with pytest.raises(RunError, match=r"^start_from: .*nowhere"):
        task_of(tiny_config(data / "new", start_from=str(tmp_path / "nowhere")), tmp_path / "run")
