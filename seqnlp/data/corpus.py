"""A split of running text as one sequence of tokens, and what each of its lines counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.config.language_model import TextDataConfig
from seqnlp.config.named_files import side_by_side
from seqnlp.config.splits import source_split
from seqnlp.data.lines_of_train import lines_of_train
from seqnlp.data.split_sources import existing_file
from seqnlp.errors import DataError, listed
from seqnlp.text.conll import read_conll
from seqnlp.text.conllu import read_conllu
from seqnlp.text.files import PARQUET_MARK, file_digest, open_bytes, read_lines
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.jsonl import shown
from seqnlp.text.language_tokens import Tokens, plain_line

_TABLES, _JSON, _COLUMNS = ("csv", "tsv"), ("jsonl", "ndjson", "json"), ("conll", "conllu")
"""How the names of files end that are no plain text."""


@dataclass(frozen=True)
class Corpus:
    """A text of N tokens in L lines.

    Attributes:
        tokens: (N,) numbers, each line's end mark last.
        starts: (L,) where each line begins.
        words, characters, bytes: (L,) of each line, its end counted as one. Words are what stands between spaces,
            whatever the tokens are: so perplexities per word compare between vocabularies.
        unknown: tokens that stand for words or characters that are not in the vocabulary.
    """

    tokens: IntArray
    starts: IntArray
    words: IntArray
    characters: IntArray
    bytes: IntArray
    unknown: int

    def line_sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums (L,) over each line of values (N,) of its tokens."""
        sums: NDArray[np.float64] = np.add.reduceat(values, self.starts)
        return sums


def load_text(config: TextDataConfig, split: str) -> list[str]:
    """The lines of a split, spaces made single; one that the configuration leaves empty has none.

    Raises:
        DataError: a file cannot be read, or holds only blank lines.
    """
    if source_split(config, split) != "train":
        return _load(config, split)
    return lines_of_train(_load(config, "train"), config, split)


def _load(config: TextDataConfig, split: str) -> list[str]:
    """The lines of a split's own files."""
    lines: list[str] = []
    for path in text_files(config, split):
        read = [plain_line(line, config.lowercase) for line in islice(_read(path), config.limit or None)]
        if not any(read):
            raise DataError("expected text, found only blank lines", path)
        lines += read
    return lines[: config.limit or None]


def text_digest(config: TextDataConfig, split: str) -> str:
    """SHA-256 of the split's file, or of the digests of its files; empty for a split that is not configured.

    Raises:
        DataError: the file cannot be read.
    """
    digests = [file_digest(path) for path in text_files(config, split)]
    return "".join(digests) if len(digests) < 2 else sha256("".join(digests).encode()).hexdigest()


def text_files(config: TextDataConfig, split: str) -> list[Path]:
    """The files of a split (of one held out of train: those of train).

    Raises:
        DataError: one is not there.
    """
    split = source_split(config, split)
    names = getattr(config, split)
    return [existing_file(config, split, name) for name in side_by_side(names)]


def is_plain(path: Path) -> bool:
    """Whether the lines of a file are read as they are."""
    return _ending(path) not in (*_TABLES, *_JSON, *_COLUMNS)


def _ending(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").rpartition(".")[2]


def _read(path: Path) -> Iterator[str]:
    """The lines of a file: words of column files, the texts of JSON, of any other file what is there.

    Raises:
        DataError: it cannot be read, or is a table, of which all would be learned as text; with file and line.
    """
    kind = _ending(path)
    with open_bytes(path) as file:
        if file.read(len(PARQUET_MARK)) == PARQUET_MARK:
            program = (
                f"pandas.read_parquet('{path.name}')[['text']].to_json('text.jsonl', orient='records', lines=True)"
            )
            raise DataError(f"expected running text, found a parquet file; in Python {program} writes its texts", path)
    if kind in _TABLES:
        advice = "write its texts as lines of a .txt file, or as the field `text` of a .jsonl file"
        raise DataError(f"expected running text, found a table by its name; {advice}", path)
    if kind in _JSON:
        return converted_rows(path, "json" if kind == "json" else "jsonl", lambda row, line: _lines_of_row(row))
    if kind in _COLUMNS:
        return (" ".join(sentence.tokens) for sentence in (read_conll if kind == "conll" else read_conllu)(path))
    return (line for _, line in read_lines(path))


def _lines_of_row(row: Any) -> list[str]:
    """The lines of an object's text; null has none."""
    fields = fields_of(row)
    if "text" not in fields:
        remedy = "write texts under that name, or as lines of a .txt file"
        raise DataError(f"expected the field 'text', found {listed(fields)}; {remedy}")
    if not isinstance(fields["text"], str | None):
        raise DataError(f"expected a text in the field 'text', found {shown(fields['text'])}")
    return str(fields["text"]).split("\n") if fields["text"] is not None else []


def encode_corpus(lines: Sequence[str], tokens: Tokens) -> Corpus:
    """The tokens of lines, in order."""
    known: dict[tuple[str, bool], list[int]] = {}

    def of(word: str, first: bool) -> list[int]:
        if (word, first) not in known:
            known[word, first] = tokens.encode_word(word, first)
        return known[word, first]

    numbers: list[int] = []
    starts = np.zeros(len(lines), dtype=np.int64)  # (L,)
    for place, line in enumerate(lines):
        starts[place] = len(numbers)
        for position, word in enumerate(line.split()):
            numbers += of(word, position == 0)
        numbers.append(tokens.end)
    encoded = np.array(numbers, dtype=np.int64)  # (N,)
    return Corpus(
        tokens=encoded,
        starts=starts,
        words=np.array([len(line.split()) + 1 for line in lines]),
        characters=np.array([len(line) + 1 for line in lines]),
        bytes=np.array([len(line.encode()) + 1 for line in lines]),
        unknown=int((encoded == 0).sum()),
    )
