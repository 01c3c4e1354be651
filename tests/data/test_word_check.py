"""Words that are none of a text are refused or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError


def load(folder: Path, content: str, **settings: str) -> tuple[list[tuple[str, ...]], list[str]]:
    (folder / "a.txt").write_text(content, encoding="utf-8")
    said: list[str] = []
    config = DataConfig(train=str(folder / "a.txt"), **settings)
    return [sentence.tokens for sentence in load_split(config, "train", said.append)], said


DOCUMENT = 4 * (
    "bc/x 0 0 Oke NNP B-PER\nbc/x 0 1 rows VB O\nbc/x 0 2 home NN O\n\n"
    "bc/y 0 0 He PRP O\nbc/y 0 1 is VB O\nbc/y 0 2 in IN O\n\n"
)


def test_a_column_with_one_value_in_each_sentence_holds_no_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"found 'bc/x' as every word of a sentence; set data\.token_column to"):
        load(tmp_path, DOCUMENT)
    assert load(tmp_path, DOCUMENT, token_column="3") == (4 * [("Oke", "rows", "home"), ("He", "is", "in")], [])
    assert load(tmp_path, 12 * "ha\tO\nha\tO\n\n" + "it\tO\nis\tO\n")[1] == []


@pytest.mark.parametrize("piece", ["##wick", "▁Oke", "ĠOke", "[CLS]"])
def test_pieces_of_words_are_said(tmp_path: Path, piece: str) -> None:
    [said] = load(tmp_path, f"Oke\tB-PER\n{piece}\tO\nrows\tO\n")[1]
    assert f"1 of 3 words are pieces of words or marks of an encoder, such as {piece}; in use" in said
    assert load(tmp_path, "#\tO\n##\tO\n#tag\tO\n[\tO\nsea\tO\n")[1] == []


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("The/DT sea/NN is/VB calm/JJ ./.", "/"),
        ("Oke|NNP|B-PER rows|VB|O", "|"),
        ("Oke_B-PER rows_O home_O", "_"),
    ],
)
@pytest.mark.parametrize("scheme", ["iob2", "none"])
def test_a_sentence_a_line_with_words_and_tags_joined_is_refused(
    tmp_path: Path, line: str, mark: str, scheme: str
) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path, f"{line}\n{line}\n", scheme=scheme)
    found = f"found a sentence a line, words and tags joined by '{mark}'"
    assert f"a.txt:1: expected a word and its tag a line, {found}" in str(caught.value)


def test_columns_with_such_marks_are_columns(tmp_path: Path) -> None:
    assert load(tmp_path, "and/or CC/X\nit PRP\n", scheme="none")[0] == [("and/or", "it")]
    assert load(tmp_path, "snake_case N_N\nit PRP\n", scheme="none")[0] == [("snake_case", "it")]


def test_another_mark_between_columns_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"found 1 column; .*; columns have tabs or spaces between them, not ';'"):
        load(tmp_path, "Oke;B-PER\nrows;O\n")


def test_numbered_tags_of_columns_have_names_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Oke 1\nrows 0\n", encoding="utf-8")
    config = DataConfig(train=str(tmp_path / "a.txt"), tag_names="O B-PER")
    assert load_split(config, "train", lambda text: None)[0].tags == ("B-PER", "O")
    (tmp_path / "a.jsonl").write_text('{"tokens": ["Oke", "rows"], "tags": ["1", "0"]}\n', encoding="utf-8")
    config = DataConfig(train=str(tmp_path / "a.jsonl"), tag_names="O B-PER")
    assert load_split(config, "train", lambda text: None)[0].tags == ("B-PER", "O")


@pytest.mark.parametrize("blank", ["\u00a0", "\u200b", "\u2028 \u3000"])
def test_words_of_which_nothing_can_be_seen_are_said(tmp_path: Path, blank: str) -> None:
    [said] = load(tmp_path, f"Oke\tB-PER\n{blank}\tO\nrows\tO\n")[1]
    assert f"1 word of which nothing can be seen, such as {blank!a}; in use there are no such words" in said


def test_line_ends_as_words_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"tokens": ["Oke", "\\n", "\\n\\n"], "tags": ["B-PER", "O", "O"]}\n', encoding="utf-8"
    )
    said: list[str] = []
    load_split(DataConfig(train=str(tmp_path / "a.jsonl"), format="jsonl"), "train", said.append)
    assert len(said) == 1
    assert "2 words of which nothing can be seen, such as '\\n'; in use" in said[0]
