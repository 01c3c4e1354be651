"""``teacher.answers``: what any other model says of texts is learnt, those of train and others."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers_file import written
from tasks_in_process import assert_same_weights, new_task, trained_task
from tiny_documents import make_documents, tiny_classification, write_documents, write_tiny_documents
from tiny_tasks import SuddenDeathError, dying

import seqnlp
from seqnlp.data.documents import load_documents
from seqnlp.errors import ConfigError, DataError
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, ClassificationTask), partial(trained_task, ClassificationTask)

SURE = {"good": {"good": 0.9, "bad": 0.1}, "bad": {"good": 0.1, "bad": 0.9}}
LEARNING: dict[str, Any] = {"trainer__epochs": 6, "optimizer__learning_rate": 0.05}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_tiny_documents(tmp_path)
    return tmp_path


def rows_of(documents: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What a model says that knows the labels and is fairly sure."""
    return [{"text": text, "probabilities": SURE[label]} for label, text in dict.fromkeys(documents)]


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_answers_of_a_file_teach_as_the_model_does_that_wrote_them(data: Path, temperature: float) -> None:
    train(tiny_classification(data, **LEARNING), data / "run")
    texts = list(dict.fromkeys(text for _, text in make_documents(40, seed=1)))
    said = seqnlp.load(data / "run").classify_texts(texts)
    answers = written(data, [{"text": t, "probabilities": a.probabilities} for t, a in zip(texts, said, strict=True)])
    settings: dict[str, Any] = {"teacher__temperature": temperature}
    by_run = task_of(tiny_classification(data, teacher__runs=str(data / "run"), **settings), data / "one")
    by_file = task_of(tiny_classification(data, teacher__answers=answers, **settings), data / "two")
    assert by_run.taught.soft is not None
    assert by_file.taught.soft is not None
    np.testing.assert_allclose(by_file.taught.soft, by_run.taught.soft, atol=1e-5)
    assert by_file.taught.answered.all()


def test_what_only_the_file_knows_is_learnt_from_it(data: Path) -> None:
    documents = make_documents(40, seed=1)
    write_documents(data / "train.tsv", [({"good": "bad", "bad": "good"}[label], text) for label, text in documents])
    settings: dict[str, Any] = {"teacher__answers": written(data, rows_of(documents)), "teacher__weight": 1.0}
    task = train(tiny_classification(data, **settings, **LEARNING), data / "run")
    assert task.evaluate()["accuracy"] > 65
    card = (data / "run" / "model" / "README.md").read_text()
    assert "learnt from the answers of answers.jsonl as well" in card


def test_texts_that_train_lacks_are_learnt_and_those_of_dev_are_left_out(data: Path) -> None:
    write_documents(data / "train.tsv", [("bad", "rude soup"), ("good", "kind soup"), ("good", "the soup")])
    write_documents(data / "dev.tsv", [("bad", "A  stale room"), ("good", "a kind room")])
    more = [("good", "fresh bread"), ("bad", "rude soup"), ("bad", "a stale room"), ("bad", "dull film")]
    answers, said = written(data, rows_of(more)), list[str]()
    task = task_of(tiny_classification(data, teacher__answers=answers, model__ngrams=1), data / "run", said.append)
    expected = "teacher.answers: 1 of 3 training texts, 2 texts without labels, 1 of dev or test left out; "
    assert f"{expected}{answers}" in said
    assert task.taught.texts == ["fresh bread", "dull film"]
    assert task.taught.answered.tolist() == [True, False, False, True, True]
    assert task.ngram_scores is not None
    assert len(task.ngram_scores) == 5


def test_held_out_parts_of_train_are_not_learnt_from_their_answers(data: Path) -> None:
    documents = list(dict.fromkeys(make_documents(200, seed=3)))
    write_documents(data / "train.tsv", documents)
    settings: dict[str, Any] = {"data__dev": "20%", "data__test": "1/5"}
    answers, said = written(data, rows_of(documents)), list[str]()
    task = task_of(tiny_classification(data, teacher__answers=answers, **settings), data / "run", said.append)
    assert not task.taught.texts
    held_out = len(documents) - len(task.targets)
    assert [line for line in said if f" {held_out} of dev or test left out" in line]


def test_what_is_held_out_without_the_limit_is_not_learnt_either(data: Path) -> None:
    documents = list(dict.fromkeys(make_documents(200, seed=3)))
    write_documents(data / "train.tsv", documents)
    settings: dict[str, Any] = {"data__dev": "20%", "data__test": "1/5", "data__limit": len(documents) // 3}
    config = tiny_classification(data, teacher__answers=written(data, rows_of(documents)), **settings)
    limited, whole = (
        {
            split: {one.text for one in load_documents(read, split, lambda text: None)}
            for split in ("train", "dev", "test")
        }
        for read in (config.data, replace(config.data, limit=0))
    )
    wanted = whole["train"] - limited["train"] - limited["dev"] - limited["test"]
    assert wanted
    assert set(task_of(config, data / "run").taught.texts) == wanted


def test_a_run_with_answers_that_dies_ends_as_if_it_had_not(data: Path) -> None:
    answers = written(data, rows_of([*make_documents(20, seed=1), *make_documents(20, seed=7)]))
    config = tiny_classification(data, teacher__answers=answers, trainer__checkpoint_steps=1)
    whole = train(config, data / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, data / "killed"), 7), config, data / "killed", Processes())
    assert_same_weights(whole.model, train(config, data / "killed").model)


