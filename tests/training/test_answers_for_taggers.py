"""``teacher.answers`` of taggers: what any other model says of words is learnt, of sentences of train and others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from answers_file import written
from tasks_in_process import assert_same_weights, new_task, trained_task
from tiny import make_sentences, tiny_config, write_conll
from tiny_tasks import SuddenDeathError, dying

from seqnlp.data.collate import collate
from seqnlp.errors import ConfigError, DataError
from seqnlp.tasks.tagging.legal_sequences import LegalSequences
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import convert_tags, legal_end, legal_start, legal_transitions, tag_set
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

task_of, train = partial(new_task, TaggingTask), partial(trained_task, TaggingTask)

SENTENCES = make_sentences(24, seed=1)
DEV = make_sentences(8, seed=2)
LEARNING: dict[str, Any] = {"trainer__epochs": 8, "optimizer__learning_rate": 0.06}
SWAPPED = {"PER": "LOC", "LOC": "PER", "": ""}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_conll(tmp_path / "train.conll", SENTENCES)
    write_conll(tmp_path / "dev.conll", DEV)
    return tmp_path


def row_of(sentence: TaggedSentence, sure: float = 0.9) -> dict[str, Any]:
    """What a model says that knows the tags and is fairly sure."""
    tags = convert_tags(sentence.tags, "iob2", "bioes")
    said = [{tag: sure, "O": 1 - sure} if tag != "O" else {"O": 1.0} for tag in tags]
    return {"tokens": list(sentence.tokens), "probabilities": said}


def rows_of(sentences: list[TaggedSentence]) -> list[dict[str, Any]]:
    return [row_of(one) for one in {sentence.tokens: sentence for sentence in sentences}.values()]


@pytest.mark.parametrize("scheme", ["bioes", "iob2", "none"])
def test_words_said_apart_are_one_distribution_over_what_is_legal(scheme: str) -> None:
    tags = tag_set(["A"], "bioes") if scheme == "bioes" else tag_set(["A", "B"], "iob2")
    said = [np.random.default_rng(7).dirichlet(np.ones(len(tags)), size=length) for length in (4, 1, 3)]
    start, end, move = legal_start(tags, scheme), legal_end(tags, scheme), legal_transitions(tags, scheme)
    legal = LegalSequences(tags, scheme)
    for number, marginals, moves in legal.expectations(said):
        rows, (last, boundary) = said[number], (len(said[number]) - 1, len(tags))
        weights, expected = np.zeros_like(rows), np.zeros((boundary + 1, boundary + 1))
        for path in product(range(len(tags)), repeat=last + 1):
            steps = list(pairwise(path))
            if not (start[path[0]] and end[path[-1]] and all(move[a][b] for a, b in steps)):
                continue
            weight = float(np.prod([row[tag] for row, tag in zip(rows, path, strict=True)]))
            for place, tag in enumerate(path):
                weights[place, tag] += weight
            for a, b in [(boundary, path[0]), *steps, (path[-1], boundary)]:
                expected[a, b] += weight
        total = weights[0].sum()
        np.testing.assert_allclose(marginals, weights / total, atol=1e-5)
        np.testing.assert_allclose(moves, expected / total, atol=1e-5)
    for rows, best in zip(said, legal.best(said), strict=True):
        paths = [
            path
            for path in product(range(len(tags)), repeat=len(rows))
            if start[path[0]] and end[path[-1]] and all(move[a][b] for a, b in pairwise(path))
        ]
        likeliest = max(paths, key=lambda path: sum(np.log(rows[place, tag]) for place, tag in enumerate(path)))
        assert best == [tags[tag] for tag in likeliest]


def test_something_legal_is_left_of_an_answer_that_is_nothing_but_illegal() -> None:
    tags = tag_set(["A"], "bioes")
    (found,) = LegalSequences(tags, "bioes").best([np.eye(len(tags))[[tags.index("I-A"), tags.index("B-A")]]])
    assert legal_start(tags, "bioes")[tags.index(found[0])]
    assert legal_end(tags, "bioes")[tags.index(found[1])]


def test_what_only_the_file_knows_is_learnt_from_it(data: Path) -> None:
    wrong = [replace(one, tags=tuple(tag[:2] + SWAPPED[tag[2:]] for tag in one.tags)) for one in SENTENCES]
    write_conll(data / "train.conll", wrong)
    settings: dict[str, Any] = {"teacher__answers": written(data, rows_of(SENTENCES)), "teacher__weight": 1.0}
    task = train(tiny_config(data, model__output="softmax", **settings, **LEARNING), data / "run")
    assert task.evaluate()["f1"] > 60
    assert "learnt from the answers of answers.jsonl as well" in (data / "run" / "model" / "README.md").read_text()


def test_answers_that_are_the_labels_teach_what_the_labels_do(data: Path) -> None:
    answers = written(data, [row_of(one, sure=1.0) for one in SENTENCES])
    task = task_of(tiny_config(data, teacher__answers=answers, teacher__weight=0.3), data / "run")
    task.model.eval()
    batch = collate(task.train, np.arange(7), task.lexicon)
    assert batch.soft is not None
    torch.testing.assert_close(task.model.loss(batch), task.model.loss(replace(batch, soft=None)), rtol=1e-3, atol=0)


@pytest.mark.parametrize("output", ["crf", "softmax"])
def test_sentences_without_an_answer_learn_their_labels_alone(data: Path, output: str) -> None:
    answers = written(data, rows_of(SENTENCES[:1]))
    config = tiny_config(data, teacher__answers=answers, teacher__weight=0.9, model__output=output)
    task = task_of(config, data / "run")
    task.model.eval()
    others = np.array([number for number, one in enumerate(SENTENCES) if one.tokens != SENTENCES[0].tokens][:5])
    batch = collate(task.train, others, task.lexicon)
    torch.testing.assert_close(task.model.loss(batch), task.model.loss(replace(batch, soft=None)))
    both = collate(task.train, np.array([0, *others]), task.lexicon)
    first = collate(task.train, np.array([0]), task.lexicon)
    torch.testing.assert_close(task.model.loss(both), task.model.loss(first) + task.model.loss(batch))
    gold = task.model.loss(replace(first, soft=None))
    assert (task.model.loss(first) - gold).abs().item() > 1e-3


def test_sentences_that_train_lacks_are_learnt_and_those_of_dev_are_left_out(data: Path) -> None:
    more = TaggedSentence(("Sorrel", "sang", "."), ("B-PER", "O", "O"), 1)
    shouted = replace(DEV[0], tokens=tuple(token.upper() for token in DEV[0].tokens))
    own = {sentence.tokens for sentence in SENTENCES}
    unseen = [one for one in DEV if one.tokens not in own]
    answers, said = written(data, rows_of([SENTENCES[0], more, shouted, *unseen])), list[str]()
    task = task_of(tiny_config(data, teacher__answers=answers), data / "run", said.append)
    known, dropped = (
        sum(one.tokens == SENTENCES[0].tokens for one in SENTENCES),
        1 + len({one.tokens for one in unseen}),
    )
    assert (
        f"teacher.answers: {known} of 24 training sentences, 1 sentences without tags, {dropped} of dev or test left "
        f"out; {answers}"
    ) in said
    assert len(task.train) == 25
    assert task.words[-1] == more.tokens
    assert "sang" in task.features.words


def test_held_out_parts_of_train_are_not_learnt_from_their_answers(data: Path) -> None:
    sentences = list({one.tokens: one for one in make_sentences(120, seed=4)}.values())
    write_conll(data / "train.conll", sentences)
    answers, said = written(data, rows_of(sentences)), list[str]()
    config = tiny_config(data, data__dev="20%", data__test="1/5", teacher__answers=answers)
    task = task_of(config, data / "run", said.append)
    held_out = len(sentences) - len(task.train)
    assert held_out > 0
    assert [line for line in said if f", 0 sentences without tags, {held_out} of dev or test left out" in line]


def test_what_dev_would_hold_without_a_limit_is_not_learnt_either(data: Path) -> None:
    unseen = [TaggedSentence(("Sorrel", word), ("B-PER", "O"), 1) for word in ("sang", "slept", "swam")]
    write_conll(data / "dev.conll", [*DEV, *unseen])
    for limit in (len(DEV), 0):
        answers = written(data, rows_of([*unseen, TaggedSentence(("Brand", "left"), ("B-PER", "O"), 1)]))
        config = tiny_config(data, teacher__answers=answers, data__limit=limit)
        task = task_of(config, data / "run")
        assert task.words[-1] == ("Brand", "left")
        assert len(task.train) == (limit or len(SENTENCES)) + 1


def test_a_run_with_answers_that_dies_ends_as_if_it_had_not(data: Path) -> None:
    answers = written(data, rows_of([*SENTENCES[:12], *make_sentences(12, seed=9)]))
    config = tiny_config(data, teacher__answers=answers, trainer__checkpoint_steps=1)
    whole = train(config, data / "whole")
    with pytest.raises(SuddenDeathError):
        fit(dying(task_of(config, data / "killed"), 5), config, data / "killed", Processes())
    assert_same_weights(whole.model, train(config, data / "killed").model)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": "Sorrel", "probabilities": [{"O": 1}]}, "expected a list of words in 'tokens', found \"Sorrel\""),
        ({"tokens": ["Sorrel"]}, "expected for each word an object of tags and numbers in 'probabilities', found none"),
        ({"tokens": ["a", "b"], "probabilities": [{"O": 1}]}, "as many probabilities as tokens, found 1 for 2 tokens"),
        (
            {"tokens": ["Sorrel"], "probabilities": [{"PER": 1}]},
            "no tag of this run: 'PER' (did you mean 'S-PER'?); those of its model.scheme are O, B-LOC, ",
        ),
        ({"tokens": ["Sorrel"], "probabilities": [{"O": 0.4}]}, "that sum up to 1 at 'Sorrel', found 0.4"),
        ({"tokens": ["Sorrel"], "probabilities": [{"O": 2}]}, "expected a probability of 'O' from 0 to 1, found 2"),
        ({"tokens": ["Sorrel"], "probabilities": [{"O": True}]}, "probability of 'O' from 0 to 1, found true"),
    ],
)
def test_what_is_no_answer_is_named_with_its_line(data: Path, row: dict[str, Any], message: str) -> None:
    answers = written(data, [row_of(SENTENCES[0]), row])
    with pytest.raises(DataError) as found:
        task_of(tiny_config(data, teacher__answers=answers), data / "run")
    assert message in str(found.value)
    assert f"{answers}:2: " in str(found.value)


def test_two_answers_for_one_sentence_and_files_without_any_are_refused(data: Path) -> None:
    for rows, message in (
        ([row_of(SENTENCES[0]), row_of(SENTENCES[0], sure=0.5)], "expected one answer for each sentence"),
        ([{"tokens": [], "probabilities": []}], "found no sentence"),
    ):
        with pytest.raises(DataError, match=message):
            task_of(tiny_config(data, teacher__answers=written(data, rows)), data / "run")
    with pytest.raises(DataError, match=r"no such file; expected one of JSON lines .* \(teacher.answers\)"):
        task_of(tiny_config(data, teacher__answers=str(data / "nowhere.jsonl")), data / "run")
    with pytest.raises(ConfigError, match=r"teacher.answers: expected it or teacher.runs, found both"):
        task_of(tiny_config(data, teacher__answers="a.jsonl", teacher__runs="run"), data / "run")
