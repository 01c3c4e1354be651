"""Pairs that are read otherwise than they were meant, or are no translations: said, or refused."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.pairs import load_pairs
from seqnlp.errors import DataError

TMX = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header/><body>{}</body></tmx>'
UNIT = '<tu><tuv xml:lang="de"><seg>{}</seg></tuv><tuv xml:lang="en"><seg>{}</seg></tuv></tu>'


def configured(folder: Path, files: dict[str, list[str]], **settings: Any) -> ParallelDataConfig:
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ParallelDataConfig(**{"dir": str(folder), "source": "de", "target": "en", "train": "t", **settings})


def said(config: ParallelDataConfig) -> list[str]:
    told: list[str] = []
    load_pairs(config, "train", told.append)
    return [one.removeprefix("train: ") for one in told if "longest ratio" not in one and "read as" not in one]


def sentences(count: int) -> tuple[list[str], list[str]]:
    """Lines that belong together: the longer the one, the longer the other, more or less."""
    draw = random.Random(0)
    lengths = [draw.randint(2, 30) for _ in range(count)]
    return tuple(
        [" ".join(draw.choice(words) for _ in range(max(1, length + draw.randint(-2, 2)))) for length in lengths]
        for words in (("der", "alte", "Hund"), ("the", "old", "dog"))
    )


@pytest.mark.parametrize(
    ("lost", "gone", "told"),
    [
        (
            "en",
            1,
            "targets seem to stand 1 line before their sources from about line 301 on (5 of 10 hundreds of pairs)",
        ),
        (
            "de",
            2,
            "targets seem to stand 2 lines after their sources from about line 301 on (5 of 10 hundreds of pairs)",
        ),
    ],
)
def test_a_line_that_is_lost_on_one_side_is_noticed(tmp_path: Path, lost: str, gone: int, told: str) -> None:
    files = dict(zip(("t.de", "t.en"), sentences(1000), strict=True))
    assert said(configured(tmp_path, files)) == []
    side = files[f"t.{lost}"]
    del side[320 : 320 + gone]
    side[800:800] = ["x"] * gone  # so that both have as many lines
    [note] = said(configured(tmp_path, files))
    assert note == f"{told}: is a line missing, or one too many?"


def test_lines_that_are_no_pairs_are_noticed(tmp_path: Path) -> None:
    source, target = sentences(1000)
    [note] = said(configured(tmp_path, {"t.de": source, "t.en": sorted(target)}))
    assert note.startswith("long sources have no longer targets than short ones (correlation ")
    by_length = sorted(zip(source, target, strict=True), key=lambda pair: len(pair[0]))
    source, target = map(list, zip(*by_length, strict=True))  # each hundred of one length
    assert said(configured(tmp_path, {"t.de": source, "t.en": target})) == []


def test_sides_that_are_equal_are_counted_unless_they_are_few(tmp_path: Path) -> None:
    files = {"t.de": ["Oslo"] * 4 + ["17"] * 6 + ["ja"], "t.en": ["Oslo"] * 4 + ["17"] * 6 + ["yes"]}
    assert [one for one in said(configured(tmp_path, files)) if "equal sides" in one] == []
    files = {"t.de": ["ja", *["Oslo"] * 5], "t.en": ["yes", *["Oslo"] * 5]}
    assert "5 of 6 pairs have equal sides (first on line 2), and teach to copy" in " ".join(
        said(configured(tmp_path, files))
    )


def test_characters_in_the_way_of_html_are_said(tmp_path: Path) -> None:
    files = {"t.de": ["A & B", "C &#39;D&#39;", "&c;"], "t.en": ["A & B;", "C &quot;D&quot;", "&c"]}
    [note] = said(configured(tmp_path, files))
    assert note.startswith("1 of 3 pairs have characters written as in HTML, such as &#39; (first on line 2)")


def test_named_characters_of_a_translation_memory_are_not_lost(tmp_path: Path) -> None:
    config = configured(
        tmp_path, {"t.tmx": [TMX.format(UNIT.format("Caf&eacute;&nbsp;A &amp; B", "coffee"))]}, train="t.tmx"
    )
    [pair] = load_pairs(config, "train", print)
    assert pair.source == "Café\u00a0A & B"
    config = configured(tmp_path, {"t.tmx": [TMX.format(UNIT.format("a", "b &product;"))]}, train="t.tmx")
    with pytest.raises(DataError, match=r"t\.tmx:3: expected a character that HTML names, found '&product;'"):
        load_pairs(config, "train", print)


@pytest.mark.parametrize(
    ("train", "problem"),
    [
        ("t.en + t.de", "expected the file of the source first .data.source=de data.target=en., found 't.en'; turn"),
        ("t.de + t.de", "expected a file of each language, found '.*t.de' for both"),
        ("t.de + ./t.de", "expected a file of each language, found '.*t.de' for both"),
        ("t.xliff", "expected sentence pairs, found XLIFF; write it as TMX, or as a table"),
        ("t.po", r"found gettext \(PO\); write it as TMX"),
    ],
)
def test_files_of_the_wrong_side_or_kind_are_refused(tmp_path: Path, train: str, problem: str) -> None:
    files = {"t.de": ["ja"], "t.en": ["yes"], "t.xliff": ["<xliff/>"], "t.po": ['msgid "a"']}
    with pytest.raises(DataError, match=problem):
        load_pairs(configured(tmp_path, files, train=train), "train", print)


def test_quotes_around_all_texts_of_a_table_are_said(tmp_path: Path) -> None:
    rows = ['"Hallo"\t"Hi"', '"Ja"\t"Yes"']
    [note] = said(configured(tmp_path, {"t.tsv": rows}, train="t.tsv"))
    assert note.startswith('2 pairs with the quotes of CSV, such as "Ja"; data.format=csv')
    assert said(configured(tmp_path, {"t.tsv": [*rows, '"Nein"\tNo']}, train="t.tsv")) == []


LONG_DE = [f"Der Hund und die Katze sind nicht in dem Haus {number}" for number in range(30)]
LONG_EN = [f"The dog and the cat are not in that house {number}" for number in range(30)]


@pytest.mark.parametrize("languages", [("de", "en"), ("de-AT", "en_GB"), ("German", "English"), ("deu", "xx")])
def test_sides_that_are_named_the_other_way_round_are_said(tmp_path: Path, languages: tuple[str, str]) -> None:
    source, target = languages
    named = {"source": source, "target": target, "train": "t.tsv", "dev": "t.tsv"}
    turned = [f"{en}\t{de}" for de, en in zip(LONG_DE, LONG_EN, strict=True)]
    config = configured(tmp_path, {"t.tsv": turned}, **named)
    expected = f"sources look like data.target={target}, and targets like data.source={source}, so that"
    assert said(config)[0].startswith(expected)
    told: list[str] = []
    load_pairs(config, "dev", told.append)
    assert told[-1].startswith(f"dev: {expected}")
    right = ["\t".join(reversed(line.split("\t"))) for line in turned]
    assert said(configured(tmp_path, {"t.tsv": right}, **named)) == []


def test_scripts_tell_languages_too(tmp_path: Path) -> None:
    chinese = [f"这 是 一 只 小 狗 {number}" for number in range(30)]
    files = {"t.de": chinese, "t.en": LONG_EN}
    [note] = said(configured(tmp_path, files, source="en", target="zh-CN", train="t.de + t.en"))
    assert note.startswith("sources look like data.target=zh-CN")
    assert said(configured(tmp_path, files, source="zh-CN", target="en", train="t.de + t.en")) == []


def test_letters_that_were_decoded_wrongly_are_said(tmp_path: Path) -> None:
    files = {"t.de": ["schÃ¶n", "groÃŸ", "gut"], "t.en": ["fine", "big", "good"]}
    [note] = said(configured(tmp_path, files))
    assert note.startswith("2 of 3 pairs have letters that were decoded wrongly, such as 'Ã¶': write them anew")


@pytest.mark.parametrize("text", ["Bauch@@ landung", "Landung Bauch@@", "\u2581Bauch landung"])
def test_words_that_another_tool_has_cut_are_said(tmp_path: Path, text: str) -> None:
    lines = [f"{number} {text}" for number in range(6)]
    [note] = said(configured(tmp_path, {"t.de": lines, "t.en": ["belly landing"] * 6}))
    assert note.startswith("6 of 6 pairs have words in pieces (with '@@' or '\u2581'); join them")
