"""Words tell the tokenizer: single letters of scripts without spaces, and words with their punctuation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tiny_documents import tiny_classification, write_documents

from seqnlp.config.tagging import DataConfig
from seqnlp.tasks.classification.task import ClassificationTask
from seqnlp.tasks.tagging.tokenizer_choice import choose_tokenizer

LETTERS = ["昨", "天", "北", "川", "来", "了", "。", "2018", "年"]
MARKED = ["ฉั", "น", "ที่", "นี่", "a"]
WORDS = ["昨天", "北川", "来", "了", "。"]


def choose(folder: Path, words: list[str], name: str, **settings: str) -> tuple[str, list[str]]:
    if name.endswith(".jsonl"):
        content = json.dumps({"tokens": words, "tags": ["O"] * len(words)})
    else:
        content = "".join(f"{word}\tO\n" for word in words)
    (folder / name).write_text(content, encoding="utf-8")
    said: list[str] = []
    return choose_tokenizer(DataConfig(train=str(folder / name), **settings), said.append), said


@pytest.mark.parametrize("words", [LETTERS, MARKED])
@pytest.mark.parametrize("name", ["a.conll", "a.jsonl"])
def test_letters_that_stand_alone_are_found_in_text_as_well(tmp_path: Path, words: list[str], name: str) -> None:
    said = ["data.tokenizer=characters: the words of train are single letters of a script without spaces between words"]
    assert choose(tmp_path, words, name) == ("characters", said)
    assert choose(tmp_path, words, name, tokenizer="words") == ("words", [])


@pytest.mark.parametrize("name", ["a.conll", "a.jsonl"])
def test_words_that_no_tokenizer_finds_are_said(tmp_path: Path, name: str) -> None:
    kind, [note] = choose(tmp_path, WORDS, name)
    assert kind == "words"
    assert "data.tokenizer=words does not find such in text: tag text that is cut already" in note


@pytest.mark.parametrize("words", [["A", "B", "c"], ["Oke", "met", "北川"]])
def test_other_words_say_nothing(tmp_path: Path, words: list[str]) -> None:
    assert choose(tmp_path, words, "a.conll") == ("words", [])


MANY = [f"In O{number}," for number in range(9)] + ["Oke left."]


@pytest.mark.parametrize("name", ["a.conll", "a.jsonl"])
def test_words_with_the_punctuation_after_them_are_cut_at_spaces(tmp_path: Path, name: str) -> None:
    kind, [note] = choose(tmp_path, " ".join(MANY).split(), name)
    assert kind == "whitespace"
    assert note == "data.tokenizer=whitespace: words of train have the punctuation after them, such as 'O0,'"


@pytest.mark.parametrize("words", [MANY[1:], [*MANY, ",", ".", "!"], [f"Mr. O{number} left ;" for number in range(30)]])
def test_a_few_such_words_or_abbreviations_do_not_tell(tmp_path: Path, words: list[str]) -> None:
    assert choose(tmp_path, " ".join(words).split(), "a.conll") == ("words", [])


@pytest.mark.parametrize("kind", ["words", "unigram"])
def test_texts_without_spaces_are_said_of_a_classifier_of_words(tmp_path: Path, kind: str) -> None:
    texts = [("good", "昨天这部电影很好看"), ("bad", "今天那家饭店的菜很难吃")]
    for split in ("train", "dev"):
        write_documents(tmp_path / f"{split}.tsv", 3 * texts)
    said: list[str] = []
    config = tiny_classification(tmp_path, tokenizer__kind=kind)
    ClassificationTask(config, tmp_path / "run", torch.device("cpu"), said.append)
    notes = [note for note in said if "no spaces between words" in note]
    assert [note.endswith("as one: set tokenizer.kind=unigram") for note in notes] == [True] * (kind == "words")
