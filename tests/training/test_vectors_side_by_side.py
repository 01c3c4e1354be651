"""Several files of vectors in one model: ``model.vectors="a.txt + b.txt"``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output, refusal
from tasks_in_process import assert_same_weights, new_task, trained_task
from tiny import tiny_config, write_tiny_data
from tiny_documents import tiny_classification, write_tiny_documents

from seqnlp.errors import ConfigError, DataError, RunError
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.joined_vectors import WordTable, join_vectors

ONE = "Sorrel 0.5 -1\nmill 1 1\n300 0.25 2\nsoup 0.125 -0.5\n"
TWO = "3 3\nbrinmoor 0.1 0.2 0.3\nsorrel 1 2 3\n000 7 8 9\n"
BOTH = "one.txt + two.txt"


def write_all(folder: Path) -> None:
    """Data of a tagger and of a classifier, two files of vectors, and what ``vectors join`` makes of them."""
    write_tiny_data(folder)
    write_tiny_documents(folder)
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "two.txt").write_text(TWO, encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of it, which no test changes."""
    folder = tmp_path_factory.mktemp("data")
    write_all(folder)
    output("vectors", "join", folder / "one.txt", folder / "two.txt", "--keep", "all", "-o", folder / "joined.txt")
    return folder


@pytest.mark.parametrize(("kind", "settings"), [(TaggingTask, tiny_config), (ClassificationTask, tiny_classification)])
def test_two_files_train_the_model_that_their_joined_file_trains(
    tmp_path: Path, data: Path, kind: Any, settings: Any
) -> None:
    make = partial(settings, data, trainer__epochs=1)
    side_by_side = trained_task(kind, make(model__vectors=BOTH), tmp_path / "a")
    joined = trained_task(kind, make(model__vectors="joined.txt"), tmp_path / "b")
    assert_same_weights(side_by_side.model, joined.model)
    card = (tmp_path / "a" / "model" / "README.md").read_text(encoding="utf-8")
    assert "- pretrained word vectors: one.txt + two.txt\n" in card


def test_a_word_that_a_file_lacks_is_sought_there_as_any_word_is_and_else_has_zeros(data: Path) -> None:
    told: list[str] = []
    config = tiny_config(data, model__vectors=BOTH)
    embedder = new_task(TaggingTask, config, data / "run", told.append).model.embedder
    assert embedder.vectors is not None
    known = embedder.vectors.codes[1:].ne(0).tolist()
    rows = dict(zip(["Sorrel", "mill", "300", "soup", "brinmoor", "sorrel", "000"], known, strict=True))
    assert rows["Sorrel"] == rows["300"] == [True] * 5  # as "sorrel" and as "000"
    assert rows["mill"] == [True, True, False, False, False]
    assert rows["brinmoor"] == [False, False, True, True, True]
    assert "vectors: 2 of 7 words are not in two.txt: zeros there" in told
    assert "vectors: 3 of 7 words are not in one.txt: zeros there" in told


def test_numbers_of_hashtags_and_mixed_case_are_those_that_each_table_has() -> None:
    left = WordTable(["#Quay", "In 7"], np.array([[1], [2]], np.float32))
    right = WordTable(["quay", "in 0"], np.array([[3], [4]], np.float32))
    joined = join_vectors([left, right], "first")
    assert joined.table.values.tolist() == [[1, 3], [2, 4]]
    assert joined.missing == [0, 0]


def test_a_run_is_not_resumed_when_one_of_the_files_is_another(tmp_path: Path) -> None:
    write_all(tmp_path)
    config = tiny_config(tmp_path, model__vectors=BOTH, trainer__epochs=1)
    trained_task(TaggingTask, config, tmp_path / "run")
    (tmp_path / "two.txt").write_text(TWO.replace("0.3", "0.4"), encoding="utf-8")
    with pytest.raises(RunError, match=r"^the file two.txt of model.vectors changed since"):
        trained_task(TaggingTask, config, tmp_path / "run")


def test_the_file_that_is_missing_or_malformed_is_named(tmp_path: Path) -> None:
    write_all(tmp_path)
    with pytest.raises(DataError, match=r"twp.txt: no such file \(did you mean 'two.txt'\?\); model.vectors is 'one"):
        new_task(TaggingTask, tiny_config(tmp_path, model__vectors="one.txt + twp.txt"), tmp_path / "run")
    (tmp_path / "two.txt").write_text(TWO.replace("8", "eight"), encoding="utf-8")
    with pytest.raises(DataError, match=r"two.txt:4: expected a finite number, found 'eight'"):
        new_task(TaggingTask, tiny_config(tmp_path, model__vectors=BOTH), tmp_path / "run")


@pytest.mark.parametrize("wrong", [" + one.txt", "one.txt +  + two.txt", "one.txt + one.txt"])
def test_a_file_without_a_name_or_named_twice_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"model.vectors: expected a file, or `FILE \+ FILE` of different ones"):
        tiny_config(tmp_path, model__vectors=wrong)


def test_files_are_shown_side_by_side(data: Path) -> None:
    both = f"{data / 'one.txt'} + {data / 'two.txt'}"
    shown = json.loads(output("vectors", "show", both, "--coverage", data / "train.tsv", "--json"))
    alone = json.loads(output("vectors", "show", data / "joined.txt", "--coverage", data / "train.tsv", "--json"))
    assert (shown["words"], shown["width"], shown["coverage"]) == (7, 5, alone["coverage"])
    assert shown["missing"] == {str(data / "one.txt"): 3, str(data / "two.txt"): 2}
    assert output("vectors", "show", data / "one.txt", data / "two.txt", "--near", "mill").count("not in ") == 2
    assert refusal("vectors", "show", data / "one.txt", data / "twp.txt").startswith(f"{data}/twp.txt: no such file")
