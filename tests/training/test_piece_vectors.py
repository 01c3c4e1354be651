"""Words that no list has, composed of word pieces: ``model.piece_vectors``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tasks_in_process import new_task, trained_task
from tiny import tiny_config, write_tiny_data
from tiny_documents import tiny_classification, write_tiny_documents

import seqnlp
from seqnlp.data.collate import word_rows
from seqnlp.errors import ConfigError, DataError, RunError
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.tasks.tagging.task import TaggingTask

WORDS = "Sorrel 0.5 -1 0.25 2\nmill 1 1 1 1\n300 0.25 2 1 1\nsoup 0.125 -0.5 3 1\n"
PIECES = "s 1 2 3\n##o 3 2 1\nqu 1 0 -1\n##ill 0.5 0.5 2\n##s 0 1 0\nmill 9 9 9\n"
BOTH = {"model__vectors": "words.txt", "model__piece_vectors": "pieces.txt"}
ALONE = {"model__piece_vectors": "pieces.txt"}


def write_all(folder: Path) -> None:
    """Data of a tagger and of a classifier, vectors of words and of pieces."""
    write_tiny_data(folder)
    write_tiny_documents(folder)
    (folder / "words.txt").write_text(WORDS, encoding="utf-8")
    (folder / "pieces.txt").write_text(PIECES, encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of it, which no test changes."""
    folder = tmp_path_factory.mktemp("data")
    write_all(folder)
    return folder


def first_vectors(task: TaggingTask, words: list[str]) -> Any:
    """What words read as before training, without their characters."""
    width = task.word_dim
    return task.model.embedder.eval()(word_rows(task.lexicon, task.lexicon.indices(words)))[:, :width].detach().numpy()


def test_a_word_of_the_list_has_its_own_vector_another_the_mean_of_its_pieces_as_its_last_numbers(
    tmp_path: Path, data: Path
) -> None:
    task = new_task(TaggingTask, tiny_config(data, **BOTH), tmp_path)
    actual = first_vectors(task, ["Mill", "so", "QUILLS", "sills"])
    wanted = [[1, 1, 1, 1], [0, 2, 2, 2], [0, 0.5, 0.5, 1 / 3], [0, 0.5, 3.5 / 3, 5 / 3]]
    np.testing.assert_allclose(actual, wanted, atol=0.03)


def test_pieces_alone_make_all_vectors(tmp_path: Path, data: Path) -> None:
    task = new_task(TaggingTask, tiny_config(data, **ALONE), tmp_path)
    assert task.word_dim == 3
    np.testing.assert_allclose(first_vectors(task, ["mill", "so"]), [[9, 9, 9], [2, 2, 2]], atol=0.05)


@pytest.mark.parametrize("changes", [BOTH, ALONE], ids=["words and pieces", "pieces"])
def test_a_tagger_answers_the_same_alone_in_a_batch_and_by_every_engine(
    tmp_path: Path, data: Path, changes: dict[str, Any]
) -> None:
    task = trained_task(TaggingTask, tiny_config(data, **changes, trainer__epochs=2), tmp_path / "run")
    lines = ["Sorrel quills so sills", "s" * 200, "Quill", "mills of soup", "%"]
    taggers = [seqnlp.load(tmp_path / "run", engine=engine) for engine in ("numpy", "torch")]
    by_numpy, by_torch = ([tagger.tag(line).tags for line in lines] for tagger in taggers)
    assert by_numpy == by_torch
    assert [answer.tags for answer in taggers[0].tag_texts(lines)] == by_numpy
    stored = json.loads((tmp_path / "run" / "model" / "vocabulary.json").read_text(encoding="utf-8"))
    assert stored["pieces"] == ["s", "##o", "qu", "##ill", "##s", "mill"]
    card = (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "those of other words are composed of pieces.txt" in card
    assert task.features.vector_rows("so") == [1, 2]


def test_a_classifier_composes_words_too(tmp_path: Path, data: Path) -> None:
    trained_task(ClassificationTask, tiny_classification(data, **BOTH, trainer__epochs=1), tmp_path / "run")
    texts = ["a quill of soup", "so sills"]
    by_numpy, by_torch = (
        [
            list(answer.probabilities.values())
            for answer in seqnlp.load(tmp_path / "run", engine=engine).classify_texts(texts)
        ]
        for engine in ("numpy", "torch")
    )
    np.testing.assert_allclose(by_numpy, by_torch, atol=1e-5)


def test_a_run_is_not_resumed_with_other_pieces(tmp_path: Path) -> None:
    write_all(tmp_path)
    config = tiny_config(tmp_path, **BOTH, trainer__epochs=1)
    trained_task(TaggingTask, config, tmp_path / "run")
    (tmp_path / "pieces.txt").write_text(PIECES.replace("9", "8"), encoding="utf-8")
    with pytest.raises(RunError, match=r"^the file of model.piece_vectors changed since"):
        trained_task(TaggingTask, config, tmp_path / "run")


def test_what_does_not_fit_is_refused(tmp_path: Path, data: Path) -> None:
    (tmp_path / "wide.txt").write_text("s 1 2 3 4 5\n", encoding="utf-8")
    wide = {**BOTH, "model__piece_vectors": str(tmp_path / "wide.txt")}
    with pytest.raises(
        DataError, match=r"no wider than those of words, found 5 numbers, and those of model.vectors have 4"
    ):
        new_task(TaggingTask, tiny_config(data, **wide), tmp_path / "run")
    with pytest.raises(DataError, match=r"piece.txt: no such file \(did you mean 'pieces.txt'"):
        new_task(TaggingTask, tiny_config(data, model__piece_vectors="piece.txt"), tmp_path / "run")
    with pytest.raises(ConfigError, match=r"model.piece_vectors: they are of words; found tokenizer.kind='bpe'"):
        tiny_classification(data, **ALONE, tokenizer__kind="bpe")
