"""Sentence pairs from text files: what is read, and the ways in which the files can be broken."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from seqnlp.errors import DataError
from seqnlp.text.pair_tables import PairColumns, read_table_pairs
from seqnlp.text.parallel import SentencePair, one_line, read_aligned, read_row_pairs

Texts = list[tuple[str, str, int]]


def write(folder: Path, content: str | bytes, name: str = "pairs") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def aligned(folder: Path, source: str | bytes, target: str | bytes) -> Texts:
    return plain(list(read_aligned(write(folder, source, "a.de"), write(folder, target, "a.en"))))


def tsv(folder: Path, content: str, *columns: int) -> Texts:
    return plain(list(read_table_pairs(write(folder, content), "tsv", PairColumns(*map(str, columns)), Counter())))


def jsonl(folder: Path, *rows: Any) -> Texts:
    content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return plain(list(read_row_pairs(write(folder, content), "jsonl", "de", "en")))


def plain(pairs: list[SentencePair]) -> Texts:
    return [(pair.source, pair.target, pair.line) for pair in pairs]


def test_multi30k_has_its_published_size_and_its_first_pair(shared_data: Path) -> None:
    folder = shared_data / "translation" / "multi30k"
    pairs = list(read_aligned(folder / "val.de.gz", folder / "val.en.gz"))
    assert [pair.line for pair in pairs] == list(range(1, 1015))
    for side, language in (("source", "de"), ("target", "en")):
        lines = gzip.decompress((folder / f"val.{language}.gz").read_bytes()).decode().split("\n")[:-1]
        assert [getattr(pair, side) for pair in pairs] == [line.strip() for line in lines]


def test_one_file_may_be_packed_and_the_other_not(tmp_path: Path) -> None:
    assert aligned(tmp_path, gzip.compress("ä\n".encode()), "a\n") == [("ä", "a", 1)]


def test_blank_lines_stay_as_empty_sides_so_that_lines_stay_aligned(tmp_path: Path) -> None:
    pairs = aligned(tmp_path, "eins\n\n \ndrei\n", "one\ntwo\n\t\nthree")
    assert pairs == [("eins", "one", 1), ("", "two", 2), ("", "", 3), ("drei", "three", 4)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" \u3000a b\u00a0 ", "a b"),
        ("a\u2028b\u2029c\u0085d\te\x0bf\x0cg\rh\x1bi\x7fj", "a b c d e f g h i j"),
        ("a\r\n\nb", "a b"),
        ("two  spaces, U+00A0\u00a0and U+200D \U0001f468\u200d\U0001f469 stay", None),
        ("\u2028\t", ""),
        ("\u200b \ufeff\u00ad", ""),
        ("a\u200bb", None),
    ],
)
def test_a_text_becomes_one_line_and_else_stays_as_it_is(text: str, expected: str | None) -> None:
    assert one_line(text) == (text if expected is None else expected)
    assert len(one_line(text).splitlines()) <= 1


def test_odd_line_separators_do_not_shift_the_alignment(tmp_path: Path) -> None:
    pairs = aligned(tmp_path, "a\u2028b\r\nc\n", "x\u0085\x0cy\nz\n")
    assert pairs == [("a b", "x y", 1), ("c", "z", 2)]


@pytest.mark.parametrize(("here", "there"), [(2, 3), (3, 2), (1, 1200), (1200, 1)])
def test_files_of_different_length_are_refused_with_both_counts(tmp_path: Path, here: int, there: int) -> None:
    message = (
        rf"a\.de: expected as many lines as in .*a\.en, found {here:,} here and {there:,} there; "
        "make them again from one list of pairs, keeping empty lines"
    )
    with pytest.raises(DataError, match=message):
        aligned(tmp_path, "a\n" * here, "b\n" * there)


def test_files_are_read_only_as_far_as_pairs_are_asked_for(tmp_path: Path) -> None:
    source, target = write(tmp_path, b"a\nb\n\xff\n", "a.de"), write(tmp_path, "x\ny\n", "a.en")
    assert plain(list(islice(read_aligned(source, target), 2))) == [("a", "x", 1), ("b", "y", 2)]


def test_bytes_that_are_not_utf8_are_refused_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.en:2: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line"):
        aligned(tmp_path, "eins\nzwei\n", b"one\ncaf\xe9\n")


def test_a_gzip_file_that_is_cut_off_is_refused_and_not_taken_for_a_short_one(tmp_path: Path) -> None:
    whole = gzip.compress(b"eins\n" * 500)
    with pytest.raises(DataError, match=r"a\.de: the gzip file is cut off; copy or download it again"):
        aligned(tmp_path, whole[:-9], "one\n" * 500)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.en: the file is empty"):
        aligned(tmp_path, "eins\n", "")
    with pytest.raises(DataError, match=r"a\.dr: no such file \(did you mean 'a\.de'\?\)"):
        list(read_aligned(tmp_path / "a.dr", tmp_path / "a.en"))


def test_columns_of_a_tsv_file_are_chosen_by_number(tmp_path: Path) -> None:
    content = 'one\teins "\t7\n two words \tzwei\t8\n'
    assert tsv(tmp_path, content) == [("one", 'eins "', 1), ("two words", "zwei", 2)]
    assert tsv(tmp_path, content, 1, 0) == [('eins "', "one", 1), ("zwei", "two words", 2)]
    assert tsv(tmp_path, content, 2, 1) == [("7", 'eins "', 1), ("8", "zwei", 2)]


def test_empty_columns_and_blank_lines_of_a_tsv_file_are_empty_sides(tmp_path: Path) -> None:
    assert tsv(tmp_path, "a\t\n\tb\n\nc\td\n") == [("a", "", 1), ("", "b", 2), ("", "", 3), ("c", "d", 4)]


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        ("a\tb\na b\n", (0, 1), "pairs:2: found 1 column, expected the target in column 1 (from 0)"),
        ("a\tb\n", (2, 1), "pairs:1: found 2 columns, expected the source in column 2 (from 0)"),
    ],
)
def test_a_missing_column_is_refused_with_the_columns_found(
    tmp_path: Path, content: str, columns: tuple[int, int], message: str
) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        tsv(tmp_path, content, *columns)


def test_the_texts_of_a_json_line_are_at_the_top_or_inside_translation(tmp_path: Path) -> None:
    rows = [{"de": "ä", "en": "a", "id": 3}, "", {"translation": {"de": "b\nc", "en": "x"}}, {"de": None, "en": "y"}]
    assert jsonl(tmp_path, *rows) == [("ä", "a", 1), ("b c", "x", 3), ("", "y", 4)]


def test_translation_may_itself_be_the_key_of_a_text(tmp_path: Path) -> None:
    path = write(tmp_path, '{"text": "a", "translation": "b"}')
    assert plain(list(read_row_pairs(path, "jsonl", "text", "translation"))) == [("a", "b", 1)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"de": "a", "english": "b"}, "pairs:2: expected the field 'en', found 'de', 'english'"),
        ({"de_DE": "a", "en": "b"}, "expected the field 'de', found 'de_DE', 'en' (did you mean 'de_DE'?)"),
        ({"translation": {"de": "a", "eng": "b"}}, "expected the field 'en' in 'translation', found 'de', 'eng' (did"),
        ({}, "expected the field 'de', found none"),
        ({"de": ["a"], "en": "b"}, """expected text in 'de', found ["a"]"""),
        ({"translation": {"de": 5, "en": "b"}}, "expected text in 'de', found 5"),
        ("[]", "expected a JSON object, found []"),
        ('{"de": "a"', "pairs:2: expected one JSON object a line: Expecting ',' delimiter at column 11"),
        ('{"de": "\\ud800", "en": "b"}', "found an escape \\ud800 to \\udfff that is half of a character"),
    ],
)
def test_a_bad_json_line_is_refused_with_its_number(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        jsonl(tmp_path, {"de": "a", "en": "b"}, row)
    assert caught.value.line == 2


@pytest.mark.parametrize("broken", ["Ja ,\tmein Herr .\tYes , sir .", "nur eins\t\t\t"])
def test_every_line_of_a_tsv_file_has_the_columns_of_the_first(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(f"\nHallo\tHello\n{broken}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"pairs\.tsv:3: expected 2 columns as in the file's first line, found [34]"):
        list(read_table_pairs(path, "tsv", PairColumns(), Counter()))


@pytest.mark.parametrize(
    ("heading", "languages"),
    [
        ("source\ttarget", ("", "")),
        ("de\ten", ("de", "en")),
        ("EN\tDE", ("de", "en")),
        ("de_DE\ten-GB", ("", "")),
        ("German\tEnglish", ("de", "en")),
        ('"tr-old"\ttr-new', ("tr-old", "tr-new")),
        ("sentence_de\tsentence_en", ("de", "en")),
        ("src_text\ttgt_text", ("de", "en")),
        ("text\ttranslation", ("de", "en")),
    ],
)
def test_names_of_columns_are_no_sentence_pair(tmp_path: Path, heading: str, languages: tuple[str, str]) -> None:
    path = write(tmp_path, f"{heading}\nHallo\tHello\n")
    with pytest.raises(DataError, match=r"pairs:1: expected a sentence pair, found the names of the columns"):
        list(read_table_pairs(path, "tsv", PairColumns(languages=languages), Counter()))


def test_short_words_that_are_also_codes_are_a_pair(tmp_path: Path) -> None:
    path = write(tmp_path, "it\tes\nGerman\tDeutsch\nsource\tQuelle\ntitle\ttext\n")
    assert len(list(read_table_pairs(path, "tsv", PairColumns(languages=("en", "de")), Counter()))) == 4


def test_pairs_with_bars_between_them(tmp_path: Path) -> None:
    path = write(tmp_path, "ein Haus ||| a house\nja | ||| yes\n")
    pairs = plain(list(read_table_pairs(path, "tsv", PairColumns(delimiter=" ||| "), Counter())))
    assert pairs == [("ein Haus", "a house", 1), ("ja |", "yes", 2)]
