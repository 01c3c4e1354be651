"""Data sets of the `datasets` library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.data.sources import load_split, split_digest
from seqnlp.errors import DataError
from seqnlp.text.sentence import TaggedSentence

datasets = pytest.importorskip("datasets")

ROWS = {"tokens": [["New", "York", "."], ["ok"]], "ner_tags": [[1, 2, 0], [0]]}
EXPECTED = [TaggedSentence(("New", "York", "."), ("B-LOC", "I-LOC", "O"), 1), TaggedSentence(("ok",), ("O",), 2)]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def named_rows() -> Any:
    """Tags are numbers with names."""
    tags = datasets.Sequence(datasets.ClassLabel(names=["O", "B-LOC", "I-LOC"]))
    features = datasets.Features({"tokens": datasets.Sequence(datasets.Value("string")), "ner_tags": tags})
    return datasets.Dataset.from_dict(ROWS, features=features)


def load(config: DataConfig, split: str = "train") -> list[TaggedSentence]:
    return load_split(config, split, print)


def hub(folder: Path, **settings: str) -> DataConfig:
    return DataConfig(**{"format": "hub", "dir": str(folder), "hub": "set", "train": "train", **settings})


def test_saved_splits_are_read_with_the_names_of_their_tags(tmp_path: Path) -> None:
    datasets.DatasetDict(train=named_rows(), validation=named_rows().select([1])).save_to_disk(tmp_path / "set")
    config = hub(tmp_path, dev="validation")
    assert load(config) == EXPECTED
    assert load(config, "dev") == [TaggedSentence(("ok",), ("O",), 1)]
    assert load(config, "test") == []


def test_one_saved_data_set_is_the_split_train(tmp_path: Path) -> None:
    named_rows().save_to_disk(tmp_path / "set")
    assert load(hub(tmp_path)) == EXPECTED


@pytest.mark.parametrize("kind", ["parquet", "json", "csv"])
def test_a_folder_of_files_is_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "set").mkdir()
    path = tmp_path / "set" / f"train.{kind}"
    if kind == "parquet":
        named_rows().to_parquet(path)
    elif kind == "json":
        path.write_text(
            '{"words": ["New", "York", "."], "tags": ["B-LOC", "I-LOC", "O"]}\n{"words": ["ok"], "tags": ["O"]}'
        )
    else:
        path.write_text("tokens,tags\nNew York .,B-LOC I-LOC O\nok,O\n")
    assert load(hub(tmp_path)) == EXPECTED


def test_one_of_several_configurations_is_chosen_by_its_name(tmp_path: Path) -> None:
    front_matter = ["---", "configs:"]
    for name, word in (("formal", "indeed"), ("spoken", "yeah")):
        (tmp_path / "set" / name).mkdir(parents=True)
        (tmp_path / "set" / name / "train.jsonl").write_text(json.dumps({"tokens": [word], "tags": ["O"]}))
        front_matter += [f"- config_name: {name}", f"  data_files: {name}/train.jsonl"]
    (tmp_path / "set" / "README.md").write_text("\n".join([*front_matter, "---"]))
    assert [one.tokens for one in load(hub(tmp_path, hub_config="spoken"))] == [("yeah",)]
    with pytest.raises(DataError, match=r"data.hub_config: expected one of formal, spoken; found none"):
        load(hub(tmp_path))
    with pytest.raises(DataError, match=r"found 'spokn' \(did you mean 'spoken'\?\)"):
        load(hub(tmp_path, hub_config="spokn"))


def test_the_digest_is_that_of_words_and_tags(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    named_rows().to_parquet(tmp_path / "set" / "train.parquet")
    named_rows().save_to_disk(tmp_path / "again")
    digest = split_digest(hub(tmp_path), "train")
    assert len(digest) == 64
    assert split_digest(hub(tmp_path, hub="again"), "train") == digest
    named_rows().select([0]).save_to_disk(tmp_path / "shorter")
    assert split_digest(hub(tmp_path, hub="shorter"), "train") != digest


def test_an_absent_split_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    datasets.DatasetDict(train=named_rows(), validation=named_rows()).save_to_disk(tmp_path / "set")
    with pytest.raises(DataError, match=r"no split 'valid' \(did you mean 'validation'\?\); it has train, validation"):
        load(hub(tmp_path, train="valid"))


def test_an_absent_column_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    named_rows().save_to_disk(tmp_path / "set")
    with pytest.raises(
        DataError, match=r"expected the column 'ner_tag', found tokens, ner_tags \(did you mean 'ner_tags'"
    ):
        load(hub(tmp_path, tag_column="ner_tag"))
    named_rows().rename_column("tokens", "text").save_to_disk(tmp_path / "other")
    with pytest.raises(DataError, match=r"expected the column tokens or words, found .*; set data\.token_column"):
        load(hub(tmp_path, hub="other"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS, r"set\[train\]:1: expected tags that are words, found 1 whose names the data set does not give"),
        (
            {"tokens": [["a"], []], "tags": [["O"], ["O"]]},
            r"set\[train\]:2: expected as many tags as tokens, found 1 and 0",
        ),
        ({"tokens": [[], []], "tags": [[], []]}, r"no sentences found; .* left out: rows without words \(2\)"),
        ({"tokens": [["a", "b"]], "tags": [["O"]]}, r":1: expected as many tags as tokens, found 1 and 2"),
        ({"tokens": [["a", ""]], "tags": [["O", "O"]]}, r":1: expected tokens that are words, found ''"),
        ({"tokens": [["a", "b"]], "tags": [["O", "I-X"]]}, r"set\[train\]:1: tag 'I-X' after 'O' is illegal in iob2"),
    ],
)
def test_a_bad_row_is_refused_with_its_number(tmp_path: Path, rows: dict[str, Any], message: str) -> None:
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "set")
    with pytest.raises(DataError, match=message):
        load(hub(tmp_path))


def test_rows_without_words_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = {"tokens": [["a"], [], ["b"]], "tags": [["O"], [], ["B-X"]]}
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "set")
    said: list[str] = []
    actual = load_split(hub(tmp_path), "train", said.append)
    assert [(one.tokens, one.line) for one in actual] == [(("a",), 1), (("b",), 3)]
    assert any("left out: rows without words (1)" in note for note in said)


def test_a_name_that_is_neither_here_nor_reachable_is_one_clear_error(tmp_path: Path) -> None:
    program = (
        "from seqnlp.config.tagging import DataConfig; from seqnlp.data.sources import load_split\n"
        "load_split(DataConfig(format='hub', hub='nobody/nothing', train='train'), 'train', print)"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "nobody/nothing: `datasets` cannot load it; a hub name needs the network or a cached copy" in ended.stderr


def test_datasets_is_imported_only_for_the_hub() -> None:
    modules = "sys, seqnlp.data.sources, seqnlp.data.pairs"
    program = f"import {modules}; sys.exit('datasets' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def parallel(folder: Path, **settings: str) -> ParallelDataConfig:
    wanted = {"format": "hub", "dir": str(folder), "hub": "set", "train": "train", "source": "de", "target": "en"}
    return ParallelDataConfig(**{**wanted, **settings})


def texts(config: ParallelDataConfig, split: str = "train") -> list[tuple[str, str, int]]:
    return [(pair.source, pair.target, pair.line) for pair in load_pairs(config, split, print)]


DE, EN = ["ein\tHund", None, "ja"], ["a dog", "two", "yes"]
NESTED = {"id": [1, 2, 3], "translation": [{"de": de, "en": en} for de, en in zip(DE, EN, strict=True)]}


@pytest.mark.parametrize("rows", [NESTED, {"id": [1, 2, 3], "de": DE, "en": EN}, {**NESTED, "en": EN}])
def test_pairs_are_read_from_columns_or_the_column_translation(tmp_path: Path, rows: dict[str, Any]) -> None:
    datasets.DatasetDict(train=datasets.Dataset.from_dict(rows)).save_to_disk(tmp_path / "set")
    config = parallel(tmp_path, dev="train")
    assert texts(config) == [("ein Hund", "a dog", 1), ("ja", "yes", 3)]
    assert texts(config, "dev") == [("ein Hund", "a dog", 1), ("", "two", 2), ("ja", "yes", 3)]
    assert texts(config, "test") == []


def test_pairs_are_read_from_the_feature_type_made_for_translations(tmp_path: Path) -> None:
    features = datasets.Features({"translation": datasets.Translation(["de", "en"])})
    rows = {"translation": [{"de": "eins", "en": "one"}]}
    datasets.Dataset.from_dict(rows, features=features).save_to_disk(tmp_path / "set")
    assert texts(parallel(tmp_path, source="en", target="de")) == [("one", "eins", 1)]


def test_the_digest_of_pairs_is_that_of_their_texts(tmp_path: Path) -> None:
    datasets.Dataset.from_dict(NESTED).save_to_disk(tmp_path / "set")
    datasets.Dataset.from_dict({"de": DE, "en": EN}).save_to_disk(tmp_path / "flat")
    digest = pairs_digest(parallel(tmp_path), "train")
    assert len(digest) == 64
    assert pairs_digest(parallel(tmp_path, hub="flat"), "train") == digest
    assert pairs_digest(parallel(tmp_path, source="en", target="de"), "train") != digest


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "fr"}, r"set\[train\]:1: expected the field 'fr' in 'translation', found 'de', 'en'"),
        ({"train": "tran"}, r"set: no split 'tran' \(did you mean 'train'\?\); it has train"),
        ({"hub": "flat", "target": "eng"}, r"flat\[train\]:1: expected the field 'eng', found 'de', 'en', 'id' \(did "),
        ({"hub": "flat", "target": "id"}, r"flat\[train\]:1: expected text in 'id', found 1"),
        ({"source": ""}, r"data\.source: missing; name the key of the text, such as de"),
    ],
)
def test_absent_texts_of_pairs_are_refused(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    datasets.Dataset.from_dict(NESTED).save_to_disk(tmp_path / "set")
    datasets.Dataset.from_dict({"de": DE, "en": EN, "id": [1, 2, 3]}).save_to_disk(tmp_path / "flat")
    with pytest.raises(DataError, match=message):
        texts(parallel(tmp_path, **settings))
