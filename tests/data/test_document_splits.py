from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import datasets
import pytest

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.schema import read_section
from seqnlp.data.documents import documents_digest, load_documents, spread_evenly
from seqnlp.data.overlap import normalized_text
from seqnlp.data.part_of_train import DOCUMENTS, part_of_train
from seqnlp.errors import DataError
from seqnlp.text.documents import Document

SST = {"format": "trees", "train": "sentiment/sst/train.trees.gz", "dev": "sentiment/sst/dev.trees.gz"}
SST2 = {**SST, "test": "sentiment/sst/test.trees.gz", "label_map": "0:negative,1:negative,2:,3:positive,4:positive"}


def load(folder: Path, split: str = "train", **settings: Any) -> tuple[list[Document], list[str]]:
    said: list[str] = []
    config = read_section(DocumentDataConfig, {"dir": str(folder), "train": "train.tsv", **settings})
    return load_documents(config, split, said.append), said


def documents(labels: str) -> list[Document]:
    return [Document(f"text {number}", (label,), number + 1) for number, label in enumerate(labels)]


def test_the_binary_treebank_drops_neutral_sentences_and_says_so(shared_data: Path) -> None:
    counts = {}
    for split in ("train", "dev", "test"):
        actual, said = load(shared_data, split, **SST2)
        counts[split] = Counter(document.labels[0] for document in actual)
        if split == "dev":
            assert said == ["dev: 229 documents dropped by data.label_map ('2' 229)"]
    assert counts["train"] == {"negative": 3310, "positive": 3610}
    assert counts["dev"] == {"negative": 428, "positive": 444}
    assert counts["test"] == {"negative": 912, "positive": 909}


def test_phrases_are_examples_of_train_only_once_each_or_all(shared_data: Path) -> None:
    small = {**SST2, "limit": 200}
    plain, _ = load(shared_data, **small)
    every, said = load(shared_data, **small, phrases="all")
    distinct, _ = load(shared_data, **small, phrases="distinct")
    assert len(plain) == 200 < len(distinct) < len(every)
    assert said[-1].startswith("train: 200 sentences and ")
    pairs = [(document.text, document.labels) for document in distinct]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) == {(document.text, document.labels) for document in every}
    assert every[:200] == plain
    assert {document.labels for document in every} == {("negative",), ("positive",)}
    assert len(load(shared_data, "dev", **small, phrases="all")[0]) == 200


