"""Words of column files to be tagged are cut as training cuts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.conll import read_conll, read_conll_words, split_words
from seqnlp.text.conllu import read_conllu_words

FILES = [
    "# newdoc id = 7\n# text = Ada left\nAda\tB-PER\nleft\tO\n\nroom\tO\n#\tO\n7\tO\n\n",
    "\u00a0\tO\n10\u00a0000\tO\neuros\tO\n\n",
    "10\u00a0000 O\neuros O\n\n",
    "New York\tB-LOC\ngrows\tO\n\n",
    "#\tsource\nid\tAda\tNNP\tB-PER\n\n",
]


@pytest.mark.parametrize("content", FILES)
def test_the_words_are_those_that_training_reads(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data.conll"
    path.write_text(content, encoding="utf-8")
    trained = [list(sentence.tokens) for sentence in read_conll(path)]
    assert [words for words in read_conll_words(content.split("\n")[:-1]) if words] == trained


def test_a_document_mark_is_no_word_and_its_block_still_has_an_answer() -> None:
    assert list(read_conll_words(["-DOCSTART-\tO", "", "Ada\tO", ""])) == [[], ["Ada"]]


def test_an_empty_word_is_refused_with_its_line() -> None:
    with pytest.raises(DataError, match=r"in:2: the token in column 0 \(from 0\) is empty"):
        list(read_conll_words(["Ada\tO", "\tO"], 0, "in"))


def test_the_column_is_that_of_training() -> None:
    assert list(read_conll_words(["1\tAda\tO", "2\tleft\tO"], 1)) == [["Ada", "left"]]
    with pytest.raises(DataError, match="found 1 column, expected the token in column 1"):
        list(read_conll_words(["Ada"], 1))


def test_comments_are_those_of_training() -> None:
    assert list(read_conll_words(["#\ta page\tx", "1\tAda\tO"], 1, tag_column=2)) == [["Ada"]]
    assert list(read_conll_words(["#\ta page", "Ada\tO"], comment="# ")) == [["Ada"]]
    assert list(read_conll_words(["# text = Ada", "Ada"], comment="none")) == [["#", "Ada"]]


def test_words_between_spaces_keep_their_other_spaces() -> None:
    assert split_words("  10\u00a0000 euros\t \u00a0 now\u2028 ") == ["10\u00a0000", "euros", "\u00a0", "now\u2028"]
    assert split_words(" \t") == []


def test_conllu_is_read_as_such_or_named() -> None:
    rest = "\t_" * 8
    lines = ["# sent_id = 1", f"1-2\tdel{rest}", f"1\tde{rest}", f"2\tel{rest}", "", f"1\tmar{rest}"]
    assert list(read_conllu_words(lines)) == [["de", "el"], ["mar"]]
    with pytest.raises(DataError, match="use --input conllu"):
        list(read_conll_words(lines))
