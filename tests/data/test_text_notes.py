"""What is said before a language model learns a text that was probably not meant to be learned so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_text import make_lines, tiny_language_model, write_text

from seqnlp.data.corpus import load_text
from seqnlp.data.text_notes import text_notes
from seqnlp.errors import DataError

DEV = ["nothing that train has"]


def said(folder: Path, train: list[str], dev: list[str] = DEV, name: str = "train.txt", **changes: Any) -> list[str]:
    write_text(folder / name, train)
    write_text(folder / "dev.txt", dev)
    config = tiny_language_model(folder, data__train=name, **changes)
    notes = text_notes(config, load_text(config.data, "train"), load_text(config.data, "dev"))
    return [note.replace(f"{folder}/", "") for note in notes]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["1", "00:00:01,000 --> 00:00:02,000", "Hallo"], "subtitles"),
        (['<?xml version="1.0"?>', "<a>Hallo</a>"], "markup (XML, HTML, SGML)"),
        (['<doc id="12" title="A">', "A is a letter.", "</doc>"], "markup (XML, HTML, SGML)"),
        (['{"text": "Hallo"}', '{"text": "Ja"}'], "JSON lines"),
        (["Hi.\tHallo.", "Yes.\tJa.", "No.\tNein."], "a table"),
    ],
)
def test_files_of_another_kind_are_said(tmp_path: Path, lines: list[str], kind: str) -> None:
    [note] = said(tmp_path, lines)
    assert note.startswith(f"train.txt: looks like {kind}, all of which is read as text; ")


def test_indentation_is_said_to_be_lost(tmp_path: Path) -> None:
    [note] = said(tmp_path, ["def f(x):", "    if x:", "\treturn x", ""], name="code.py")
    assert note.startswith("code.py: 2 of 3 lines are indented, which is not read")


def test_letters_and_characters_that_nobody_meant_are_said(tmp_path: Path) -> None:
    notes = said(tmp_path, ["schÃ¶n", "groÃŸ &amp; klein", "C &lt; D", "gut"])
    assert notes[0].startswith("train: 2 of 4 lines have letters that were decoded wrongly, such as 'Ã¶'")
    assert notes[1].startswith(
        "train: 2 of 4 lines have characters written as in HTML, such as &amp; (first on line 2)"
    )


def test_words_of_scripts_without_spaces_are_said_where_words_are_read(tmp_path: Path) -> None:
    lines = ["そのパーティーで彼女に会うとは思わなかった", "私は犬が好きです"]
    [note] = said(tmp_path, lines)
    assert note.startswith("train: words such as 'そのパーティー")
    assert said(tmp_path, lines, tokenizer__kind="characters") == []


def test_a_dev_text_that_was_learnt_is_said(tmp_path: Path) -> None:
    lines = [f"line {number} has enough words to be no accident" for number in range(20)]
    [note] = said(tmp_path, lines, [*lines[:2], *DEV])
    assert note.startswith("warning: 2 of 2 texts of dev are in train, too")
    assert said(tmp_path, ["short", *lines], ["short", "a line of its own that has many words"]) == []
    assert said(tmp_path, lines, data__dev="10%") == []


@pytest.mark.parametrize(("key", "order"), [(len, "by length"), (str.casefold, "alphabetically")])
def test_sorted_lines_of_which_the_last_are_dev_are_said(tmp_path: Path, key: Callable[[str], Any], order: str) -> None:
    lines = [line for line in make_lines(300) if line] + [f"{name} stays" for name in ("mira", "Joren", "Tessa")]
    [note] = said(tmp_path, sorted(lines, key=key), data__dev="10%")
    assert note.startswith(f"train: lines are sorted {order}, so that the last ones, which are held out as dev, are of")
    assert said(tmp_path, lines, data__dev="10%") == []
    assert said(tmp_path, sorted(lines, key=key)) == []
    assert said(tmp_path, ["the same line"] * 200, data__dev="10%") == []


def test_nothing_is_said_of_running_text(tmp_path: Path) -> None:
    lines = ["", " = A heading = ", "", " The <unk> of R&D &c. costs 3 < 4 .", "12", *make_lines(20)]
    assert said(tmp_path, lines) == []
    assert said(tmp_path, ['{"text": "  Hallo\\n  Welt"}', '{"text": null}'], name="a.jsonl") == []


def test_objects_without_text_and_texts_of_one_line_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a.jsonl:1: expected the field 'text', found 'content'; write texts under"):
        said(tmp_path, ['{"content": "a"}'], name="a.jsonl")
    with pytest.raises(DataError, match=r"0.1 of 1 training lines; .*; cut the text into more lines"):
        said(tmp_path, ["one line"], data__dev="10%")
