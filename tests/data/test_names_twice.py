"""Two columns of one name: an error that names it wherever one of them is read, and none where neither is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.anomaly_detection import AnomalyDataConfig
from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.schema import read_section
from seqnlp.config.series import SeriesDataConfig
from seqnlp.config.tagging import DataConfig
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.documents import load_documents
from seqnlp.data.hub import read_hub_documents
from seqnlp.data.pairs import load_pairs
from seqnlp.data.series.many import read_many
from seqnlp.data.series.parts import load_part
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError
from seqnlp.tables.reading import open_table
from seqnlp.text.documents import Columns


def silent(text: str) -> None:
    """Nobody listens."""


def documents(path: Path, **settings: Any) -> Any:
    return load_documents(read_section(DocumentDataConfig, {"train": str(path), **settings}), "train", silent)


def pairs(path: Path) -> Any:
    settings = {"train": str(path), "source": "de", "target": "en", "source_column": "de", "target_column": "en"}
    return load_pairs(read_section(ParallelDataConfig, settings), "train", silent)


def sentences(path: Path) -> Any:
    return load_split(read_section(DataConfig, {"train": str(path)}), "train", silent)


def series(path: Path) -> Any:
    config = read_section(AnomalyDataConfig, {"train": str(path), "time_column": "t", "value_columns": "v"})
    return load_part(config, "train", silent).series.values.tolist()


def several_series(path: Path) -> Any:
    settings = {"train": str(path), "time_column": "t", "value_columns": "v", "series_column": "s"}
    config = read_section(SeriesDataConfig, settings)
    return [one.values.tolist() for one in read_many(path, config, silent).values()]


READERS: list[tuple[Callable[[Path], Any], str, str, list[str]]] = [
    (documents, "a.csv", "text,label,id\nwell done,good,1\nno way,bad,2\n", ["text", "label"]),
    (
        lambda path: documents(path, text_column="text", label_column="label"),
        "a.tsv",
        "text\tlabel\tid\na b\tx\t1\n",
        ["text"],
    ),
    (pairs, "a.csv", "de,en,id\nja,yes,1\nnein,no,2\n", ["de", "en"]),
    (sentences, "a.csv", "Sentence #,Word,POS,Tag\n1,Oke,NNP,B-PER\n1,left,VB,O\n", ["Sentence #", "word", "Tag"]),
    (sentences, "b.csv", "text,labels,id\nOke left,B-PER O,1\n", ["text", "labels"]),
    (series, "a.csv", "t,v,w\n1,5,5\n2,6,6\n3,7,7\n", ["t", "v"]),
    (several_series, "a.csv", "s,t,v,w\na,1,5,5\na,2,6,6\na,3,7,7\n", ["s", "t", "v"]),
]


@pytest.mark.parametrize(("read", "file", "content", "used"), READERS)
def test_a_name_that_is_there_twice_is_an_error_where_it_is_read(
    tmp_path: Path, read: Callable[[Path], Any], file: str, content: str, used: list[str]
) -> None:
    delimiter = "\t" if file.endswith(".tsv") else ","
    head, *rows = content.splitlines()

    def written(name: str, name_of_next: str) -> Path:
        lines = [
            f"{head}{delimiter}{name}{delimiter}{name_of_next}",
            *(f"{row}{delimiter}9{delimiter}9" for row in rows),
        ]
        (tmp_path / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path / file

    plain = read(written("more", "less"))
    assert plain
    assert read(written("more", "more")) == plain
    for name in used:
        with pytest.raises(
            DataError, match=rf"\.[ct]sv.*:1: the column '(?i:{name})' is there 2 times; give each its own"
        ):
            read(written("more", name))


def test_parquet_and_tables_that_are_answered(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    columns = {"t": [1, 2, 3], "v": [5, 6, 7]}
    parquet.write_table(pa.table([*columns.values(), [9, 9, 9]], names=["t", "v", "v"]), path)
    with pytest.raises(DataError, match=r"a\.parquet: the column 'v' is there 2 times"):
        series(path)
    table = open_table(path, 10)
    table.require("t", "")
    with pytest.raises(DataError, match="the column 'v' is there 2 times"):
        table.require("v", "")


def test_a_folder_of_csv_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.csv").write_text("text,label,label\na,x,y\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"train\.csv:1: the column 'label' is there 2 times"):
        list(read_hub_documents(str(tmp_path / "set"), "", "train", Columns("text", "label")))


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_a_name_twice_in_an_object_of_json(tmp_path: Path, form: str) -> None:
    rows = ['{"text": "a", "label": "x", "label": "y"}', json.dumps({"text": "b", "label": "x"})]
    path = tmp_path / f"a.{form}"
    path.write_text("\n".join(rows) if form == "jsonl" else f"[{','.join(rows)}]", encoding="utf-8")
    with pytest.raises(DataError, match=rf"a\.{form}:1: expected .*: the name 'label' is there 2 times in one object"):
        documents(path)
