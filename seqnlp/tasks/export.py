"""Models for others: a folder with weights in one byte a number, and graphs for the runtimes of other languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.compact_weights import compact
from seqnlp.errors import SeqnlpError
from seqnlp.networks.graph import Graph, Value
from seqnlp.networks.onnx_model import onnx_model
from seqnlp.networks.rowwise import EXACT_ANYWHERE, rowwise
from seqnlp.storage import write_atomically
from seqnlp.task_table import part_of
from seqnlp.text.word_pieces import CONTINUES, MOST_PIECES


def export_int8(run: str | Path, folder: Path) -> int:
    """Write a model folder with weights in one byte a number; returns its bytes. It is used as any other.

    Raises:
        RunError: there is no model.
        SeqnlpError: the folder holds something.
        TrainingError: it cannot be written.
    """
    bundle = load_bundle(run)
    _refuse_full(folder)
    save_bundle(folder, replace(bundle, weights=compact(bundle.weights)))
    return _size(folder)


def export_onnx(run: str | Path, folder: Path, int8: bool = False) -> int:
    """Write the graphs of a model with all that a program needs to use them, and a README; returns their bytes.

    Args:
        int8: products in one byte a number, with a scale a row.

    Raises:
        RunError: there is no model, or its weights do not fit.
        SeqnlpError: the folder holds something.
        TrainingError: it cannot be written.
    """
    bundle = load_bundle(run)
    _refuse_full(folder)
    exported: tuple[dict[str, Graph], str] = part_of(bundle.task, "graphs")(bundle)
    graphs, notes = exported
    if int8:
        graphs = {name: rowwise(graph, EXACT_ANYWHERE) for name, graph in graphs.items()}
    for name, graph in graphs.items():
        write_atomically(folder / f"{name}.onnx", onnx_model(graph))
    for name, content in {"vocabulary.json": bundle.vocabulary, "labels.json": bundle.labels}.items():
        write_atomically(folder / name, json.dumps(content, ensure_ascii=False).encode())
    for name, data in bundle.subwords.items():
        write_atomically(folder / name, data)
    write_atomically(folder / "README.md", _readme(bundle.task, graphs, notes).encode())
    return _size(folder)


def _readme(task: str, graphs: dict[str, Graph], notes: str) -> str:
    parts = [f"# Graphs of a model for {task}\n\nMade by seqnlp; for ONNX Runtime and other runtimes. {notes}\n"]
    if "words" in graphs:
        parts.append(
            "\n`words` makes the vector of each word form from numbers in vocabulary.json: its place in `words` (0: "
            "unknown; lower-cased if `lowercase`), in `vector_words` (0: none), and of each character its place in "
            "`characters` + 3, between a 1 (begin) and a 2 (end), 0 at padding. Its `rows`, gathered for each text, "
            "are what the next graph reads.\n"
        )
    if any(value.name == "vector_rows" for graph in graphs.values() for value in graph.inputs):
        parts.append(
            "\n`vector_rows` are, of a word in `vector_words`, the number of `pieces` plus its place there; of another "
            "word, the places in `pieces` (from 1) of its pieces, then zeros. A word's pieces: lower-case it; of "
            "a character that is in no piece, take the canonical decomposition (NFD) without its marks (Mn); cut the "
            "word into runs of letters, numbers and marks (L, N, M), every other character by itself; cut each run "
            "from left to right, always at the longest piece that fits, its first piece as `pieces` has it, the later "
            f"ones after `{CONTINUES}`; where none fits try the other kind, and else skip the character. Of more than "
            f"{MOST_PIECES} take the first and the last {MOST_PIECES // 2}.\n"
        )
    for name, graph in graphs.items():
        rows = [_row("input", value) for value in graph.inputs] + [_row("output", value) for value in graph.outputs]
        parts.append(f"\n## {name}.onnx\n\n| | name | type | shape |\n|---|---|---|---|\n" + "".join(rows))
    return "".join(parts)


def _row(kind: str, value: Value) -> str:
    shape = " x ".join(map(str, value.shape)) or "one number"
    return f"| {kind} | `{value.name}` | {value.dtype} | {shape} |\n"


def _refuse_full(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SeqnlpError(f"{folder} already holds something; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def describe_size(size: int) -> str:
    """Bytes in words: megabytes, of less than a tenth of one kilobytes."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
