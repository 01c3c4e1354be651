from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.documents import Columns, Document, read_row_documents, read_table_documents

NUMBERS = Columns("1", "0")
NAMES = Columns("text", "label")
SEVERAL = Columns("text", "label", ",")
Reader = Callable[[Path, Columns], Iterator[Document]]


def read_tsv(path: Path, columns: Columns) -> Iterator[Document]:
    return read_table_documents(path, "tsv", columns, Counter())


def read_csv(path: Path, columns: Columns) -> Iterator[Document]:
    return read_table_documents(path, "csv", columns, Counter())


def read_jsonl(path: Path, columns: Columns) -> Iterator[Document]:
    """Of rows that nobody rejected."""
    return read_row_documents(path, "jsonl", columns, Counter())


def read(reader: Reader, folder: Path, text: str, columns: Columns) -> list[tuple[tuple[str, ...], str, int]]:
    path = folder / "file"
    path.write_text(text, encoding="utf-8")
    return [(document.labels, document.text, document.line) for document in reader(path, columns)]


def problem(reader: Reader, folder: Path, text: str, columns: Columns) -> str:
    with pytest.raises(DataError) as caught:
        read(reader, folder, text, columns)
    return str(caught.value).removeprefix(f"{folder}/file")


def test_tsv_by_number_and_by_name(tmp_path: Path) -> None:
    expected = [(("pos",), "a fine film", 1), (("neg",), "dull", 2)]
    assert read(read_tsv, tmp_path, "pos\ta fine film\nneg\tdull\r\n\n", NUMBERS) == expected
    named = read(read_tsv, tmp_path, "id\ttext\tlabel\n1\ta fine film\tpos\n", NAMES)
    assert named == [(("pos",), "a fine film", 2)]


def test_labels_that_look_like_numbers_or_booleans_stay_as_they_are_written(tmp_path: Path) -> None:
    lines = "1\ta\n01\tb\n1.0\tc\nno\td\nnan\te\n"
    labels = [label for (label,), _, _ in read(read_tsv, tmp_path, lines, NUMBERS)]
    assert labels == ["1", "01", "1.0", "no", "nan"]
    rows = '{"text": "a", "label": 1}\n{"text": "b", "label": true}\n{"text": "c", "label": 0.5}\n'
    assert [label for (label,), _, _ in read(read_jsonl, tmp_path, rows, NAMES)] == ["1", "true", "0.5"]


def test_a_stray_quote_in_a_tsv_file_is_text(tmp_path: Path) -> None:
    lines = 'pos\t"quoted" and\nneg\t"never closed\npos\t5" wide\n'
    texts = [text for _, text, _ in read(read_tsv, tmp_path, lines, NUMBERS)]
    assert texts == ['"quoted" and', '"never closed', '5" wide']


def test_a_stray_tab_is_refused_with_its_line(tmp_path: Path) -> None:
    assert problem(read_tsv, tmp_path, "pos\ta\nneg\tb\tc\n", NUMBERS) == (
        ":2: expected 2 columns as in the file's first line, found 3; "
        "a tab inside a text would add one: replace it with a space"
    )
    assert ":2: expected 2 columns" in problem(read_tsv, tmp_path, "pos\ta\nno tab\n", NUMBERS)


def test_an_empty_text_is_a_document_and_an_empty_label_an_error(tmp_path: Path) -> None:
    assert read(read_tsv, tmp_path, "pos\t\nneg\t  \n", NUMBERS) == [(("pos",), "", 1), (("neg",), "", 2)]
    expected = ":1: expected a label, found none; give every document one, or set data.multi_label=true"
    assert problem(read_tsv, tmp_path, "\ta film\n", NUMBERS) == expected


def test_rows_without_any_text_are_no_documents(tmp_path: Path) -> None:
    expected = [(("pos",), "a film", 2), (("neg",), "", 4)]
    for columns in (NAMES, SEVERAL):
        assert read(read_csv, tmp_path, "label,text,\npos,a film,\n, ,\nneg,,\n,,\n", columns) == expected
    assert read(read_tsv, tmp_path, "\t\npos\ta film\n \t\n\nneg\t\n\t\n", NUMBERS) == [
        *expected[:1],
        (("neg",), "", 5),
    ]


def test_csv_fields_in_quotes_may_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    text = 'label,text\npos,"fine, ""really""\nfine"\nneg,dull\n'
    expected = [(("pos",), 'fine, "really"\nfine', 2), (("neg",), "dull", 4)]
    assert read(read_csv, tmp_path, text, NAMES) == expected


def test_a_csv_quote_in_the_wrong_place_names_the_line_where_the_row_begins(tmp_path: Path) -> None:
    message = problem(read_csv, tmp_path, 'label,text\npos,"never closed\nneg,dull\n', NAMES)
    assert message.startswith(":2: a quote opens or closes where it must not (unexpected end of data)")
    assert ":2: a quote" in problem(read_csv, tmp_path, 'label,text\npos,"a" b\n', NAMES)


