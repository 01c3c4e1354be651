from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.files import read_lines
from seqnlp.text.trees import read_trees


def trees(folder: Path, text: str) -> list[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    (folder / "trees").write_text(text, encoding="utf-8")
    return [(document.text, document.labels, document.phrases) for document in read_trees(folder / "trees")]


def test_a_tree_is_a_sentence_with_labelled_phrases(tmp_path: Path) -> None:
    (actual,) = trees(tmp_path, "(3 (2 It) (4 (2 's) (4 lovely)))\n\n")
    phrases = (("It", "2"), ("'s", "2"), ("lovely", "4"), ("'s lovely", "4"))
    assert actual == ("It 's lovely", ("3",), phrases)


def test_escapes_of_the_penn_treebank_are_undone(tmp_path: Path) -> None:
    ((text, _, _),) = trees(tmp_path, "(2 (2 -LRB-) (2 (2 ``) (2 co-writer\\/director)))")
    assert text == '( " co-writer/director'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("(3 (2 a) (2 b)", "expected as many ')' as '(', found 1 missing at the end of the line"),
        ("(3 a) (2 b)", "expected one tree a line, found '(' after its end"),
        ("plain text", "expected a tree such as (3 (2 good) (2 film)), found 'plain' outside of brackets"),
        ("(3 (2 a) ())", "expected a label after '(', found none"),
        ("(3 (2) (2 a))", "expected words inside the node with label '2', found none"),
    ],
)
def test_a_broken_tree_names_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        trees(tmp_path, f"(2 fine)\n{line}\n")
    assert str(caught.value) == f"{tmp_path}/trees:2: {message}"


def test_the_treebank_has_its_published_labels(shared_data: Path) -> None:
    folder = shared_data / "sentiment" / "sst"
    actual = list(read_trees(folder / "dev.trees.gz"))
    assert Counter(document.labels[0] for document in actual) == {"0": 139, "1": 289, "2": 229, "3": 279, "4": 165}
    flat = [line.split("\t")[0] for _, line in read_lines(folder / "sst5.dev.tsv.gz")]
    assert [document.labels[0] for document in actual] == flat
