"""The tokenizer that fits the corpus is taken, and it is said how well it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.tasks.tagging.tokenizer_choice import agreement, choose_tokenizer
from seqnlp.text.conllu_text import read_conllu_texts

CUTS = {
    "english": ["It", "is", "n't|", "Ada", "'s|", "boat", ".|"],
    "split": ["five|", "_|", "fold", "rise"],
}


def write(folder: Path, words: list[str], name: str = "train.conllu") -> str:
    """A treebank of one sentence, ten times; a word that ends in | stands against the next one.

    ``n't`` and ``'s`` stand against the word before them.
    """
    rows = []
    for number, word in enumerate(words, 1):
        follows = words[number : number + 1]
        glued = bool(follows) and (follows[0].startswith(("n't", "'s", ".")) or word in ("five|", "_|"))
        rows.append("\t".join([str(number), word.rstrip("|"), "_", "X", *"_" * 5, "SpaceAfter=No" if glued else "_"]))
    (folder / name).write_text(("\n".join(rows) + "\n\n") * 10, encoding="utf-8")
    return str(folder / name)


@pytest.mark.parametrize("kind", CUTS)
def test_the_best_for_the_corpus_is_chosen(tmp_path: Path, kind: str) -> None:
    said: list[str] = []
    data = DataConfig(train=write(tmp_path, CUTS[kind]), format="conllu", tokenizer="auto", scheme="none")
    assert choose_tokenizer(data, said.append) == kind
    assert said[0].startswith(f"data.tokenizer={kind} cuts 100.0% of the corpus' words alike (words ")


def test_what_is_set_is_kept_and_measured(tmp_path: Path) -> None:
    said: list[str] = []
    data = DataConfig(train=write(tmp_path, CUTS["english"]), format="conllu", tokenizer="whitespace", scheme="none")
    assert choose_tokenizer(data, said.append) == "whitespace"
    share = agreement(list(read_conllu_texts(data.train)), "whitespace")
    assert 0 < share < 0.6
    assert said == [
        f"data.tokenizer=whitespace cuts {share:.1%} of the corpus' words alike; language rules may be closer: "
        "data.tokenizer=spacy:CODE, such as spacy:fr"
    ]


def test_without_a_text_it_is_words(tmp_path: Path) -> None:
    said: list[str] = []
    data = DataConfig(train=write(tmp_path, ["All", "words", "apart"]), format="conllu", scheme="none")
    assert choose_tokenizer(data, said.append) == "words"
    assert choose_tokenizer(DataConfig(train="missing.conll"), said.append) == "words"
    assert said == []


def test_the_english_treebank_is_cut_as_it_is(shared_data: Path) -> None:
    said: list[str] = []
    data = DataConfig(train=str(shared_data / "pos/ud-en-ewt/train.conllu.gz"), format="conllu", scheme="none")
    assert choose_tokenizer(data, said.append) == "english"
    assert float(said[0].partition("cuts ")[2].partition("%")[0]) > 97
