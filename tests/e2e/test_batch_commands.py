"""``seqnlp batch``: rows in, the same rows out, whatever is in them."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
from pathlib import Path
from typing import Any, cast

import pyarrow
import pyarrow.parquet
import pytest
from command import TINY, output, refusal, seqnlp

import seqnlp as library
from seqnlp.api.mapping import BatchAnswers
from seqnlp.errors import SeqnlpError
from seqnlp.tables.job import answer_table
from seqnlp.workers import mapped

TEXTS = ["Velisk moved to Ombril .", "", "The harbour was cold .", None, "Port Ombril", "x" * 3]


@pytest.fixture(scope="module")
def classifier_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("batch") / "classifier"
    output("train", "recipe=sentiment/demo", f"run={run}", *TINY, "trainer.epochs=1")
    return run


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_parquet_keeps_its_columns_and_types(trained: Path, tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "id": pyarrow.array(range(60), pyarrow.int16()),
            "text": (TEXTS * 10),
            "when": pyarrow.array([1] * 60, pyarrow.timestamp("us")),
            "tags": ["given"] * 60,
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet", row_group_size=7)
    for workers in (1, 2):
        done = seqnlp("batch", trained, tmp_path / "in.parquet", tmp_path / f"{workers}.parquet", "--workers", workers)
        assert done.err == f"{tmp_path / f'{workers}.parquet'}: 60 rows, 10 without an answer (column error)\n"
    one, two = (pyarrow.parquet.read_table(tmp_path / f"{workers}.parquet") for workers in (1, 2))
    assert one.equals(two)
    assert one.select(table.column_names).equals(table)
    assert one.column_names == [*table.column_names, "predicted_tags", "tokens", "spans", "error"]
    [first, empty, _, none, *_] = one.to_pylist()
    expected = library.Tagger(trained).tag(str(TEXTS[0]))
    assert (first["predicted_tags"], first["spans"]) == (expected.tags, expected.to_dict()["spans"])
    assert (empty["tokens"], empty["error"]) == ([], None)
    assert (none["predicted_tags"], none["error"]) == (None, "expected text, found nothing")


def test_words_in_parquet_are_read_as_words(trained: Path, tmp_path: Path) -> None:
    words = [["Velisk", "moved"], None, [], ["a", ""]]
    pyarrow.parquet.write_table(pyarrow.table({"tokens": words}), tmp_path / "in.parquet")
    output("batch", trained, tmp_path / "in.parquet", tmp_path / "out.parquet", "--prefix", "m_")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["tokens", "m_tags", "m_spans", "m_error"]
    assert [len(tags) if tags is not None else None for tags in table["m_tags"].to_pylist()] == [2, None, 0, None]
    errors = table["m_error"].to_pylist()
    assert errors[0] is None
    assert "empty word" in errors[3]


def test_lists_of_words_in_csv_are_read_as_words(trained: Path, tmp_path: Path) -> None:
    """As pandas and we ourselves write them; a text beside them stays a text."""
    listed = ["['Port', 'Ombril']", '["Port", "Ombril"]', "Port Ombril", "[1]"]
    with (tmp_path / "in.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "tokens"], *enumerate(listed)])
    output("batch", str(trained), str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["tokens"] for row in rows] == listed
    assert [row["predicted_tokens"] for row in rows] == ["", "", '["Port", "Ombril"]', '["[", "1", "]"]']
    assert rows[0]["tags"] == rows[1]["tags"] == rows[2]["tags"]
    only = "tokens\n\"['Port', 'Ombril']\"\n"
    (tmp_path / "only.csv").write_text(only, encoding="utf-8")
    output("batch", str(trained), str(tmp_path / "only.csv"), str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert [row["tags"] for row in csv.DictReader(file)] == [rows[0]["tags"]]
    said = refusal("tag", str(trained), "--input", "csv", "--text-column", "tokens", stdin=only)
    assert "standard input: expected text in 'tokens', found a list of words in row 1" in said
    listed_words = json.dumps({"tokens": ["Velisk", "moved"]})
    said = refusal("tag", str(trained), "--input", "jsonl", "--text-column", "tokens", stdin=listed_words)
    assert said.endswith("""expected text in 'tokens', found ["Velisk", "moved"]; `seqnlp batch` reads such lists""")


def test_json_lines_that_cannot_be_read_stay_rows(classifier_run: Path, tmp_path: Path) -> None:
    lines = [
        b'{"text": "a fine film", "id": 1}',
        b'{"id": 2}',
        b"{",
        b"",
        b'{"text": 5, "error": "own"}',
        b'{"text": "\xff"}',
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join([*lines, b'{"text": ""}\n']))
    done = seqnlp("batch", classifier_run, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert done.err.endswith("out.jsonl: 6 rows, 4 without an answer (column error)\n")
    rows = rows_of(tmp_path / "out.jsonl")
    label = library.Classifier(classifier_run).classify("a fine film").label
    assert {**rows[0], "probability": 0} == {
        "text": "a fine film",
        "id": 1,
        "label": label,
        "probability": 0,
        "error": None,
    }
    assert [row.get("predicted_error", row["error"]) for row in rows[1:5]] == [
        "expected the field 'text', found 'id'",
        "line 3: expected one JSON object a line: Expecting property name enclosed in double quotes at column 2",
        "expected text, found 5",
        "line 6: byte 11 is not UTF-8",
    ]
    assert rows[5]["label"]


def test_an_object_is_neither_text_nor_words(trained: Path) -> None:
    columns = library.batch(trained, errors="column")({"text": [{"a": 1}, ["a"], b"a", "a"]})
    assert [error is None for error in columns["error"]] == [False, True, False, True]
    assert columns["tokens"] == [None, None, None, ["a"]]


def test_a_table_of_one_word_a_row_is_told_that_words_are_tagged_alone(trained: Path, tmp_path: Path) -> None:
    table = "sentence_id,word\n1,Velisk\n1,moved\n"
    (tmp_path / "in.csv").write_text(table, encoding="utf-8")
    expected = "each 'word' is tagged as a text of its own, not with its sentence; "
    batch = seqnlp("batch", trained, tmp_path / "in.csv", tmp_path / "out.csv", "--text-column", "word")
    assert expected + "give each sentence one row" in batch.err
    tagged = seqnlp("tag", trained, "--input", "csv", "--text-column", "word", stdin=table)
    assert f"note: {expected}write a word a line" in tagged.err
    other = seqnlp("tag", trained, "--input", "csv", stdin="sentence_id,text\n1,Velisk moved.\n")
    assert other.err == ""


def test_line_ends_of_windows_inside_a_cell_are_as_they_were(trained: Path, tmp_path: Path) -> None:
    text = "It rains.\r\nVelisk Korrasel moved to Yensa."
    table = f'id,text\r\n7,"{text}"\r\n'
    expected = library.Tagger(trained).tag(text)
    (tmp_path / "in.csv").write_bytes(table.encode())
    output("batch", trained, tmp_path / "in.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["text"], json.loads(row["spans"])) == (text, expected.to_dict()["spans"])
    tagged = json.loads(output("tag", trained, "--input", "csv", "--output", "jsonl", stdin=table))
    assert (tagged["id"], tagged["text"], tagged["spans"]) == ("7", text, expected.to_dict()["spans"])


def test_csv_keeps_its_delimiter_and_wrong_rows(classifier_run: Path, tmp_path: Path) -> None:
    text = 'id;review\n1;"good; really ""good"""\n2\n3;bad;more\n4;"two\nlines"\n5;\n'
    with gzip.open(tmp_path / "in.csv.gz", "wt") as file:
        file.write(text)
    out = tmp_path / "out.csv.gz"
    output("batch", classifier_run, tmp_path / "in.csv.gz", out, "--text-column", "review", "--workers", 2)
    with gzip.open(out, "rt") as file:
        heading, *rows = csv.reader(file, delimiter=";")
    assert heading == ["id", "review", "label", "probability", "error"]
    assert [row[:2] for row in rows] == [
        ["1", 'good; really "good"'],
        ["2", ""],
        ["3", "bad"],
        ["4", "two\nlines"],
        ["5", ""],
    ]
    assert rows[1][2:] == ["", "", "line 3: expected 2 columns as in the first line, found 1"]
    assert rows[0][2] == library.Classifier(classifier_run).classify('good; really "good"').label
    assert rows[3][4] == ""
    assert rows[4][2:] == ["", "", "expected text, found nothing"]


