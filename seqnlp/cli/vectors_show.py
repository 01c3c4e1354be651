"""``seqnlp vectors show``: the size of vectors, neighbours of words, coverage of a data set."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.output import say
from seqnlp.json_text import json_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seqnlp.data.vector_coverage import Coverage
    from seqnlp.report.tables import Table

_NEIGHBOURS = 10
_MISSING = 10


def show_vectors(arguments: argparse.Namespace) -> int:
    """Print what a file holds, or several side by side.

    Raises:
        SeqnlpError: a file, or what coverage is asked of, cannot be read; a word has no vector.
    """
    from seqnlp.config.named_files import side_by_side
    from seqnlp.text.joined_vectors import read_joined

    names = [name for typed in arguments.names for name in side_by_side(typed)]
    joined = read_joined([Path(name) for name in names])
    words, values = joined.table.words, joined.table.values  # N words, (N, D)
    near = {word: _neighbours(word, words, values) for word in arguments.near}
    covered = _covered(arguments, frozenset(words)) if arguments.coverage else {}
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
    print(format_sections(" + ".join(names), size, [*_near_tables(near), *_coverage_tables(covered)]), end="")
    return 0


def _neighbours(word: str, words: list[str], values: NDArray[np.float32]) -> list[tuple[str, float]]:
    """The words of the largest cosine with a word's vector."""
    import numpy as np

    from seqnlp.errors import SeqnlpError, did_you_mean
    from seqnlp.text.vector_forms import vector_forms

    rows = {known: row for row, known in enumerate(words)}
    row = next((rows[form] for form in vector_forms(word) if form in rows), None)
    if row is None:
        raise SeqnlpError(f"--near: '{word}' has no vector{did_you_mean(word, words[:50_000])}")
    lengths = np.maximum(np.linalg.norm(values, axis=1), 1e-12)  # (N,)
    cosines = values @ values[row] / (lengths * lengths[row])  # (N,)
    cosines[row] = -np.inf
    nearest = np.argsort(-cosines, kind="stable")[:_NEIGHBOURS]
    return [(words[place], float(cosines[place])) for place in nearest if place != row]


def _covered(arguments: argparse.Namespace, known: frozenset[str]) -> dict[str, Coverage]:
    """Coverage of a file, or of each split of a recipe or run."""
    from seqnlp.compose import compose_config
    from seqnlp.data.vector_coverage import coverage
    from seqnlp.run_config import read_run_config
    from seqnlp.tasks.split_words import is_text, words_of_file, words_of_splits

    name = arguments.coverage
    if is_text(name):
        return {name: coverage(words_of_file(Path(name), arguments.splitter), known, _MISSING)}
    is_run = Path(name).is_dir()
    config = read_run_config(Path(name)) if is_run else compose_config([f"recipe={name}"], arguments.config_dir)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    return {
        f"{name} {split}": coverage(texts, known, _MISSING) for split, texts in words_of_splits(config, say).items()
    }


def _near_tables(near: dict[str, list[tuple[str, float]]]) -> list[Table]:
    from seqnlp.report.tables import Table

    return [
        Table(f"Nearest to {word}", ("word", ">cosine"), [(other, f"{cosine:.3f}") for other, cosine in neighbours])
        for word, neighbours in near.items()
    ]


def _coverage_tables(covered: dict[str, Coverage]) -> list[Table]:
    from seqnlp.report.tables import Table

    if not covered:
        return []
    rows = [
        (
            name,
            f"{one.words:,}",
            _percent(one.known, one.words),
            _percent(one.as_written, one.words),
            f"{one.forms:,}",
            _percent(one.known_forms, one.forms),
        )
        for name, one in covered.items()
    ]
    columns = ("of", ">words", ">with a vector", ">as written", ">different words", ">with a vector ")
    missing = [(name, ", ".join(f"{word} {count:,}" for word, count in one.missing)) for name, one in covered.items()]
    return [
        Table("Words that have a vector (percent)", columns, rows),
        Table("Most frequent without", ("of", "words"), missing),
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "-"
