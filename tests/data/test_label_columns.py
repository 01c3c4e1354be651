"""Tables with a column of 0 and 1 for each label: read as such, and what is said where nobody named the columns."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from seqnlp.compose import compose_config
from seqnlp.config.classification import ClassificationConfig, DocumentDataConfig
from seqnlp.config.schema import read_section
from seqnlp.data.documents import load_documents
from seqnlp.errors import ConfigError, DataError

NAMES = ("toxic", "severe toxic", "threat")
ROWS = [("you fool", (1, 0, 0)), ("I, too", (0, 0, 0)), ("fool, beware", (1, 0, 1))]
LABELS = [("toxic",), (), ("toxic", "threat")]
CSV = "id,comment_text,toxic,severe toxic,threat\n" + "".join(
    f'{number},"{text}",{",".join(map(str, marks))}\n' for number, (text, marks) in enumerate(ROWS)
)
SETTINGS: dict[str, Any] = {
    "text_column": "comment_text",
    "label_columns": ["toxic", "severe toxic", "threat"],
    "multi_label": True,
}


def load(path: Path, content: str, **settings: Any) -> tuple[list[tuple[str, ...]], list[str], list[str]]:
    """Labels, texts and what is said."""
    path.write_text(content, encoding="utf-8")
    said: list[str] = []
    config = read_section(DocumentDataConfig, {"train": str(path), **settings})
    documents = load_documents(config, "train", said.append)
    return [one.labels for one in documents], [one.text for one in documents], said


def json_rows(*marks: Any) -> str:
    """The rows in JSON lines; in the place of 0 and 1 other marks."""
    rows = [{"comment_text": text, **{n: marks[m] for n, m in zip(NAMES, row, strict=True)}} for text, row in ROWS]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.csv", CSV),
        ("a.csv", CSV.replace(",1", ",1.0").replace(",0,", ", 0.0 ,")),
        ("a.csv", CSV.replace(",1", ",True").replace(",0", ",FALSE")),
        ("a.tsv", CSV.replace(",", "\t").replace("\t too", ", too").replace("\t beware", ", beware").replace('"', "")),
        ("a.jsonl", json_rows(0, 1)),
        ("a.jsonl", json_rows(False, True)),
        ("a.jsonl", json_rows(0.0, 1.0)),
    ],
)
def test_the_labels_of_a_text_are_the_columns_that_hold_1(tmp_path: Path, file: str, content: str) -> None:
    labels, texts, said = load(tmp_path / file, content, **SETTINGS)
    assert (labels, texts) == (LABELS, [text for text, _ in ROWS])
    assert said[-1] == "train: no text has the label 'severe toxic'"


def test_one_label_is_read_from_such_columns_too(tmp_path: Path) -> None:
    one = {"text_column": "comment_text", "label_columns": "toxic, threat"}
    content = "comment_text,toxic,threat\na,1,0\nb,0,1\n"
    assert load(tmp_path / "a.csv", content, **one)[0] == [("toxic",), ("threat",)]
    for row, found in (("c,0,0", "none"), ("c,1,1", r"2 \(toxic, threat\)")):
        with pytest.raises(
            DataError, match=rf"a\.csv:4: expected 1 in one column of data.label_columns, found it in {found};"
        ):
            load(tmp_path / "a.csv", f"{content}{row}\n", **one)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"expected the column 'insult', .*; name .* data.text_column and data.label_columns$"
    ):
        load(tmp_path / "a.csv", CSV, **{**SETTINGS, "label_columns": "toxic, insult"})


@pytest.mark.parametrize("mark", ["", "-1", "2", "0.7", "yes"])
def test_what_is_neither_0_nor_1_is_an_error(tmp_path: Path, mark: str) -> None:
    with pytest.raises(
        DataError, match=rf"a\.csv:2: expected 0 or 1 in 'threat' \(data.label_columns\), found \"?{mark}"
    ):
        load(tmp_path / "a.csv", f"comment_text,toxic,severe toxic,threat\na,1,0,{mark}\n", **SETTINGS)


def test_labels_are_renamed_and_a_data_set_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels, *_ = load(tmp_path / "a.csv", CSV, **SETTINGS, label_map="toxic:rude,threat:")
    assert labels == [("rude",), ()]
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.jsonl").write_text(json_rows(0, 1), encoding="utf-8")
    config = read_section(DocumentDataConfig, {"train": "train", "hub": str(tmp_path / "set"), **SETTINGS})
    assert [one.labels for one in load_documents(config, "train", lambda text: None)] == LABELS
    config = read_section(DocumentDataConfig, {"train": "train", "hub": str(tmp_path / "set")})
    with pytest.raises(
        DataError, match=r"expected the column 'label', found .*: set data.text_column=comment_text 'data"
    ):
        load_documents(config, "train", lambda text: None)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.csv", CSV),
        ("a.tsv", CSV.replace(",", "\t").replace("\t too", ", too").replace("\t beware", ", beware").replace('"', "")),
        ("a.jsonl", "".join(reversed(json_rows(0, 1).splitlines(keepends=True)))),
    ],
)
def test_the_message_says_what_to_set_and_that_reads_the_file(tmp_path: Path, file: str, content: str) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path / file, content)
    message, _, advice = str(caught.value).partition("hold 0 or 1, as a column for each label does: set ")
    assert "'toxic', 'severe toxic' ... " in message
    typed = ["task=classification", f"data.train={tmp_path / file}", "data.dev=10%", *shlex.split(advice)]
    config = compose_config(typed)
    assert isinstance(config, ClassificationConfig)
    config.data.dev = ""
    actual = {one.text: one.labels for one in load_documents(config.data, "train", lambda text: None)}
    assert actual == {text: labels for (text, _), labels in zip(ROWS, LABELS, strict=True)}


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("review,a,b\nx,1,0\ny,0,1\n", "set data.text_column=review 'data.label_columns=[a, b]'"),
        ("review,a,b\nx,1,0\ny,0,0\n", "set data.text_column=review 'data.label_columns=[a, b]' data.multi_label=true"),
        (
            "body text,spam\nx y,1\nz,0\n",
            "'spam' holds 0 or 1: set 'data.text_column=body text' data.label_column=spam",
        ),
        ("review,class,b,c\nx,neg,0,1\n", "set data.text_column=review data.label_column=class"),
        ("review,score\nx,7\n", "set data.text_column=review data.label_column=NAME"),
        (
            "review,true,it's\nx,1,0\n",
            """set data.text_column=review 'data.label_columns=['"'"'true'"'"', '"'"'it\\'"'"'s'"'"']'""",
        ),
    ],
)
def test_what_is_said_of_other_tables(tmp_path: Path, content: str, advice: str) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path / "a.csv", content)
    assert str(caught.value).endswith(advice)


def test_settings_that_do_not_go_together_are_named() -> None:
    def problem(*settings: str) -> str:
        with pytest.raises(ConfigError) as caught:
            compose_config(["task=classification", "data.train=a.csv", "data.dev=10%", *settings])
        return caught.value.problems[0]

    assert problem("data.label_columns=[a, b]", "data.label_column=a").endswith("it or data.label_column, found both")
    assert "two columns, such as [toxic, insult], found 'a'" in problem("data.label_columns=a")
    assert "found 'a, a'" in problem("data.label_columns=[a, a]")
    assert "'text' is the column of the text" in problem("data.label_columns=[a, text]")
    assert problem("data.label_columns=[a, b]", "data.format=trees").endswith("found data.format=trees")