def test_a_translator_and_python(translator_run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "weil ein Hund einen Ball sieht ."}\n{"text": null}\n')
    output("batch", translator_run, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    first, second = rows_of(tmp_path / "out.jsonl")
    assert first["translation"] == library.Translator(translator_run).translate(first["text"]).text
    assert second["translation"] is None
    columns = library.batch(translator_run, errors="column")({"text": ["ein Hund", None]})
    assert columns["error"] == [None, "expected text, found nothing"]
    with pytest.raises(ValueError, match="errors: expected one of raise, column"):
        library.batch(translator_run, errors=cast(Any, "drop"))  # what is refused, so outside of the types


class Dies(BatchAnswers):
    """Ends its process at a certain text."""

    def answers(self, values: list[Any], wrong: Any = None) -> dict[str, list[Any]]:
        if "end" in values:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answers(values, wrong or {})


def test_what_was_written_before_a_worker_ended_is_kept(classifier_run: Path, tmp_path: Path) -> None:
    texts = ["good", "bad", "fine", "end", "more", "film"]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    answers = Dies(library.Classifier(classifier_run, threads=1), errors="column")
    told = r"had rows 3 to 4; .*; out\.jsonl\.partial holds the 2 rows before"
    with pytest.raises(SeqnlpError, match=told):
        answer_table(
            answers,
            tmp_path / "in.jsonl",
            tmp_path / "out.jsonl",
            lambda function, pieces: mapped(function, pieces, 2, "rows"),
            rows_at_once=2,
        )
    assert [row["text"] for row in rows_of(tmp_path / "out.jsonl.partial")] == ["good", "bad"]
    assert not (tmp_path / "out.jsonl").exists()


def test_what_stands_before_a_broken_row_is_kept_and_said(classifier_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_bytes(b"text,id\n" + b"good,1\n" * 3 + b"caf\xe9,2\nbad,3\n")
    told = refusal("batch", classifier_run, table, tmp_path / "new" / "out.csv")
    assert told.startswith(f"{table}:5: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line")
    assert told.endswith("; out.csv.partial holds the 3 rows before")
    assert len((tmp_path / "new" / "out.csv.partial").read_text().splitlines()) == 4
    table.write_bytes(b'text,id\n"good,1\n')
    assert "holds" not in refusal("batch", classifier_run, table, tmp_path / "other" / "out.csv")
    assert list((tmp_path / "other").iterdir()) == []


def test_a_name_that_ends_in_tsv_gets_tabs(classifier_run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('text;id\n"good; with\ta tab";1\n')
    output("batch", classifier_run, tmp_path / "in.csv", tmp_path / "a.tsv")
    heading, row = csv.reader((tmp_path / "a.tsv").read_text().splitlines(), delimiter="\t")
    assert (heading, row[:2]) == (["text", "id", "label", "probability", "error"], ["good; with\ta tab", "1"])
    output("batch", classifier_run, tmp_path / "a.tsv", tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_text().startswith("text,id,label,probability,error,predicted_label,")


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_other_kinds_of_files_are_called_by_their_names(classifier_run: Path, tmp_path: Path, ending: str) -> None:
    table, out = tmp_path / f"in.{ending}", tmp_path / f"out.{ending}"
    table.write_text('text\n{"text": 1}\n', encoding="utf-16")
    assert "found UTF-16 text; convert it with" in refusal("batch", classifier_run, table, out)
    table.write_bytes(b'text\r{"text": 1}\r')
    assert "lines that end in a line feed" in refusal("batch", classifier_run, table, out)
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a"]}), table)
    assert "let its name end in .parquet" in refusal("batch", classifier_run, table, out)
    assert not out.exists()


def test_what_cannot_be_is_refused(classifier_run: Path, trained: Path, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("id,texts\n1,a\n")
    assert "did you mean 'texts'" in refusal("batch", classifier_run, table, tmp_path / "out.csv")
    assert "another name" in refusal("batch", classifier_run, table, table)
    assert "ends as the input's (.csv)" in refusal("batch", classifier_run, table, tmp_path / "out.jsonl")
    (tmp_path / "folder.csv").mkdir()
    assert "expected a file to write, found a folder" in refusal(
        "batch", classifier_run, table, tmp_path / "folder.csv"
    )
    (tmp_path / "folder.csv").rmdir()
    assert "ends in .parquet" in refusal("batch", classifier_run, tmp_path / "in.txt", tmp_path / "out.txt")
    assert refusal("batch", classifier_run, tmp_path / "no.csv", tmp_path / "out.csv")
    detector = Path(__file__).parents[1] / "old_models" / "anomaly"
    wrong = refusal("batch", detector, table, tmp_path / "out.csv")
    assert wrong == "expected the column 'time', found 'id', 'texts'; the model reads time, degrees, kilowatts"
    assert "partial" not in wrong
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    (tmp_path / "in.parquet").write_text("no parquet")
    assert "expected a parquet file" in refusal("batch", trained, tmp_path / "in.parquet", tmp_path / "out.parquet")
