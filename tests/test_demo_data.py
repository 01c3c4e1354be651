from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from seqnlp.resources import RECIPES
from seqnlp.text.conll import read_conll
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import find_illegal, spans_from_tags
from seqnlp.text.tokenize import tokenize

FOLDER = RECIPES / "tagging" / "demo"
SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def splits() -> dict[str, list[TaggedSentence]]:
    return {split: list(read_conll(FOLDER / f"{split}.conll")) for split in SPLITS}


def names(sentences: list[TaggedSentence]) -> list[tuple[str, str]]:
    """Each entity's words and type."""
    return [
        (" ".join(sentence.tokens[span.start : span.end]), span.label)
        for sentence in sentences
        for span in spans_from_tags(sentence.tags, "iob2")
    ]


def test_the_generator_makes_the_files_that_ship(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_data.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    for split in SPLITS:
        assert (tmp_path / f"{split}.conll").read_bytes() == (FOLDER / f"{split}.conll").read_bytes()


def test_sizes_and_tags_are_as_promised(splits: dict[str, list[TaggedSentence]]) -> None:
    assert [len(splits[split]) for split in SPLITS] == [1500, 300, 300]
    assert sum((FOLDER / f"{split}.conll").stat().st_size for split in SPLITS) < 300_000
    for sentences in splits.values():
        assert not any(find_illegal(sentence.tags, "iob2") for sentence in sentences)
        assert {label for _, label in names(sentences)} == {"PER", "ORG", "LOC", "PROD"}


def test_the_tokenizer_cuts_the_words_as_the_data_have_them(splits: dict[str, list[TaggedSentence]]) -> None:
    for sentence in (sentence for sentences in splits.values() for sentence in sentences):
        assert [token.text for token in tokenize(" ".join(sentence.tokens), "words")] == list(sentence.tokens)


def test_no_sentence_is_in_two_splits(splits: dict[str, list[TaggedSentence]]) -> None:
    texts = [sentence.tokens for sentences in splits.values() for sentence in sentences]
    assert len(set(texts)) == len(texts)


def test_many_names_of_the_test_split_are_new_and_many_known_ones_have_several_types(
    splits: dict[str, list[TaggedSentence]],
) -> None:
    types = defaultdict(set)
    for name, label in names(splits["train"]):
        types[name].add(label)
    test = names(splits["test"])
    assert sum(name not in types for name, _ in test) > len(test) / 3
    assert sum(len(types[name]) > 1 for name, _ in test) > len(test) / 4
