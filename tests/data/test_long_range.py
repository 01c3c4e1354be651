"""Sentences whose answer stands a known number of words after the one that decides it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.reading import read_config
from seqnlp.data.documents import documents_digest, load_documents
from seqnlp.data.long_range import BEFORE, LANGUAGES, MAX_AT_THE_BEGINNING
from seqnlp.errors import ConfigError
from seqnlp.metrics.last_words import LastWordsBaseline
from seqnlp.text.documents import Document


def settings(**changes: Any) -> DocumentDataConfig:
    return DocumentDataConfig(format="long_range", train="400", dev="80", test="160", **changes)


def made(split: str, **changes: Any) -> list[Document]:
    return load_documents(settings(**changes), split, lambda text: None)


def distance(document: Document) -> int:
    """Words from the place that decides to the answer, which would be the next word."""
    words = document.text.split()
    (place,) = [n for n in range(4, len(words)) if tuple(words[n - 4 : n]) == BEFORE]
    assert place - 4 <= MAX_AT_THE_BEGINNING
    assert LANGUAGES[words[place]] == document.labels[0]
    assert words[-4:] == [".", "I", "speak", "fluent"]
    return len(words) - place


@pytest.mark.parametrize("far", [5, 6, 20, 200])
def test_the_answer_stands_that_many_words_after_the_word_that_decides(far: int) -> None:
    for split, count in {"dev": 80, "test": 160}.items():
        documents = made(split, distance=far)
        assert [distance(document) for document in documents] == [far] * count


def test_training_sentences_have_every_distance_up_to_it_or_exactly_it() -> None:
    actual = [distance(document) for document in made("train", distance=30)]
    assert (min(actual), max(actual)) == (5, 30)
    assert sum(one < 13 for one in actual) == pytest.approx(200, abs=40)  # the logarithm is uniform
    assert {distance(document) for document in made("train", distance=30, training_distances="exact")} == {30}


def test_every_answer_is_equally_frequent() -> None:
    assert set(Counter(document.labels for document in made("dev")).values()) == {10}


def test_sentences_depend_on_the_seed_of_the_data_and_on_the_split_alone() -> None:
    assert made("dev") == made("dev")
    assert made("dev") != made("dev", dev_seed=2)
    assert made("dev") != made("test")[:80]
    assert (
        documents_digest(settings(), "dev")
        == documents_digest(settings(), "dev")
        != documents_digest(settings(dev_seed=2), "dev")
    )


def test_places_tell_nothing_unless_they_stand_after_the_right_words() -> None:
    """Counting the places guesses little better than chance far away: the right one is one of very many."""
    documents = made("test", distance=200)
    right = 0
    for document in documents:
        counts = Counter(word for word in document.text.split() if word in LANGUAGES)
        right += LANGUAGES[counts.most_common(1)[0][0]] == document.labels[0]
    assert right / len(documents) < 0.3


def test_an_n_gram_model_of_the_answer_is_at_chance() -> None:
    train, test = ([(d.text.split(), d.labels[0]) for d in made(split)] for split in ("train", "test"))
    model = LastWordsBaseline.fit(train)
    assert sum(model.predict(words) == answer for words, answer in test) == 160 / 8


def test_a_limit_takes_some_of_the_sentences() -> None:
    assert len(made("train", limit=16)) == 16


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": {"train": "train.tsv"}}, "data.train: expected a number of sentences to make up for "),
        ({"data": {"dev": "10%"}}, "data.dev: expected a number of sentences to make up for data.format=long_range"),
        ({"data": {"test": "0"}}, "found '0'"),
        ({"data": {"distance": 4}}, "data.distance: expected at least 5, found 4"),
        ({"data": {"distance": 500}}, "model.window: expected at least 520 for data.distance=500"),
        ({"model": {"cell": "gru", "forget_bias": 0}}, "model.forget_bias: only for model.cell=lstm and peephole"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    raw: dict[str, Any] = {"task": "classification", "data": {"format": "long_range", "train": "8"}}
    for section, values in changes.items():
        raw[section] = {**raw.get(section, {}), **values}
    with pytest.raises(ConfigError) as actual:
        read_config(raw)
    assert message in str(actual.value)