def test_a_very_long_csv_field_is_read(tmp_path: Path) -> None:
    ((_, text, _),) = read(read_csv, tmp_path, "label,text\npos," + "word " * 100_000 + "\n", NAMES)
    assert len(text.split()) == 100_000


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    assert problem(read_tsv, tmp_path, "no label\n", NUMBERS).endswith("(from 0); columns have a tab between them")
    expected = ":1: found 2 columns, expected one more in column 2 (from 0)"
    assert problem(read_tsv, tmp_path, "pos\ta\n", Columns("2", "0")) == expected
    message = problem(read_csv, tmp_path, "label,txt\n", NAMES)
    assert "expected the column 'text', found 'label', 'txt' (did you mean 'txt'?)" in message


def test_several_labels_a_document(tmp_path: Path) -> None:
    rows = read(read_csv, tmp_path, 'text,label\na,"x, y,x"\nb,\n', SEVERAL)
    assert [labels for labels, _, _ in rows] == [("x", "y"), ()]
    lines = '{"text": "a", "label": ["x", 2]}\n{"text": "b", "label": []}\n'
    assert [labels for labels, _, _ in read(read_jsonl, tmp_path, lines, SEVERAL)] == [("x", "2"), ()]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"}', "expected the field 'label', found 'text'"),
        ('{"text": "a", "label": NaN}', "expected a label in 'label', found NaN"),
        ('{"text": 1, "label": "x"}', "expected text in 'text', found 1"),
        ('{"text": "a", "label": {}}', "expected a label in 'label', found {}"),
        (
            '{"text": "a", "label": ["x", "y"]}',
            'expected a label in \'label\', found ["x", "y"]; for several labels set data.multi_label=true',
        ),
        (
            '{"text": "a", "label": []}',
            "expected a label, found none; give every document one, or set data.multi_label=true",
        ),
        ('{"text": "a", "label": {"x": "y"}}', "expected a label, or a number for each label, in 'label', found {"),
        (
            '{"text": "a", "cats": {"x": 1}}',
            "expected the field 'label', found 'text', 'cats'; set data.text_column=text data.label_column=cats",
        ),
    ],
)
def test_json_of_the_wrong_kind(tmp_path: Path, line: str, message: str) -> None:
    assert problem(read_jsonl, tmp_path, f"{line}\n", NAMES).startswith(f":1: {message}")


@pytest.mark.parametrize("value", ['"x"', '["x"]', '{"x": 1, "y": 0.2}', '{"y": false, "x": true}'])
def test_a_label_may_stand_in_a_list_or_have_a_number(tmp_path: Path, value: str) -> None:
    line = f'{{"text": "a", "label": {value}}}\n'
    assert read(read_jsonl, tmp_path, line, NAMES) == [(("x",), "a", 1)]


def test_several_labels_with_numbers(tmp_path: Path) -> None:
    line = '{"text": "a", "label": {"x": 1, "y": 0.2, "z": 0.9}}\n'
    assert read(read_jsonl, tmp_path, line, SEVERAL) == [(("x", "z"), "a", 1)]


def test_rows_that_an_annotator_rejected_are_no_examples(tmp_path: Path) -> None:
    answers = ("accept", "reject", "ignore", "anything else")
    path = tmp_path / "rows.jsonl"
    rows = [json.dumps({"text": "a", "label": "x", "answer": answer}) for answer in answers]
    path.write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "rows.json").write_text(f"[{','.join(rows)}]", encoding="utf-8")
    for form in ("jsonl", "json"):
        left_out = Counter[str]()
        assert len(list(read_row_documents(tmp_path / f"rows.{form}", form, NAMES, left_out))) == 2
        assert left_out == {"rows that were rejected or ignored": 2}
    assert [one.labels for one in read_jsonl(path, Columns("text", "answer"))] == [(answer,) for answer in answers]


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ("text;label\n", "(from 0); if the fields are separated by ';' set data.delimiter=';'"),
        ('text\tlabel\n"one\n', r"; if texts stand in double quotes set data.format=csv data.delimiter='\t'"),
        ("text\tlabel\none\n", "a tab inside a text would add one: replace it with a space"),
    ],
)
def test_a_tsv_file_that_is_none_is_told_what_it_may_be(tmp_path: Path, lines: str, hint: str) -> None:
    assert problem(read_tsv, tmp_path, lines, NUMBERS).endswith(hint)


def test_gzip_is_read(tmp_path: Path) -> None:
    (tmp_path / "file.gz").write_bytes(gzip.compress(b"pos\tfine\n"))
    assert [document.text for document in read_tsv(tmp_path / "file.gz", NUMBERS)] == ["fine"]