def test_what_is_held_out_is_stratified_seeded_and_left_out_of_train(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("".join(f"{'ab'[n % 4 == 0]}\ttext {n}\n" for n in range(200)), "utf-8")
    train, said = load(tmp_path, dev="10%")
    dev, _ = load(tmp_path, "dev", dev="10%")
    assert said == ["train: 20 of 200 documents held out as dev, stratified"]
    assert Counter(document.labels[0] for document in dev) == {"a": 15, "b": 5}
    assert {document.line for document in train}.isdisjoint(document.line for document in dev)
    assert len(train) + len(dev) == 200
    assert load(tmp_path, "dev", dev="10%")[0] == dev
    assert load(tmp_path, "dev", dev="10%", dev_seed=2)[0] != dev


def hold_out(rows: list[Document], part: float, seed: int) -> list[list[Document]]:
    """Train and dev."""
    config = DocumentDataConfig(dev=f"{100 * part:g}%")
    return [part_of_train(rows, config, seed, split, DOCUMENTS, lambda text: None) for split in ("train", "dev")]


def test_equal_texts_are_held_out_together() -> None:
    twins = [Document(("Good film !", "good film!", "bad")[n % 3] + f" {n // 3}", ("x",), n + 1) for n in range(90)]
    for seed in range(5):
        kept, held = hold_out(twins, 0.3, seed)
        here, there = ({normalized_text(document.text) for document in part} for part in (kept, held))
        assert here.isdisjoint(there)
        assert len(kept) + len(held) == 90


def test_a_part_that_holds_out_nothing_is_refused() -> None:
    message = "data.dev: 0.01 of 4 training documents is 0; expected at least one held out and one left"
    with pytest.raises(DataError, match=message):
        hold_out(documents("aabb"), 0.01, 1)


def test_a_limit_is_spread_over_a_sorted_file() -> None:
    chosen = spread_evenly(documents("a" * 50 + "b" * 50), 10)
    assert Counter(document.labels[0] for document in chosen) == {"a": 5, "b": 5}
    assert spread_evenly(documents("ab"), 5) == documents("ab")


def test_empty_documents_are_kept_and_counted(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("a\t\nb\tx\na\t \n", "utf-8")
    actual, said = load(tmp_path)
    assert len(actual) == 3
    assert said == ["train: 2 empty documents (kept)"]


def test_a_map_that_drops_everything_and_a_file_of_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("a\tx\n", "utf-8")
    with pytest.raises(DataError, match=r"train\.tsv: data\.label_map drops every document"):
        load(tmp_path, label_map="a:")
    (tmp_path / "train.tsv").write_text("\n\n", "utf-8")
    with pytest.raises(DataError, match=r"no documents found; is data\.format=tsv right\?"):
        load(tmp_path)


def test_columns_are_two_numbers_or_two_names(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("a\tx\n", "utf-8")
    with pytest.raises(DataError, match="expected two numbers or two names, found 'text' and '0'"):
        load(tmp_path, text_column="text")
    with pytest.raises(DataError, match="expected two columns, found '0' for both"):
        load(tmp_path, text_column="0")


def test_a_datasets_folder_with_named_labels(tmp_path: Path) -> None:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
    rows = datasets.Dataset.from_dict({"text": ["fine", None], "label": [1, 0]}, features=features)
    datasets.DatasetDict({"train": rows}).save_to_disk(str(tmp_path / "set"))
    settings = {"format": "hub", "hub": "set", "train": "train"}
    actual, _ = load(tmp_path, **settings)
    assert [(document.text, document.labels) for document in actual] == [("fine", ("pos",)), ("", ("neg",))]
    config = read_section(DocumentDataConfig, {"dir": str(tmp_path), **settings})
    assert len(documents_digest(config, "train")) == 64
    with pytest.raises(DataError, match="expected the column 'stars', found text, label"):
        load(tmp_path, **settings, label_column="stars")


TOPICS = ("sport", "food", "art")


def test_a_column_of_labels_is_no_text(tmp_path: Path) -> None:
    rows = [f"{'ab'[n % 2]}\t{TOPICS[n % 3]}\tthe text number {n}\n" for n in range(30)]
    (tmp_path / "train.tsv").write_text("".join(rows), "utf-8")
    with pytest.raises(DataError, match=r"expected texts, found 3 short values that repeat in 30 documents") as caught:
        load(tmp_path, text_column="1", label_column="0")
    assert "('sport' 10x, 'food' 10x, 'art' 10x); set data.text_column" in str(caught.value)
    assert len(load(tmp_path, text_column="2", label_column="0")[0]) == 30
    turned = [f"the text number {n}\t{TOPICS[n % 3]}\n" for n in range(30)]
    (tmp_path / "train.tsv").write_text("".join(turned), "utf-8")
    with pytest.raises(DataError, match="expected texts, found 3 short values"):
        load(tmp_path)


def test_few_short_texts_in_a_column_called_so_are_texts(tmp_path: Path) -> None:
    rows = [{"text": ("null", "NA", "fine")[n % 3], "label": "ab"[n % 2]} for n in range(24)]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    actual, said = load(tmp_path, train="train.jsonl")
    assert [document.text for document in actual[:3]] == ["null", "NA", "fine"]
    assert said[1] == (
        f"warning: {tmp_path}/train.jsonl: the texts are 3 short values that repeat in 24 documents, as labels do "
        "('null' 8x, 'NA' 8x, 'fine' 8x)"
    )


def test_a_first_line_with_a_label_of_its_own_is_a_heading_or_mentioned(tmp_path: Path) -> None:
    rows = "".join(f"{TOPICS[n % 3]}\tthe text number {n}\n" for n in range(9))
    (tmp_path / "train.tsv").write_text(f"Thema\tSatz\n{rows}", "utf-8")
    with pytest.raises(DataError, match=r"train\.tsv:1: .* found what looks like names of columns \('Thema', 'Satz'\)"):
        load(tmp_path)
    (tmp_path / "train.tsv").write_text(f"Thema\tder Text\n{rows}", "utf-8")
    actual, said = load(tmp_path)
    assert len(actual) == 10
    assert said == ["warning: the label 'Thema' occurs once, on line 1; remove the line if it is a heading"]
    (tmp_path / "train.tsv").write_text(f"rare\tone\n{rows}odd\tanother rare one\n", "utf-8")
    assert load(tmp_path)[1] == []


def test_large_groups_of_equal_texts_stay_in_train_and_no_label_leaves_it(tmp_path: Path) -> None:
    rows = [("many", "the same text")] * 33 + [("few", f"another text {n % 20}") for n in range(60)]
    rows += [("lone", "one of its kind")] * 7
    (tmp_path / "train.tsv").write_text("".join(f"{label}\t{text}\n" for label, text in rows), "utf-8")
    for seed in range(5):
        train, said = load(tmp_path, dev="10%", dev_seed=seed)
        dev, _ = load(tmp_path, "dev", dev="10%", dev_seed=seed)
        assert {document.labels[0] for document in train} == {"many", "few", "lone"}
        assert len(dev) == 9
        asked = "(10 asked for; equal texts stay together, and every label in train)"
        assert said == [f"train: 9 of 100 documents {asked} held out as dev, stratified"]


def test_rare_labels_of_many_give_the_part_together() -> None:
    rows = [Document(f"text {n}", (f"label {n % 25}",), n + 1) for n in range(100)]
    kept, held = hold_out(rows, 0.1, 1)
    assert len(held) == 10
    assert len({document.labels for document in kept}) == 25


def test_equal_texts_only_are_no_dev_split() -> None:
    rows = [Document(f"text {n % 2}", ("ab"[n % 2],), n + 1) for n in range(20)]
    with pytest.raises(
        DataError, match=r"none of 20 training documents can be held out \(2 wanted\): the smallest gro"
    ):
        hold_out(rows, 0.1, 1)


def test_rows_without_a_label_are_left_out_and_counted(tmp_path: Path) -> None:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
    splits = {
        name: datasets.Dataset.from_dict({"text": [f"text {n}" for n in range(len(labels))], "label": labels}, features)
        for name, labels in {"train": [1, -1, 0, -1], "test": [-1, -1]}.items()
    }
    datasets.DatasetDict(splits).save_to_disk(str(tmp_path / "set"))
    settings = {"format": "hub", "hub": "set", "train": "train", "test": "test"}
    actual, said = load(tmp_path, **settings)
    assert [(document.text, document.labels) for document in actual] == [("text 0", ("pos",)), ("text 2", ("neg",))]
    assert said == ["train: 2 documents without a label (-1) left out"]
    with pytest.raises(DataError, match=r"set\[test\]: expected labels, found only 2 documents without a label \(-1\)"):
        load(tmp_path, "test", **settings)