def test_answers_of_several_labels_need_not_sum_up(data: Path) -> None:
    said = {"good": 0.9, "bad": 0.8}
    answers = written(data, [{"text": "lovely soup", "probabilities": said}])
    settings: dict[str, Any] = {"data__multi_label": True, "teacher__temperature": 2.0}
    task = task_of(tiny_classification(data, teacher__answers=answers, **settings), data / "run")
    assert task.taught.soft is not None
    odds = [(p / (1 - p)) ** 0.5 for p in (said["bad"], said["good"])]
    np.testing.assert_allclose(task.taught.soft[-1], [odd / (1 + odd) for odd in odds], rtol=1e-6)


def test_spaces_and_line_breaks_make_no_other_text(data: Path) -> None:
    rows = [{"label": "good", "text": "a  kind\nsoup"}, {"label": "bad", "text": "rude soup"}]
    (data / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    texts = [" a kind soup ", "rude\u00a0soup", "fresh  bread", "", " "]
    answers = written(data, [{"text": text, "probabilities": SURE["good"]} for text in texts])
    task = task_of(tiny_classification(data, data__train="train.jsonl", teacher__answers=answers), data / "run")
    assert task.taught.answered.tolist() == [True, True, True]
    assert task.taught.texts == ["fresh bread"]


def test_of_texts_that_differ_by_spaces_alone_the_first_counts(data: Path) -> None:
    rows = [{"text": text, "probabilities": SURE[label]} for text, label in (("a  room", "bad"), ("a room", "good"))]
    task = task_of(tiny_classification(data, teacher__answers=written(data, rows)), data / "run")
    assert task.taught.texts == ["a room"]
    assert task.taught.soft is not None
    np.testing.assert_allclose(task.taught.soft[-1], [0.9, 0.1], rtol=1e-6)


def test_one_array_is_read_as_lines_are(data: Path) -> None:
    rows = rows_of(make_documents(40, seed=1))
    (data / "array.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    by_line, by_array = (
        task_of(tiny_classification(data, teacher__answers=name), data / "run").taught.soft
        for name in (written(data, rows), str(data / "array.json"))
    )
    assert by_line is not None
    assert by_array is not None
    np.testing.assert_array_equal(by_line, by_array)


def test_what_classify_adds_to_rows_with_such_fields_is_the_answer(data: Path) -> None:
    said = {"predicted_text": "rude soup", "predicted_probabilities": SURE["bad"]}
    answers = written(data, [{"text": "the title", "probabilities": 3, **said}])
    task = task_of(tiny_classification(data, teacher__answers=answers), data / "run")
    assert task.taught.texts == ["rude soup"]


@pytest.mark.parametrize("several", [False, True])
def test_a_temperature_near_zero_leaves_the_best_label(data: Path, several: bool) -> None:
    answers = written(data, [{"text": "lovely soup", "probabilities": {"good": 0.6, "bad": 0.4}}])
    settings: dict[str, Any] = {"data__multi_label": several, "teacher__temperature": 1e-4}
    task = task_of(tiny_classification(data, teacher__answers=answers, **settings), data / "run")
    assert task.taught.soft is not None
    np.testing.assert_allclose(task.taught.soft[-1], [0, 1])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"probabilities": SURE["good"]}, "expected a text in 'text', found none"),
        ({"text": None, "probabilities": SURE["good"]}, "expected a text in 'text', found null"),
        ({"text": "soup"}, "expected probabilities by label in 'probabilities', found none"),
        (
            {"text": "soup", "probabilities": [0.5, 0.5]},
            "expected probabilities by label in 'probabilities', found [0.5, 0.5]",
        ),
        ({"text": "soup", "probabilities": {"good": 1}}, "expected a probability of 'bad', found those of 'good'"),
        ({"text": "soup", "probabilities": {}}, "expected a probability of 'bad', found those of none"),
        ({"text": "soup", "probabilities": {"good": 1, "bad": 0, "god": 0}}, "no label of this run: 'god'"),
        (
            {"text": "soup", "probabilities": {"good": 1.2, "bad": 0}},
            "expected a probability of 'good' from 0 to 1, found",
        ),
        (
            {"text": "soup", "probabilities": {"good": "1", "bad": 0}},
            "expected a probability of 'good' from 0 to 1, found",
        ),
        (
            {"text": "soup", "probabilities": {"good": True, "bad": 0}},
            "expected a probability of 'good' from 0 to 1, found",
        ),
        (
            {"text": "soup", "probabilities": {"good": 0.9, "bad": 0.9}},
            "expected probabilities that sum up to 1, found 1.8",
        ),
        (["soup"], "expected a JSON object"),
    ],
)
def test_a_line_that_is_no_answer_is_named(data: Path, row: Any, message: str) -> None:
    answers = written(data, [{"text": "bread", "probabilities": SURE["bad"]}, row])
    with pytest.raises(DataError, match=re.escape(f"{answers}:2: {message}")):
        task_of(tiny_classification(data, teacher__answers=answers), data / "run")


def test_two_answers_for_a_text_or_none_at_all_are_refused(data: Path) -> None:
    answers = written(data, [{"text": "bread", "probabilities": SURE[label]} for label in ("bad", "bad", "good")])
    config = tiny_classification(data, teacher__answers=answers)

    def refused(message: str) -> None:
        with pytest.raises(DataError, match=message):
            task_of(config, data / "run")

    refused('expected one answer for each text .teacher.answers., found two for "bread"')
    Path(answers).write_text("\n", encoding="utf-8")
    refused("found blank lines only")
    Path(answers).unlink()
    refused("no such file; expected one of JSON lines with probabilities")


def test_teachers_and_answers_together_are_refused(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"teacher.answers: expected it or teacher.runs, found both"):
        tiny_classification(data, teacher__runs="a", teacher__answers="b")
