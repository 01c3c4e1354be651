"""The text of a CoNLL-U file, put together from its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.conllu_text import read_conllu_texts


def row(number: str, form: str, glued: bool = False) -> str:
    return "\t".join([number, form, *"_" * 7, "SpaceAfter=No" if glued else "_"])


def test_ranges_spell_their_words_or_stand_for_them(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    lines = [
        "# text = He don't go du lac.",
        row("1", "He"),
        row("2-3", "don't"),
        row("2", "do"),
        row("3", "n't"),
        row("3.1", "empty"),
        row("4", "go"),
        row("5-6", "du"),
        row("5", "de"),
        row("6", "le"),
        row("7", "lac", glued=True),
        row("8", "."),
        "",
        row("1", "Bien"),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    first, second = read_conllu_texts(path)
    assert first.text == "He don't go du lac."
    assert [first.text[start:end] for start, end in first.words] == ["He", "do", "n't", "go", "du", "lac", "."]
    assert first.spaced
    assert (second.text, second.words, second.spaced) == ("Bien", ((0, 4),), False)


def test_a_line_without_ten_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text("1\tHe\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.conllu:1: expected 10 columns"):
        list(read_conllu_texts(path))


def test_the_text_is_that_of_a_treebank(shared_data: Path) -> None:
    import gzip

    path = shared_data / "pos/ud-en-ewt/dev.conllu.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        written = [line.removeprefix("# text = ").rstrip("\n") for line in file if line.startswith("# text = ")]
    read = [sentence.text for sentence in read_conllu_texts(path)]
    assert sum(one == other for one, other in zip(read, written, strict=True)) >= 0.999 * len(written)
