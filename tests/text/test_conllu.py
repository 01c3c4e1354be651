"""CoNLL-U: words, and not ranges or empty nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.conllu import read_conllu
from seqnlp.text.sentence import TaggedSentence

CONTENT = """# text = don't go
1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
1\tdo\tdo\tAUX\tVBP\tMood=Imp\t3\taux\t_\tEntity=B-X|Gloss=a=b
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tGloss=go
3.1\tgone\tgo\tVERB\tVB\t_\t_\t_\t_\t_

# text = #
1\t#\t#\tSYM\tNN\t_\t0\troot\t_\tSpaceAfter=No"""


def read(folder: Path, content: str, column: str = "upos") -> list[TaggedSentence]:
    path = folder / "file.conllu"
    path.write_text(content, encoding="utf-8")
    return list(read_conllu(path, column))


def test_ranges_and_empty_nodes_are_skipped(tmp_path: Path) -> None:
    assert read(tmp_path, CONTENT) == [
        TaggedSentence(("do", "n't", "go"), ("AUX", "PART", "VERB"), 3, (3, 4, 5)),
        TaggedSentence(("#",), ("SYM",), 9, (9,)),
    ]


@pytest.mark.parametrize(
    ("column", "tags"),
    [
        ("xpos", ("VBP", "RB", "VB")),
        ("feats", ("Mood=Imp", "_", "_")),
        ("misc:Entity", ("B-X", "_", "_")),
        ("misc:Gloss", ("a=b", "_", "go")),
        ("misc:Nothing", ("_", "_", "_")),
    ],
)
def test_any_column_of_tags_can_be_asked_for(tmp_path: Path, column: str, tags: tuple[str, ...]) -> None:
    assert read(tmp_path, CONTENT, column)[0].tags == tags


def test_a_line_without_ten_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"file\.conllu:1: expected 10 columns divided by tabs, found 2"):
        read(tmp_path, "1\tdo\n")
    with pytest.raises(DataError, match=r":1: expected 10 columns divided by tabs, found 1"):
        read(tmp_path, "1 do do AUX VBP _ 3 aux _ _\n")


def test_a_line_without_a_word_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":1: expected a word number \(3, 1-2 or 8.1\) in the first column, found 'x'"):
        read(tmp_path, "x" + "\t_" * 9)


def test_an_empty_word_or_tag_is_refused(tmp_path: Path) -> None:
    for line in ("1\t" + "\t_" * 8, "1\ta\ta\t" + "\t_" * 6):
        with pytest.raises(DataError, match=":1: the word or its upos is empty; expected '_' for no value"):
            read(tmp_path, line)


@pytest.mark.parametrize("column", ["lemma", "misc:", "UPOS"])
def test_an_unknown_column_is_refused(tmp_path: Path, column: str) -> None:
    with pytest.raises(DataError, match=f"expected the CoNLL-U column upos, xpos, feats or misc:KEY, found '{column}'"):
        read(tmp_path, CONTENT, column)
