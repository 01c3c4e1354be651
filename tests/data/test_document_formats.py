"""Labelled documents as people have them: the format is recognised, said and read; another one is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.schema import read_section
from seqnlp.data.documents import documents_digest, load_documents
from seqnlp.errors import ConfigError, DataError

DOCUMENTS = [("calm", "the lake lies still"), ("wild", "a storm, at night"), ("calm", "no wind")]

FILES: dict[tuple[str, str], str] = {
    ("tsv", "train.txt"): "".join(f"{label}\t{text}\n" for label, text in DOCUMENTS),
    ("csv", "train.csv"): "label,text\n" + "".join(f'{label},"{text}"\n' for label, text in DOCUMENTS),
    ("csv", "csv.txt"): "text,label\n" + "".join(f'"{text}",{label}\n' for label, text in DOCUMENTS),
    ("jsonl", "train.jsonl"): "".join(json.dumps({"text": text, "label": label}) + "\n" for label, text in DOCUMENTS),
    ("jsonl", "jsonl.txt"): "".join(json.dumps({"label": label, "text": text}) + "\n" for label, text in DOCUMENTS),
    ("json", "train.json"): json.dumps([{"text": text, "label": label} for label, text in DOCUMENTS], indent=1),
    ("fasttext", "train.txt"): "".join(f"__label__{label} {text}\n" for label, text in DOCUMENTS),
    ("fasttext", "train.tsv"): "\n".join(f"__label__{label}\t{text}" for label, text in DOCUMENTS),
    ("trees", "train.txt"): "".join(
        f"({label} " + " ".join(f"(x {word})" for word in text.split()) + ")\n" for label, text in DOCUMENTS
    ),
}


def load(folder: Path, train: str, split: str = "train", **settings: Any) -> tuple[list[tuple[str, str]], list[str]]:
    said: list[str] = []
    config = read_section(DocumentDataConfig, {"dir": str(folder), "train": train, **settings})
    actual = load_documents(config, split, said.append)
    return [(" ".join(document.labels), document.text) for document in actual], said


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize("key", FILES, ids=" ".join)
def test_each_format_is_recognised_said_and_read(tmp_path: Path, key: tuple[str, str]) -> None:
    form, name = key
    written(tmp_path, {name: FILES[key]})
    actual, said = load(tmp_path, name)
    assert actual == DOCUMENTS
    assert said == ([] if form == "tsv" else [f"{tmp_path / name}: read as data.format={form}"])
    assert load(tmp_path, name, format=form) == (DOCUMENTS, [])


# fastText


def test_labels_of_fasttext_stand_anywhere_and_may_be_several(tmp_path: Path) -> None:
    written(
        tmp_path, {"train.txt": "__label__a __label__b  two  words \n\nplain text __label__b\n__label__a x__label__\n"}
    )
    actual, _ = load(tmp_path, "train.txt", multi_label=True)
    assert actual == [("a b", "two  words"), ("b", "plain text"), ("a", "x__label__")]
    written(tmp_path, {"train.txt": "__label__a one\n__label__a __label__b two\n"})
    with pytest.raises(DataError, match=r"train.txt:2: expected one label, found a, b; .* data.multi_label=true"):
        load(tmp_path, "train.txt")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no label here", "train.txt:2: expected __label__NAME and a text, found 'no label here'"),
        ("__label__ text", "train.txt:2: expected a name after __label__, found none"),
    ],
)
def test_a_line_without_its_label_is_refused(tmp_path: Path, line: str, message: str) -> None:
    written(tmp_path, {"train.txt": f"__label__a one\n{line}\n"})
    with pytest.raises(DataError, match=message):
        load(tmp_path, "train.txt", format="fasttext")


# A folder per class


CLASSES = {
    "train/calm/1.txt": "the lake lies still\n",
    "train/calm/2.txt": "no wind\nat all",
    "train/wild/storm/9.txt": "a storm",
    "train/wild/empty.txt": "",
    "train/wild/notes.feat": "1:7",
    "train/urls.txt": "x",
    "train/.hidden/1.txt": "x",
    "train/wild/.DS_Store": "x",
}


def test_a_folder_per_class_is_read_and_other_files_are_counted(tmp_path: Path) -> None:
    written(tmp_path, CLASSES)
    actual, said = load(tmp_path, "train")
    assert actual == [("calm", "the lake lies still"), ("calm", "no wind\nat all"), ("wild", ""), ("wild", "a storm")]
    assert said == [
        f"{tmp_path / 'train'}: read as data.format=folder",
        f"{tmp_path / 'train'}: left out: files that are no texts of a class (2)",
        "train: 1 empty document (kept)",
    ]
    kept, said = load(tmp_path, "train", label_map="wild:")
    assert [label for label, _ in kept] == ["calm", "calm"]
    assert said[-1] == "train: 2 documents dropped by data.label_map ('wild' 2)"


def test_files_of_any_name_are_texts_where_none_ends_in_txt(tmp_path: Path) -> None:
    written(tmp_path, {"news/space/10008": "orbit", "news/space/10009": "moon", "news/food/7": "soup"})
    assert load(tmp_path, "news")[0] == [("food", "soup"), ("space", "orbit"), ("space", "moon")]


def test_the_digest_of_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    def digest() -> str:
        return documents_digest(read_section(DocumentDataConfig, {"dir": str(tmp_path), "train": "train"}), "train")

    written(tmp_path, CLASSES)
    digests = [digest()]
    written(tmp_path, {"train/calm/1.txt": "changed"})
    digests.append(digest())
    (tmp_path / "train/calm/1.txt").rename(tmp_path / "train/wild/1.txt")
    digests.append(digest())
    assert len(set(digests)) == 3


def test_a_part_of_a_folder_can_be_held_out(tmp_path: Path) -> None:
    written(tmp_path, {f"train/{'ab'[n % 2]}/{n}.txt": f"text {n}" for n in range(40)})
    dev, _ = load(tmp_path, "train", "dev", dev="20%")
    assert sorted(label for label, _ in dev) == ["a"] * 4 + ["b"] * 4


def test_folders_that_hold_no_classes_are_refused(tmp_path: Path) -> None:
    written(tmp_path, {"flat/1.txt": "x", "mixed/a/1.txt": "x"})
    with pytest.raises(DataError, match=r"flat: expected a file, or a folder for each class, as in pos/1.txt"):
        load(tmp_path, "flat")
    with pytest.raises(DataError, match="flat: expected a folder for each class with a file for each text"):
        load(tmp_path, "flat", format="folder")
    with pytest.raises(DataError, match=r"data.multi_label: a file in a folder of its class has one label"):
        load(tmp_path, "mixed", multi_label=True)
    (tmp_path / "mixed/a/2.txt").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match=r"2.txt:1: expected UTF-8 text"):
        load(tmp_path, "mixed")


# A wrong guess


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (("fasttext", "train.txt"), "tsv"),
        (("fasttext", "train.txt"), "jsonl"),
        (("tsv", "train.txt"), "fasttext"),
        (("tsv", "train.txt"), "trees"),
        (("csv", "train.csv"), "tsv"),
        (("csv", "csv.txt"), "fasttext"),
        (("jsonl", "jsonl.txt"), "csv"),
        (("json", "train.json"), "jsonl"),
    ],
    ids=str,
)
def test_a_file_that_looks_like_another_format_is_refused_with_its_name(
    tmp_path: Path, key: tuple[str, str], form: str
) -> None:
    written(tmp_path, {key[1]: FILES[key]})
    with pytest.raises(DataError, match=f"looks like data.format={key[0]}, is data.format={form} right"):
        load(tmp_path, key[1], format=form)


def test_a_folder_read_as_a_file_is_refused_with_its_format(tmp_path: Path) -> None:
    written(tmp_path, CLASSES)
    with pytest.raises(DataError, match=r"expected a file, found a folder; the file looks like data.format=folder"):
        load(tmp_path, "train", format="tsv")


def test_each_split_may_have_its_own_format(tmp_path: Path) -> None:
    written(tmp_path, {"train.txt": FILES["fasttext", "train.txt"], "dev.csv": FILES["csv", "train.csv"], **CLASSES})
    splits = {"dev": "dev.csv", "test": "train"}
    assert load(tmp_path, "train.txt", "dev", **splits)[0] == load(tmp_path, "train.txt", **splits)[0] == DOCUMENTS
    assert len(load(tmp_path, "train.txt", "test", **splits)[0]) == 4


def test_texts_that_begin_with_brackets_are_texts(tmp_path: Path) -> None:
    rows = [("x", "[1] a note"), ("(y", "and (so) on)"), ("{z", "{braces}")]
    for label, text in rows:
        written(tmp_path, {"train.txt": f"{label}\t{text}\n"})
        assert load(tmp_path, "train.txt")[0] == [(label, text)]


def test_settings_that_do_not_go_with_the_format(tmp_path: Path) -> None:
    from seqnlp.config.reading import read_config

    for form, settings in (("folder", {"multi_label": True}), ("fasttext", {"delimiter": ";"})):
        raw = {"task": "classification", "run": "r", "data": {"train": "t", "dev": "d", "format": form, **settings}}
        with pytest.raises(ConfigError, match=r"data\.(multi_label|delimiter): "):
            read_config(raw)


def test_quotes_of_csv_in_tsv_are_said_and_what_reads_them(tmp_path: Path) -> None:
    for line in ('calm\t"he said ""no wind"""\nwild\ta "storm"\n', '"calm"\t"no wind"\nwild\tno\n'):
        written(tmp_path, {"train.tsv": line})
        _, (said,) = load(tmp_path, "train.tsv")
        assert said.startswith("train: 1 document with the quotes of CSV, such as ")
        remedy = r"data.format=csv data.delimiter='\t' data.text_column=1 data.label_column=0 reads them"
        assert said.endswith(remedy)
    settings = {"format": "csv", "delimiter": r"\t", "text_column": "1", "label_column": "0"}
    assert load(tmp_path, "train.tsv", **settings)[0] == [("calm", "no wind"), ("wild", "no")]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_column_that_names_numbered_labels_is_pointed_out(tmp_path: Path, name: str) -> None:
    rows = [{"text": text, "label": int(label == "wild"), "label_text": label} for label, text in DOCUMENTS]
    table = "text,label,label_text\n" + "".join(f'"{one["text"]}",{one["label"]},{one["label_text"]}\n' for one in rows)
    lines = "".join(json.dumps(one) + "\n" for one in rows)
    written(tmp_path, {name: {"csv": table, "jsonl": lines, "json": json.dumps(rows)}[name[2:]]})
    actual, said = load(tmp_path, name)
    assert [label for label, _ in actual] == ["0", "1", "0"]
    setting = "data.label_column=label_text"
    assert said[1:] == [f"train: the labels are numbers, and the column 'label_text' seems to name them: {setting}"]
    actual, said = load(tmp_path, name, label_column="label_text")
    assert (actual, said[1:]) == (DOCUMENTS, [])


