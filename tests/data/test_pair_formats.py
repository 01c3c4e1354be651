"""Sentence pairs as people have them: the format is recognised, said and read; another one is named."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.schema import read_section
from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.errors import DataError

PAIRS = [("Der Kahn, er treibt.", "The boat, it drifts."), ("Sie sagt „nein“", 'She says "no"'), ("gut", "good")]
UNIT = '<tu tuid="{0}"><tuv xml:lang="de"><seg>{1}</seg></tuv><tuv xml:lang="en"><seg>{2}</seg></tuv></tu>'


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def tmx(*units: str) -> str:
    head = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header srclang="de"/><body>'
    return "\n".join([head, *units, "</body></tmx>"])


UNITS = [UNIT.format(number, *pair) for number, pair in enumerate(PAIRS)]
TABLE = "id,de,en\n" + "".join(f"{n},{quoted(de)},{quoted(en)}\n" for n, (de, en) in enumerate(PAIRS))

FILES: dict[tuple[str, str], str] = {
    ("tsv", "train.txt"): "".join(f"{source}\t{target}\n" for source, target in PAIRS),
    ("csv", "train.csv"): TABLE,
    ("csv", "csv.txt"): TABLE,
    ("jsonl", "train.jsonl"): "".join(json.dumps({"de": de, "en": en}) + "\n" for de, en in PAIRS),
    ("jsonl", "jsonl.txt"): "".join(json.dumps({"translation": {"de": de, "en": en}}) + "\n" for de, en in PAIRS),
    ("json", "train.json"): json.dumps([{"de": de, "en": en} for de, en in PAIRS], indent=2),
    ("json", "json.txt"): json.dumps([{"de": de, "en": en} for de, en in PAIRS]),
    ("tmx", "train.tmx"): tmx(*UNITS),
    ("tmx", "memory.xml"): tmx(*UNITS),
}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return folder


def configured(folder: Path, train: str, **settings: Any) -> ParallelDataConfig:
    raw = {"dir": str(folder), "train": train, "source": "de", "target": "en", **settings}
    return read_section(ParallelDataConfig, raw)


def load(folder: Path, train: str, **settings: Any) -> tuple[list[tuple[str, str]], list[str]]:
    said: list[str] = []
    pairs = load_pairs(configured(folder, train, **settings), "train", said.append)
    return [(pair.source, pair.target) for pair in pairs], said


@pytest.mark.parametrize("key", FILES, ids=" ".join)
def test_each_format_is_recognised_said_and_read(tmp_path: Path, key: tuple[str, str]) -> None:
    form, name = key
    written(tmp_path, {name: FILES[key]})
    assert load(tmp_path, name) == (PAIRS, [f"{tmp_path / name}: read as data.format={form}"])
    assert load(tmp_path, name, format=form) == (PAIRS, [])
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(FILES[key].encode()))
    assert load(tmp_path, f"{name}.gz")[0] == PAIRS
    assert re.fullmatch("[0-9a-f]{64}", pairs_digest(configured(tmp_path, name), "train"))


# Two files


def test_two_files_have_a_pattern_a_prefix_or_both_names(tmp_path: Path) -> None:
    de, en = ("".join(f"{pair[side]}\n" for pair in PAIRS) for side in (0, 1))
    written(tmp_path, {"train.clean.de": de, "train.clean.en": en, "german.txt": de})
    (tmp_path / "packed.de.gz").write_bytes(gzip.compress(de.encode()))
    (tmp_path / "packed.en.gz").write_bytes(gzip.compress(en.encode()))
    names = (
        *("train.clean.{lang}", "train.clean", "train.clean.de", "train.clean.en"),
        *("packed.{lang}.gz", "packed", "packed.de", "packed.en.gz"),
        *("german.txt + train.clean.en", f"{tmp_path}/german.txt + packed.en.gz"),
    )
    for name in names:
        for form in ("auto", "files"):
            assert load(tmp_path, name, format=form) == (PAIRS, []), name
    back = load(tmp_path, "train.clean.de", source="en", target="de")[0]
    assert back == [(target, source) for source, target in PAIRS]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone", "gone: no such file"),
        ("half", "half.en: no such file"),
        (
            "half.de",
            "half.de: expected sentence pairs, found a file that looks like one side of them; set",
        ),
        ("a + b + c", "data.train: expected two files (a.txt + b.txt), found 3 in 'a + b + c'"),
        ("half.de + gone.en", "gone.en: no such file"),
        (".", "expected a file of sentence pairs, found a folder; for a folder of `datasets` set data.format=hub"),
    ],
)
def test_files_that_are_not_there_or_no_pairs_are_refused(tmp_path: Path, name: str, message: str) -> None:
    written(tmp_path, {"half.de": "eins, zwei\ndrei\n"})
    with pytest.raises(DataError, match=re.escape(message)):
        load(tmp_path, name)


def test_one_of_two_files_is_told_the_pattern_of_both(tmp_path: Path) -> None:
    written(tmp_path, {"train_de.txt": "ja\n", "train_en.txt": "yes\n", "dev_de.txt": "ja\n"})
    for name in ("train_de.txt", "train_en.txt"):
        with pytest.raises(DataError, match=r"one side of them; set data.train='train_\{lang\}.txt'$"):
            load(tmp_path, name)
    assert load(tmp_path, "train_{lang}.txt")[0] == [("ja", "yes")]
    with pytest.raises(DataError, match=r"one side of them; set data.train to a pattern"):
        load(tmp_path, "dev_de.txt")


# Tables


def test_names_of_columns_inside_joined_files_are_no_pair(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": "de,en\nja,yes\nde,en\ngut,good\n"})
    pairs, said = load(tmp_path, "a.csv")
    assert pairs == [("ja", "yes"), ("gut", "good")]
    assert f"{tmp_path / 'a.csv'}: left out: the names of the columns again, as in joined files (1)" in said


def test_columns_of_tables_have_names_or_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{n};{quoted(en)};{quoted(de)}\n" for n, (de, en) in enumerate(PAIRS))
    written(tmp_path, {"a.csv": f"nr;Englisch;Deutsch\n{rows}", "b.csv": rows})
    named = {"source_column": "Deutsch", "target_column": "Englisch", "delimiter": ";"}
    assert load(tmp_path, "a.csv", **named)[0] == PAIRS
    assert load(tmp_path, "b.csv", source_column=2, target_column=1, delimiter=";")[0] == PAIRS
    written(tmp_path, {"a.tsv": "nr\tde\ten\n" + "".join(f"{n}\t{a}\t{b}\n" for n, (a, b) in enumerate(PAIRS))})
    assert load(tmp_path, "a.tsv", source_column="de", target_column="en")[0] == PAIRS
    with pytest.raises(DataError, match=r"a\.csv:1: expected the column 'de', found 'nr;Englisch;Deutsch'; if .* ';'"):
        load(tmp_path, "a.csv")
    written(tmp_path, {"c.csv": '"de, en"\nja\n'})  # one name in quotes, which commas do not cut
    with pytest.raises(DataError, match=r"found 'de, en'.*; name the columns with data.source_column"):
        load(tmp_path, "c.csv")
    with pytest.raises(DataError, match=r"expected the column 'de', found 'nr', 'Englisch', .*data.source_column"):
        load(tmp_path, "a.csv", delimiter=";")
    with pytest.raises(DataError, match=r"b\.csv:1: found 3 columns, expected the source in column 5 \(from 0\)"):
        load(tmp_path, "b.csv", source_column=5, target_column=1, delimiter=";")


def test_texts_of_a_table_may_have_line_ends_and_quotes(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": 'de,en\n"zwei\nZeilen","two\r\nlines"\n"""ja""","yes, I do"\n'})
    assert load(tmp_path, "a.csv")[0] == [("zwei Zeilen", "two lines"), ('"ja"', "yes, I do")]
    written(tmp_path, {"b.csv": "de,en\neins,one,1\n"})
    with pytest.raises(DataError, match=r"b\.csv:2: expected 2 columns as in the file's first line, found 3; put"):
        load(tmp_path, "b.csv")
    written(tmp_path, {"c.csv": "de,en,de\na,b,c\n"})
    with pytest.raises(DataError, match=r"c\.csv:1: the column 'de' is there 2 times; give each its own name"):
        load(tmp_path, "c.csv")


def test_a_heading_above_numbered_columns_says_how_to_read_it(tmp_path: Path) -> None:
    written(tmp_path, {"a.tsv": "de\ten\nja\tyes\n"})
    with pytest.raises(DataError, match=r"by name: data\.source_column=de data\.target_column=en") as caught:
        load(tmp_path, "a.tsv")
    settings = dict(re.findall(r"data\.(\w+)=(\w+)", str(caught.value)))
    assert load(tmp_path, "a.tsv", **settings)[0] == [("ja", "yes")]


# TMX


@pytest.mark.parametrize("heading", ["en\tde", "target\tsource", "text_en\ttext_de"])
def test_a_heading_with_the_target_first_is_not_read_the_wrong_way_round(tmp_path: Path, heading: str) -> None:
    written(tmp_path, {"a.tsv": f"{heading}\nHello\tHallo\n"})
    target, source = heading.split("\t")
    with pytest.raises(DataError, match=r"the target first; read the columns by name: ") as caught:
        load(tmp_path, "a.tsv", source="de", target="en")
    assert str(caught.value).endswith(f"data.source_column={source} data.target_column={target}")
    assert load(tmp_path, "a.tsv", source="de", target="en", source_column=source, target_column=target)[0] == [
        ("Hallo", "Hello")
    ]


def test_quotes_of_csv_in_a_tsv_are_said(tmp_path: Path) -> None:
    written(tmp_path, {"a.tsv": '"Das ""große"" Haus"\tThe house\n"Ja"\t"Yes"\n""\tNo\n'})
    pairs, said = load(tmp_path, "a.tsv", source="de", target="en")
    assert pairs[0] == ('"Das ""große"" Haus"', "The house")
    assert [line for line in said if "quotes of CSV" in line] == [
        'train: 1 pair with the quotes of CSV, such as "Das ""große"" Haus"; '
        r"data.format=csv data.delimiter='\t' data.source_column=0 data.target_column=1 reads them"
    ]
    columns = {"source_column": "0", "target_column": "1"}
    pairs, said = load(tmp_path, "a.tsv", source="de", target="en", format="csv", delimiter=r"\t", **columns)
    assert pairs[:2] == [('Das "große" Haus', "The house"), ("Ja", "Yes")]
    assert not [line for line in said if "quotes of CSV" in line]


def test_codes_are_no_text_and_languages_find_their_regions(tmp_path: Path) -> None:
    units = [
        '<tu><tuv xml:lang="DE_at"><seg>Ein <bpt i="1">&lt;b></bpt>großes<ept i="1">&lt;/b></ept> Haus</seg></tuv>'
        '<tuv xml:lang="en-GB"><prop type="x">no text</prop><seg>A <hi>big</hi>\n  house<ph>{0}</ph> &amp; more</seg>'
        "</tuv></tu>",
        '<tu><tuv lang="en"><seg>alone</seg></tuv></tu>',
        '<tu>\n<tuv lang="en-US"><seg>first</seg></tuv><tuv lang="EN"><seg>exact</seg></tuv>'
        '<tuv lang="de"><seg>eins</seg></tuv><tuv lang="de"><seg>zwei</seg></tuv></tu>',
    ]
    path = written(tmp_path, {"a.tmx": tmx(*units)}) / "a.tmx"
    pairs, said = load(tmp_path, "a.tmx")
    assert pairs == [("Ein großes Haus", "A big   house & more"), ("eins", "exact")]
    assert said[1] == f"{path}: left out: translation units without de and en (1)"
    lines = [pair.line for pair in load_pairs(configured(tmp_path, "a.tmx"), "train", said.append)]
    assert lines == [4, 7]


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ('eins.<ph type="lb"/>Zwei', "eins. Zwei"),
        ("eins:<ph>&lt;br/&gt;</ph>(zwei)", "eins: (zwei)"),
        ("eins<ph>\\n</ph>„zwei“", "eins „zwei“"),
        ('Hallo<ph x="1">{1}</ph>Welt', "Hallo Welt"),
        ('eins.<ph x="1"/><ph x="2"/>Zwei', "eins. Zwei"),
        ("(<ph>%s</ph>) <ph>%d</ph>%", "() %"),
        ("<ph>&lt;b&gt;</ph>H<ph>&lt;/b&gt;</ph>aus", "Haus"),
        ('H<bpt i="1">{sub }</bpt>2<ept i="1">{}</ept>O', "H2O"),
        ("Wort<ph><sub>Anmerkung</sub></ph>.", "Wort."),
    ],
)
def test_codes_join_no_words_that_they_kept_apart(tmp_path: Path, segment: str, text: str) -> None:
    written(tmp_path, {"a.tmx": tmx(UNIT.format(1, segment, "fine"))})
    assert load(tmp_path, "a.tmx")[0] == [(text, "fine")]


def test_the_encoding_is_what_the_file_says(tmp_path: Path) -> None:
    for encoding in ("utf-16", "latin-1"):
        content = tmx(UNIT.format(1, "schön", "fine")).replace('"1.0"', f'"1.0" encoding="{encoding}"')
        (tmp_path / f"{encoding}.tmx").write_bytes(content.encode(encoding))
        assert load(tmp_path, f"{encoding}.tmx")[0] == [("schön", "fine")]


def test_what_is_no_translation_memory_of_these_languages_is_refused(tmp_path: Path) -> None:
    written(tmp_path, {"a.tmx": tmx(*UNITS), "b.tmx": tmx(*UNITS)[:-30], "c.tmx": tmx()})
    with pytest.raises(DataError, match=r"a\.tmx: expected translation units with de and fr, found only de, en; set"):
        load(tmp_path, "a.tmx", target="fr")
    with pytest.raises(DataError, match=r"b\.tmx:6: expected TMX, which is XML: "):
        load(tmp_path, "b.tmx")
    with pytest.raises(DataError, match=r"c\.tmx: no sentence pairs found; is data\.format=tmx right"):
        load(tmp_path, "c.tmx")


# Files of which not every line is a text


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("t.{}.srt", "1\n00:00:01,000 --> 00:00:02,000\n{}\n", "subtitles"),
        ("t.{}", "\n1\n00:00:01,000 --> 00:00:02,000\n{}\n", "subtitles"),
        ("t.{}", "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n", "subtitles"),
        ("t.{}", '# translators\nmsgid "a"\nmsgstr "{}"\n', "gettext (PO)"),
        ("t.{}", '{{\n  "hello": "{}"\n}}\n', "JSON"),
        ("t.{}", '{{"text": "{}"}}\n', "JSON lines"),
        ("t.{}", '<srcset setid="news" srclang="any">\n<seg id="1">{}</seg>\n', "markup (XML, HTML, SGML)"),
        (
            "t.{}",
            "<url>http</url>\n<keywords>talks</keywords>\n<talkid>1</talkid>\n<title>{}</title>\nHallo\n",
            "markup",
        ),
        ("t.{}", '<CHAPTER ID="1">\n{}\n<SPEAKER ID="1">\nHallo\n<P>\nJa\n<P>\n', "markup (XML, HTML, SGML)"),
        ("t.{}", '<?xml version="1.0"?>\n<text>{}</text>\n', "markup (XML, HTML, SGML)"),
        ("t.{}", "1\tlang\t{}\n2\tlang\tb\n3\tlang\tc\n", "a table"),
        ("t.{}.csv", "text\n{}\n", "a table"),
    ],
)
def test_two_files_of_another_kind_are_called_by_it(tmp_path: Path, name: str, content: str, found: str) -> None:
    written(tmp_path, {name.format(side): content.format(side) for side in ("de", "en")})
    for train in (name.format("{lang}"), f"{name.format('de')} + {name.format('en')}"):
        with pytest.raises(DataError, match=re.escape(f"expected a text a line, found {found}")):
            load(tmp_path, train)
    assert load(tmp_path, name.format("{lang}"), format="files")[0]


def test_several_files_of_both_sides_are_no_two_files_of_one(tmp_path: Path) -> None:
    written(tmp_path, {"a.tsv": "ja\tyes\n", "b.tsv": "gut\tgood\n"})
    with pytest.raises(DataError, match=r"found a table; .*; files with both sides are joined into one before; "):
        load(tmp_path, "a.tsv + b.tsv")


def test_texts_that_only_begin_oddly_are_texts(tmp_path: Path) -> None:
    written(tmp_path, {"t.po": "ja\n", "t.csv": "yes\n"})
    assert load(tmp_path, "t", source="po", target="csv")[0] == [("ja", "yes")]
    for number, first in enumerate(("12", "<unk> was here", "# Kapitel 1", "{ Klammer", "[1] a\tb", "<b>fett</b>")):
        written(tmp_path, {f"{number}.de": f"{first}\nja\n", f"{number}.en": f"{first}\nyes\n"})
        assert len(load(tmp_path, f"{number}.{{lang}}")[0]) == 2


# Other columns and keys


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (["0.98\tja\tyes", "0.5\tgut\tgood"], (1, 2)),
        (["7\tja\t9\tyes", "8\tgut\t3\tgood"], (1, 3)),
        (["de-en\tja\tyes", "de-en\tgut\tgood"], (1, 2)),
        (["ja\t0.9\tyes", "gut\t0.8\tgood"], (0, 2)),
    ],
)
def test_numbers_and_codes_of_a_table_are_not_learned(
    tmp_path: Path, rows: list[str], columns: tuple[int, int]
) -> None:
    written(tmp_path, {"a.tsv": "\n".join(rows) + "\n"})
    settings = f"data.source_column={columns[0]} data.target_column={columns[1]}"
    with pytest.raises(DataError, match=f"a.tsv: expected texts in columns 0 and 1, found none in column .*{settings}"):
        load(tmp_path, "a.tsv")
    chosen = load(tmp_path, "a.tsv", source_column=columns[0], target_column=columns[1])[0]
    assert chosen == [("ja", "yes"), ("gut", "good")]


def test_one_side_of_a_list_of_sentences_is_no_pairs(tmp_path: Path) -> None:
    texts = ["ja", "gut", "Guten Tag", "Wie geht es?", "nein"]
    written(tmp_path, {"a.tsv": "".join(f"{number}\tdeu\t{text}\n" for number, text in enumerate(texts))})
    written(tmp_path, {"b.tsv": "".join(f"{text}\tdeu\n" for text in texts)})
    for name, column in (("a.tsv", 2), ("b.tsv", 0)):
        found = f"found a text in column {column} alone, and 'deu' in every line; join the lines of both sides"
        with pytest.raises(DataError, match=found):
            load(tmp_path, name)


def test_numbers_are_a_side_where_no_other_column_holds_texts(tmp_path: Path) -> None:
    written(tmp_path, {"a.tsv": "drei\t3\t0.5\nvier\t4\t0.4\n"})
    assert load(tmp_path, "a.tsv")[0] == [("drei", "3"), ("vier", "4")]


def test_texts_of_json_have_the_names_that_are_set(tmp_path: Path) -> None:
    rows = [{"src_text": de, "tgt": en} for de, en in PAIRS]
    written(tmp_path, {"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows), "a.json": json.dumps(rows)})
    for name in ("a.jsonl", "a.json"):
        assert load(tmp_path, name, source_column="src_text", target_column="tgt")[0] == PAIRS
        with pytest.raises(DataError, match=r"'de', found 'src_text', 'tgt'; name the fields with data\.source_col"):
            load(tmp_path, name)
    written(tmp_path, {"b.jsonl": FILES["jsonl", "train.jsonl"]})
    assert load(tmp_path, "b.jsonl", source_column="2", target_column="3")[0] == PAIRS  # of another split's table


def test_bars_between_the_sides_are_told_and_read(tmp_path: Path) -> None:
    written(tmp_path, {"a.txt": "ja ||| yes\ngut ||| good\n"})
    with pytest.raises(
        DataError, match=r"if the fields are separated by ' \|\|\| ' set data.delimiter=' \|\|\| '; set data"
    ):
        load(tmp_path, "a.txt")
    assert load(tmp_path, "a.txt", delimiter=" ||| ")[0] == [("ja", "yes"), ("gut", "good")]
    written(tmp_path, {"b.txt": "en;de\nyes;ja\n"})
    assert load(tmp_path, "b.txt", delimiter=";")[0] == [("ja", "yes")]


# A wrong guess


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (("tmx", "train.tmx"), "jsonl"),
        (("csv", "train.csv"), "tsv"),
        (("tsv", "train.txt"), "tmx"),
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
