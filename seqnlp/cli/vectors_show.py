"""``seqnlp vectors show``: the size of vectors, neighbours of words, coverage of a data set."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.named_texts import told_texts
from seqnlp.cli.output import say
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.json_text import json_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seqnlp.data.vector_coverage import Coverage
    from seqnlp.report.tables import Table
    from seqnlp.text.piece_table import PieceTable

_NEIGHBOURS = 10
_MISSING = 10


def show_vectors(arguments: argparse.Namespace) -> int:
    """Print what a file holds, or several side by side.

    Raises:
        SeqnlpError: a file, or what coverage is asked of, cannot be read; a word has no vector.
    """
    from seqnlp.config.named_files import side_by_side
    from seqnlp.text.joined_vectors import read_joined
    from seqnlp.text.piece_table import PieceTable

    if arguments.data_dir and not arguments.coverage:
        raise SeqnlpError("--data-dir is for --coverage of a recipe or run; add --coverage NAME, or leave it out")
    names = [name for typed in arguments.names for name in side_by_side(typed)]
    joined = read_joined([Path(name) for name in names])
    words, values = joined.table.words, joined.table.values  # N words, (N, D)
    pieces = PieceTable.read(arguments.pieces) if arguments.pieces else None
    if pieces and pieces.values.shape[1] > values.shape[1]:
        found = f"{pieces.values.shape[1]} numbers, and those of words have {values.shape[1]}"
        raise DataError(f"--pieces: expected vectors no wider than those of words, found {found}", arguments.pieces)
    near = {word: _neighbours(word, words, values, pieces) for word in arguments.near}
    covered = _covered(arguments, frozenset(words), pieces) if arguments.coverage else {}
    if arguments.json:
        facts: dict[str, Any] = {"words": len(words), "width": values.shape[1], "deviation": float(values.std())}
        facts["missing"] = dict(zip(names, joined.missing, strict=True))
        facts["near"] = near
        facts["coverage"] = {name: asdict(one) for name, one in covered.items()}
        print(json_text(facts))
        return 0
    from seqnlp.report.text import format_sections

    size = [
        ("words", f"{len(words):,}"),
        ("numbers", f"{values.shape[1]:,} a word, standard deviation {values.std():.3f}"),
        ("first", " ".join(words[:8])),
        ("last", " ".join(words[-8:])),
        *((f"not in {name}", f"{count:,}") for name, count in zip(names, joined.missing, strict=True) if count),
    ]
    tables = [*_near_tables(near), *_coverage_tables(covered, pieces is not None)]
    print(format_sections(" + ".join(names), size, tables), end="")
    return 0


def _neighbours(
    word: str, words: list[str], values: NDArray[np.float32], pieces: PieceTable | None
) -> list[tuple[str, float]]:
    """The words of the largest cosine with a word's vector, or, in the last numbers, with one that pieces compose."""
    import numpy as np

    from seqnlp.errors import did_you_mean
    from seqnlp.text.vector_forms import vector_forms

    rows = {known: row for row, known in enumerate(words)}
    row = next((rows[form] for form in vector_forms(word) if form in rows), None)
    vector = values[row] if row is not None else None  # (D,)
    if vector is None and pieces:
        vector = pieces.vector(word)
        values = values[:, -pieces.values.shape[1] :]  # where `model.piece_vectors` puts them
    if vector is None:
        raise SeqnlpError(f"--near: '{word}' has no vector{did_you_mean(word, words[:50_000])}")
    lengths = np.maximum(np.linalg.norm(values, axis=1), 1e-12)  # (N,)
    cosines = values @ vector / (lengths * max(float(np.linalg.norm(vector)), 1e-12))  # (N,)
    nearest = np.argsort(-cosines, kind="stable")[: _NEIGHBOURS + 1].tolist()
    return [(words[place], float(cosines[place])) for place in nearest if place != row][:_NEIGHBOURS]


def _covered(arguments: argparse.Namespace, known: frozenset[str], table: PieceTable | None) -> dict[str, Coverage]:
    """Coverage of a file, or of each split of a recipe or run."""
    from seqnlp.compose import compose_config
    from seqnlp.data.vector_coverage import coverage
    from seqnlp.run_config import read_run_config
    from seqnlp.tasks.split_words import is_text, words_of_file, words_of_splits

    name, pieces = arguments.coverage, table.pieces if table else None
    if is_text(name):
        texts = words_of_file(Path(name), arguments.splitter, told_texts(name))
        return {name: coverage(texts, known, _MISSING, pieces)}
    is_run = Path(name).is_dir()
    config = read_run_config(Path(name)) if is_run else compose_config([f"recipe={name}"], arguments.config_dir)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    splits = words_of_splits(config, say)
    return {f"{name} {split}": coverage(words, known, _MISSING, pieces) for split, words in splits.items()}


def _near_tables(near: dict[str, list[tuple[str, float]]]) -> list[Table]:
    from seqnlp.report.tables import Table

    return [
        Table(f"Nearest to {word}", ("word", ">cosine"), [(other, f"{cosine:.3f}") for other, cosine in neighbours])
        for word, neighbours in near.items()
    ]


def _coverage_tables(covered: dict[str, Coverage], has_pieces: bool) -> list[Table]:
    from seqnlp.report.tables import Table

    if not covered:
        return []
    rows = [
        (
            name,
            f"{one.words:,}",
            _percent(one.known, one.words),
            _percent(one.as_written, one.words),
            *([_percent(one.composed, one.words)] if has_pieces else []),
            f"{one.forms:,}",
            _percent(one.known_forms, one.forms),
            *([_percent(one.composed_forms, one.forms)] if has_pieces else []),
        )
        for name, one in covered.items()
    ]
    composed, composed_forms = ([">of pieces only"], [">of pieces only "]) if has_pieces else ([], [])
    columns = (
        *("of", ">words", ">with a vector", ">as written", *composed),
        *(">different words", ">with a vector ", *composed_forms),
    )
    missing = [(name, ", ".join(f"{word} {count:,}" for word, count in one.missing)) for name, one in covered.items()]
    return [
        Table("Words that have a vector (percent)", columns, rows),
        Table("Most frequent without", ("of", "words"), missing),
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "-"
