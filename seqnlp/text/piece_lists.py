"""The word pieces of an encoder: of its folder, its vocabulary's file, or any list with a piece a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from seqnlp.errors import DataError
from seqnlp.text.files import open_bytes
from seqnlp.text.word_lists import read_word_list
from seqnlp.text.word_pieces import CONTINUES

VOCABULARY, TOKENIZER = "vocab.txt", "tokenizer.json"

_BEGINS = "\u2581"
"""SentencePiece's mark of a piece that begins a word; what has none goes on."""


def read_pieces(path: Path) -> list[str]:
    """Pieces, those that go on in a word with ``##``.

    Args:
        path: a folder with ``tokenizer.json`` or ``vocab.txt``, or such a file; or any text file with a piece a line.

    Raises:
        DataError: the folder has neither; the file cannot be read; or its pieces are of bytes, as RoBERTa's.
    """
    if path.is_dir():
        found = [path / name for name in (TOKENIZER, VOCABULARY) if (path / name).is_file()]
        if not found:
            raise DataError(f"expected the folder of an encoder with a {TOKENIZER} or a {VOCABULARY}, found none", path)
        path = found[0]
    return _of_tokenizer(path) if path.suffix == ".json" else read_word_list(path)


def _of_tokenizer(path: Path) -> list[str]:
    try:
        with open_bytes(path) as file:
            model = json.load(file)["model"]
        kind, listed = model["type"], model["vocab"]
        if kind == "WordPiece":
            return _with_our_mark(listed.keys(), model.get("continuing_subword_prefix") or CONTINUES)
        if kind == "Unigram":
            return [_from_sentencepiece(piece) for piece, _ in listed]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(f"expected a tokenizer of the package tokenizers ({problem!r})", path) from None
    raise DataError(
        f"expected pieces of WordPiece or Unigram, found {kind}; take those of another encoder, vectors can be fitted "
        "to any",
        path,
    )


def _with_our_mark(pieces: Iterable[str], mark: str) -> list[str]:
    return [f"{CONTINUES}{piece.removeprefix(mark)}" if piece.startswith(mark) else piece for piece in pieces]


def _from_sentencepiece(piece: str) -> str:
    return piece.removeprefix(_BEGINS) if piece.startswith(_BEGINS) else f"{CONTINUES}{piece}"