@pytest.mark.parametrize("numbers", ["0.0 1.0 0.0", "-1 1 -1"])
def test_numbers_with_a_point_or_a_sign_are_numbered_labels_too(tmp_path: Path, numbers: str) -> None:
    rows = zip(numbers.split(), DOCUMENTS, strict=True)
    table = "".join(f'{number},{label},"{text}"\n' for number, (label, text) in rows)
    written(tmp_path, {"a.csv": f"label,label_name,text\n{table}"})
    assert load(tmp_path, "a.csv")[1][1].endswith("data.label_column=label_name")


# what spreadsheets and joined files add

TABLE = "label,text\n" + 3 * "calm,the lake lies still\nwild,a storm\n"


@pytest.mark.parametrize("row", ["Total,24", "Total:,", "SUM,1 024", 'Gesamt,"1.024,5"', "average,50 %"])
def test_a_total_below_a_table_is_refused(tmp_path: Path, row: str) -> None:
    written(tmp_path, {"a.csv": f"{TABLE}{row}\n,\n"})
    with pytest.raises(
        DataError, match=r"a\.csv:8: .* looks like a total below the table \('.*'\): .*; remove the row"
    ):
        load(tmp_path, "a.csv")


def test_a_total_below_a_table_that_is_scored_is_refused_too(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": TABLE, "b.csv": f"{TABLE}Total,6\n"})
    with pytest.raises(DataError, match=r"b\.csv:8: .* looks like a total"):
        load(tmp_path, "a.csv", "test", test="b.csv")


def test_a_total_is_known_with_the_text_first(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": "text,label\na storm,1\nno wind,0\na gale,1\na lull,0\nTotal,4\n"})
    with pytest.raises(DataError, match=r"a\.csv:6: .* \('4', 'Total'\)"):
        load(tmp_path, "a.csv")


def test_a_last_row_with_a_label_of_its_own_is_said(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": f"{TABLE}Source,the lake's keeper\n"})
    note = "warning: the label 'Source' occurs once, on line 8, the last; remove the row if it is a note or a total"
    assert load(tmp_path, "a.csv")[1][1:] == [note]


@pytest.mark.parametrize("end", ["total,the sum of it\ntotal,all\n", "total,24\ntotal,25\n", ""])
def test_a_label_that_is_called_as_totals_are_may_be_one(tmp_path: Path, end: str) -> None:
    written(tmp_path, {"a.csv": TABLE + end})
    assert len(load(tmp_path, "a.csv")[0]) == 6 + end.count("\n")
    assert load(tmp_path, "a.csv")[1][1:] == []


def test_the_heading_of_a_joined_file_is_no_document_and_its_byte_order_mark_no_letter(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": 2 * f"\ufeff{TABLE}", "b.tsv": 2 * "\ufeffcalm\tthe lake\nwild\ta storm\n"})
    documents, said = load(tmp_path, "a.csv")
    assert len(documents) == 12
    assert said[1:] == [f"{tmp_path / 'a.csv'}: left out: the names of the columns again, as in joined files (1)"]
    assert [label for label, _ in load(tmp_path, "b.tsv")[0]] == ["calm", "wild", "calm", "wild"]


def test_fields_in_quotes_after_spaces_are_read_without_both(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": 'label, "text"\ncalm, "the lake, still"\nwild, "a ""storm"""\n'})
    assert load(tmp_path, "a.csv")[0] == [("calm", "the lake, still"), ("wild", 'a "storm"')]


def test_names_of_columns_below_a_title_are_found(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": f"The lake\n\nin 2024,\n{TABLE}"})
    with pytest.raises(
        DataError, match=r"a\.csv:1: .*; line 4 has the names of the columns: delete the lines above it"
    ):
        load(tmp_path, "a.csv")


def test_an_array_that_holds_no_objects_is_json_all_the_same(tmp_path: Path) -> None:
    written(tmp_path, {"a.json": '[["a storm", "wild"], ["no wind", "calm"]]'})
    with pytest.raises(DataError, match=r'a\.json:1: expected a JSON object, found \["a storm", "wild"\]'):
        load(tmp_path, "a.json")


def test_tasks_of_label_studio_are_told_how_to_be_exported(tmp_path: Path) -> None:
    result = [{"value": {"choices": ["calm"]}, "type": "choices"}]
    written(tmp_path, {"a.json": json.dumps([{"data": {"text": "no wind"}, "annotations": [{"result": result}]}])})
    with pytest.raises(
        DataError, match=r"found 'data', 'annotations'.*; for a classifier export .* as JSON-MIN or CSV"
    ):
        load(tmp_path, "a.json")


def test_labels_to_rename_that_nothing_has_are_said(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": TABLE})
    documents, said = load(tmp_path, "a.csv", label_map="calm:still,Wild:rough")
    assert {label for label, _ in documents} == {"still", "wild"}
    assert said[1:] == ["train: nothing has the label 'Wild' of data.label_map; the labels are 'calm', 'wild'"]
    assert load(tmp_path, "a.csv", label_map="calm:still,wild:rough")[1][1:] == []


def test_folders_of_splits_are_no_classes(tmp_path: Path) -> None:
    written(tmp_path, {f"imdb/{split}/{label}/1.txt": "a storm" for split in ("train", "test") for label in "ab"})
    with pytest.raises(
        DataError, match=r"imdb: .* found those of splits \('test', 'train'\); name one of them as data"
    ):
        load(tmp_path, "imdb")
    assert [label for label, _ in load(tmp_path, "imdb/train")[0]] == ["a", "b"]
