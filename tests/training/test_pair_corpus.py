"""Training pairs as subwords: read in slices, kept in files that later runs map, the same whichever way they come."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_pairs import make_pairs, tiny_translation, write_pairs, write_tiny_pairs

from seqnlp.errors import DataError
from seqnlp.storage import cache_folder
from seqnlp.tasks.translation import corpus as corpora
from seqnlp.tasks.translation.task import TranslationTask
from seqnlp.text.sentence_ends import SentenceHabits


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data, and a cache of the test's own."""
    monkeypatch.setenv("SEQNLP_CACHE", str(tmp_path / "cache"))
    write_tiny_pairs(tmp_path, train=40)
    return tmp_path


def made(folder: Path, said: list[str] | None = None, **changes: Any) -> TranslationTask:
    lines = [] if said is None else said
    return TranslationTask(tiny_translation(folder, **changes), folder / "run", torch.device("cpu"), lines.append)


def kept() -> list[Path]:
    return sorted((cache_folder() / "pairs").glob("*/about.json"))


def same(one: TranslationTask, other: TranslationTask) -> bool:
    sides = zip(one.encoded, other.encoded, strict=True)
    return all(np.array_equal(a.items, b.items) and np.array_equal(a.starts, b.starts) for a, b in sides)


def test_a_corpus_that_was_kept_is_the_one_that_was_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[list[str]] = [[], [], []]
    read = made(folder, said[0])
    assert kept() == []  # small ones are read anew
    wrote = made(folder, said[1], data__cache="always", seed=7)
    monkeypatch.setattr(corpora, "training_pairs", None)  # nothing is read any more
    mapped = made(folder, said[2], data__cache="always", seed=8, model__embedding_dim=10)
    assert same(read, wrote)
    assert same(read, mapped)
    assert isinstance(mapped.encoded[0].items, np.memmap)
    assert mapped.vocabularies.to_files() == read.vocabularies.to_files()
    assert mapped.habits == read.habits == SentenceHabits(1, lowercase=True)
    told = [line.partition(" parameters")[0] for line in said[0] if "cache" not in line]
    assert [line for line in said[1] if line in said[2]][: len(told) - 1] == said[0][:-1]
    batch = mapped.plan(0)[0]
    assert mapped.count(batch) == read.count(batch)


def test_a_corpus_that_an_older_version_kept_is_read_anew(folder: Path) -> None:
    before = made(folder, data__cache="always")
    [about] = cache_folder().rglob("about.json")
    content = json.loads(about.read_text(encoding="utf-8"))
    for habits in ({}, {"habits": {"most": 1, "abbreviations": []}}):
        older = {name: value for name, value in content.items() if name != "habits"} | habits
        about.write_text(json.dumps(older), encoding="utf-8")
        said: list[str] = []
        assert same(made(folder, said, data__cache="always"), before)
        assert any("subwords kept in" in line for line in said)


def test_other_data_subwords_or_lengths_are_another_corpus(folder: Path) -> None:
    made(folder, data__cache="always")
    for number, changes in enumerate(
        ({"tokenizer__vocabulary_size": 310}, {"data__max_tokens": 12}, {"tokenizer__kind": "unigram"}), 2
    ):
        made(folder, data__cache="always", **changes)
        assert len(kept()) == number
    write_pairs(folder, "train", make_pairs(39, seed=5))
    made(folder, data__cache="always")
    assert len(kept()) == 5
    assert len(set(kept())) == 5


def test_a_file_that_was_cut_off_is_written_anew(folder: Path) -> None:
    whole = made(folder)
    made(folder, data__cache="always")
    [about] = kept()
    items = about.parent / "target.items"
    items.write_bytes(items.read_bytes()[:-4])
    said: list[str] = []
    assert same(made(folder, said, data__cache="always"), whole)
    assert any("kept in" in line for line in said)
    (about.parent / "about.json").write_text("{")
    assert same(made(folder, data__cache="always"), whole)


def test_large_corpora_are_kept_and_never_means_never(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "_memory", lambda: 1000)
    made(folder, data__cache="never")
    assert kept() == []
    made(folder)
    assert len(kept()) == 1


def test_pairs_are_cut_into_slices_and_long_ones_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [*make_pairs(20, seed=3), ("Hund " * 90, "dog " * 90), *make_pairs(5, seed=4), ("ein", "a " * 120)]
    write_pairs(folder, "train", pairs)
    whole = made(folder, data__max_tokens=60)
    monkeypatch.setattr(corpora, "_SLICE", 4)
    said: list[str] = []
    sliced = made(folder, said, data__max_tokens=60)
    assert same(whole, sliced)
    assert len(sliced.encoded[0].lengths) == 25
    assert "train: 2 pairs with more than 60 subwords are left out (data.max_tokens)" in said
    sampled = made(folder, data__max_tokens=60, tokenizer__sampling=0.2)
    assert [len(texts) for texts in sampled.texts] == [25, 25]
    assert list(sampled.texts[0])[-1] == pairs[-2][0]
    with pytest.raises(DataError, match="no training pair has at most 4 subwords a side"):
        made(folder, data__max_tokens=4)


def test_pairs_that_occur_again_and_blank_ones_are_told_apart(folder: Path) -> None:
    pairs = [
        ("ein Hund", "a dog"),
        ("ein", "Hunda dog"),
        ("ein Hund", "a dog"),
        ("", "x"),
        ("", ""),
        ("ein Hund a", "dog"),
    ]
    write_pairs(folder, "train", pairs)
    said: list[str] = []
    task = made(folder, said, data__duplicates="drop", tokenizer__vocabulary_size=280)
    assert len(task.encoded[0].lengths) == 3
    assert said[0] == (
        "train: 6 pairs; 1 with one side empty (dropped), 1 with both sides empty (dropped), 1 duplicate (dropped), "
        "longest ratio 3.0 (line 6); 3 left"
    )
    config = tiny_translation(folder, data__one_sided="refuse")
    with pytest.raises(
        DataError, match=r":4: expected text on both sides, found an empty source \(1 such pair in all\)"
    ):
        TranslationTask(replace(config), folder / "run", torch.device("cpu"), said.append)