@pytest.mark.parametrize(("heading", "text", "label"), [("label\ttext", 1, 0), ("Review\tSentiment", 0, 1)])
def test_names_of_columns_are_no_labelled_text(tmp_path: Path, heading: str, text: int, label: int) -> None:
    path = tmp_path / "data.tsv"
    path.write_text(f"{heading}\nbad\tdull\n", encoding="utf-8")
    with pytest.raises(DataError, match="found the names of the columns") as caught:
        list(read_tsv(path, Columns(str(text), str(label))))
    names = heading.split("\t")
    assert f"data.text_column={names[text]} data.label_column={names[label]}" in str(caught.value)
    (read,) = read_tsv(path, Columns(names[text], names[label]))
    assert (read.text, read.labels) == (("dull", ("bad",)) if label == 0 else ("bad", ("dull",)))


def test_a_text_that_is_one_such_name_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "data.tsv"
    path.write_text("good\ttext\nlabel\tfine\n", encoding="utf-8")
    assert len(list(read_tsv(path, Columns("1", "0")))) == 2


def test_columns_that_nobody_chose_are_refused_where_there_are_more(tmp_path: Path) -> None:
    path = tmp_path / "data.tsv"
    path.write_text("NUM\tdate\tWhen did the war end ?\nHUM\tname\tWho wrote it ?\n", encoding="utf-8")
    expected = (
        ":1: expected a label and a text, found 3 columns: 0 'NUM', 1 'date', 2 'When did the war end ?'; "
        "say which are meant, for example data.text_column=2 data.label_column=0"
    )
    with pytest.raises(DataError) as caught:
        list(read_tsv(path, Columns("1", "0", chosen=False)))
    assert str(caught.value).endswith(expected)
    assert [d.text for d in read_tsv(path, Columns("2", "0"))] == ["When did the war end ?", "Who wrote it ?"]
    path.write_text("id\tSentence\tlabel\n1\ta film\tgood\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"for example data\.text_column=Sentence data\.label_column=label"):
        list(read_tsv(path, Columns("1", "0", chosen=False)))


@pytest.mark.parametrize(
    ("heading", "hint"),
    [
        ("text;label", "if the fields are separated by ';' set data.delimiter=';'"),
        ("text\tlabel", r"if the fields are separated by '\t' set data.delimiter='\t'"),
        ("review,sentiment", "set data.text_column=review data.label_column=sentiment"),
        ("Comment,stars", "set data.text_column=Comment data.label_column=NAME"),
        ("was,wie", "name the columns with data.text_column and data.label_column"),
        ("it was a fine film,good", "for a file without names in its first line set data.text_column and"),
    ],
)
def test_the_hint_for_a_missing_column_fits_the_first_line(tmp_path: Path, heading: str, hint: str) -> None:
    message = problem(read_csv, tmp_path, f"{heading}\na,b\n", NAMES)
    assert "expected the column 'text', found " in message
    assert hint in message


def test_other_delimiters(tmp_path: Path) -> None:
    rows = 'text;label\n"fine; really, yes";good\n'
    expected = [(("good",), "fine; really, yes", 2)]
    assert read(read_csv, tmp_path, rows, Columns("text", "label", delimiter=";")) == expected
    lines = "good ||| fine; really, yes\n"
    columns = Columns("1", "0", chosen=False, delimiter=" ||| ")
    assert read(read_tsv, tmp_path, lines, columns) == [(("good",), "fine; really, yes", 1)]


CHOICES = '{"choices": ["kind", "short"]}'
QUOTED = CHOICES.replace('"', '""')


@pytest.mark.parametrize(
    ("reader", "rows"),
    [
        (read_csv, f'text,label\na,"{QUOTED}"\nb,kind\n'),
        (read_jsonl, f'{{"text": "a", "label": {CHOICES}}}\n{{"text": "b", "label": "kind"}}\n'),
        (read_jsonl, f'{{"text": "a", "label": {json.dumps(CHOICES)}}}\n{{"text": "b", "label": "kind"}}\n'),
    ],
)
def test_the_choices_of_label_studio_are_labels(tmp_path: Path, reader: Reader, rows: str) -> None:
    assert [labels for labels, _, _ in read(reader, tmp_path, rows, SEVERAL)] == [("kind", "short"), ("kind",)]
    expected = 'expected a label in \'label\', found ["kind", "short"]; for several labels set data.multi_label=true'
    assert problem(reader, tmp_path, rows, NAMES).endswith(expected)
    single = rows.replace(', "short"', "").replace(', ""short""', "").replace(', \\"short\\"', "")
    assert [labels for labels, _, _ in read(reader, tmp_path, single, NAMES)] == [("kind",), ("kind",)]


def test_a_text_that_may_hold_several_labels_is_no_list_of_them(tmp_path: Path) -> None:
    found = problem(read_jsonl, tmp_path, '{"text": "a", "label": "kind, short"}\n', SEVERAL)
    assert found == ":1: expected a list of labels in 'label', found \"kind, short\""
