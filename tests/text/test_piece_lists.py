"""Pieces of encoders: whichever file has them, they come as WordPieces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seqnlp.errors import DataError
from seqnlp.text.piece_lists import read_pieces


def tokenizer(path: Path, **model: Any) -> Path:
    path.write_text(json.dumps({"model": model}), encoding="utf-8")
    return path


def test_a_list_has_a_piece_a_line(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("sea\n##gull\n\nsea\n", encoding="utf-8")
    assert read_pieces(tmp_path / "own.txt") == ["sea", "##gull"]


def test_a_folder_has_a_tokenizer_or_else_a_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\nsea\n", encoding="utf-8")
    assert read_pieces(tmp_path) == ["[PAD]", "sea"]
    tokenizer(tmp_path / "tokenizer.json", type="WordPiece", vocab={"tide": 0, "##s": 1})
    assert read_pieces(tmp_path) == ["tide", "##s"]
    assert read_pieces(tmp_path / "vocab.txt") == ["[PAD]", "sea"]


def test_other_marks_become_ours(tmp_path: Path) -> None:
    path = tokenizer(tmp_path / "a.json", type="WordPiece", continuing_subword_prefix="@", vocab={"@s": 0, "tide": 1})
    assert read_pieces(path) == ["##s", "tide"]
    path = tokenizer(tmp_path / "b.json", type="Unigram", vocab=[["\u2581tide", -1.0], ["s", -2.5]])
    assert read_pieces(path) == ["tide", "##s"]


def test_the_pieces_of_vectors_can_be_taken_again(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("2 2\nsea 0.5 1\n##s 1 2\n", encoding="utf-8")
    assert read_pieces(tmp_path / "v.txt") == ["sea", "##s"]


def test_what_has_no_pieces_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"with a tokenizer\.json or a vocab\.txt, found none"):
        read_pieces(tmp_path)
    with pytest.raises(DataError, match="found BPE; take those of another encoder"):
        read_pieces(tokenizer(tmp_path / "bpe.json", type="BPE", vocab={"a": 0}))
    kinds = {"WordPiece": [3, "ab", [1, 2]], "Unigram": [3, [[3, -1.0]]]}
    wrong = [json.dumps({"model": {"type": kind, "vocab": one}}) for kind, listed in kinds.items() for one in listed]
    for content in ("{}", "[]", "no JSON", *wrong):
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=r"tokenizer\.json.*expected a tokenizer of the package tokenizers"):
            read_pieces(tmp_path)
