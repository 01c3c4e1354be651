"""Column files and their quirks."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.conll import read_conll
from seqnlp.text.sentence import TaggedSentence


def read(
    folder: Path, content: str, token_column: int = 0, tag_column: int = -1, comment: str = "auto"
) -> list[TaggedSentence]:
    path = folder / "file.conll"
    path.write_bytes(content.encode())
    return list(read_conll(path, token_column, tag_column, comment))


def words(sentences: list[TaggedSentence]) -> list[str]:
    return [" ".join(f"{token}/{tag}" for token, tag in zip(s.tokens, s.tags, strict=True)) for s in sentences]


def test_a_sentence_knows_the_line_of_every_word(tmp_path: Path) -> None:
    first, second = read(tmp_path, "\na\tO\nb\tB-X\n\n# id = 1\nc\tO\n# id = 2\nd\tO\n")
    assert first == TaggedSentence(("a", "b"), ("O", "B-X"), line=2, lines=(2, 3))
    assert (second.line, second.lines) == (6, (6, 8))
    assert second.line_of(1) == 8


@pytest.mark.parametrize("blank", ["\n", "  \n", "\t\n", "\r\n", "\n \n\t\n", "\u00a0\n"])
def test_blank_lines_of_any_kind_end_a_sentence(tmp_path: Path, blank: str) -> None:
    assert words(read(tmp_path, f"a\tO\n{blank}b\tO\n{blank}")) == ["a/O", "b/O"]


def test_no_final_blank_line_is_needed(tmp_path: Path) -> None:
    assert words(read(tmp_path, "a O\n\nb O\nc B-X")) == ["a/O", "b/O c/B-X"]


def test_document_lines_are_skipped_and_end_a_sentence(tmp_path: Path) -> None:
    content = "-DOCSTART- -X- -X- O\n\na NN I-NP O\n-DOCSTART- (2)\nb NN I-NP O\n"
    assert words(read(tmp_path, content)) == ["a/O", "b/O"]


def test_columns_are_cut_at_tabs_or_else_at_runs_of_spaces(tmp_path: Path) -> None:
    assert words(read(tmp_path, "34 470\tO\nx\tO\n")) == ["34 470/O x/O"]
    assert words(read(tmp_path, "New York \t O\nb\tO\n")) == ["New York/O b/O"]
    assert words(read(tmp_path, "a   NN    O  \nb NN O\n")) == ["a/O b/O"]
    assert words(read(tmp_path, "a\u00a0b\u2009c O\n")) == ["a\u00a0b\u2009c/O"]


def test_any_column_can_be_asked_for_from_either_end(tmp_path: Path) -> None:
    content = "1 a NN O\n2 b VB B-X\n"
    assert words(read(tmp_path, content, 1, 2)) == ["a/NN b/VB"]
    assert words(read(tmp_path, content, -3, -1)) == ["a/O b/B-X"]


def test_hashtags_and_hash_signs_are_words(tmp_path: Path) -> None:
    assert words(read(tmp_path, "#nlp\tO\nis\tO\n#\tO\n#1\tB-X\n")) == ["#nlp/O is/O #/O #1/B-X"]
    assert words(read(tmp_path, "# O\nis O\n#nlp B-X\n")) == ["#/O is/O #nlp/B-X"]
    assert words(read(tmp_path, "#nlp\tO\n#rocks\tO\n")) == ["#nlp/O #rocks/O"]


@pytest.mark.parametrize("separator", ["\t", " "])
@pytest.mark.parametrize(
    "comment",
    [
        "# text = a b",
        "# sent_id = 3",
        "# text =",
        "#begin document (x); part 000",
        "# a comment of words",
        "#",
        "# x = y\tz",
    ],
)
def test_comments_are_skipped(tmp_path: Path, separator: str, comment: str) -> None:
    for columns in (2, 3, 4):
        line = separator.join(["a", *["_"] * (columns - 2), "O"])
        assert words(read(tmp_path, f"{comment}\n{line}\n{comment}\n{line}\n")) == ["a/O a/O"]


def test_in_a_file_with_tabs_a_comment_of_as_many_words_is_no_word(tmp_path: Path) -> None:
    assert words(read(tmp_path, "# newdoc\na\tO\n")) == ["a/O"]


def test_where_the_first_column_is_neither_word_nor_tag_no_hash_sign_there_is_a_word(tmp_path: Path) -> None:
    content = "#\thttps://mill.example/1\t[2011]\n1\tAda\tB-PER\n2\t#\tO\n\n# 2 x\n1\tgrows\tO\n"
    assert words(read(tmp_path, content, 1, 2)) == ["Ada/B-PER #/O", "grows/O"]
    assert words(read(tmp_path, "# a b\nO x Ada\n", 2, 0)) == ["b/# Ada/O"], "a tag may be a hash sign"


def test_what_comments_begin_with_can_be_said(tmp_path: Path) -> None:
    content = "#\tsource\n#nlp\tO\n# note\n#\n% x\tO\n"
    assert words(read(tmp_path, content, comment="# ")) == ["#nlp/O % x/O"]
    assert words(read(tmp_path, "#\tO\n#nlp\tO\n", comment="none")) == ["#/O #nlp/O"]
    assert words(read(tmp_path, "% note\tO\n%%\na\tO\n#\tO\n", comment="%")) == ["a/O #/O"]
    with pytest.raises(DataError, match=":2: expected 4 columns as in the file's first line, found 2"):
        read(tmp_path, "# text = b\nb O\n", comment="none")


def test_a_missing_column_is_refused_with_line_and_counts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"file\.conll:2: found 2 columns, expected the tag in column 3 \(from 0\)"):
        read(tmp_path, "a NN _ O\nb NN\n", 0, 3)
    with pytest.raises(DataError, match=r"file\.conll:1: found 2 columns, expected the token in column -3 \(from 0\)"):
        read(tmp_path, "a O\n", -3, 1)


def test_another_number_of_columns_is_refused_when_columns_are_counted_from_the_end(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":2: expected 2 columns as in the file's first line, found 3"):
        read(tmp_path, "a O\n34 470 O\n")
    assert words(read(tmp_path, "a O\nb O x\n", 0, 1)) == ["a/O b/O"]


def test_a_file_of_words_alone_has_no_tags(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=":1: found 1 column; column 0 cannot be both token and tag"):
        read(tmp_path, "a\nb\n")


def test_an_empty_word_or_tag_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":2: the token in column 0 \(from 0\) is empty"):
        read(tmp_path, "a\tO\n\tO\n")
    with pytest.raises(DataError, match=r":2: the tag in column -1 \(from 0\) is empty"):
        read(tmp_path, "a\tO\nb\t\n")


def test_a_file_of_blank_lines_has_no_sentences(tmp_path: Path) -> None:
    assert read(tmp_path, "\n \n# just = this\n") == []
