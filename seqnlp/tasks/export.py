"""Models for others: a folder with weights in one byte a number, and graphs for the runtimes of other languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.compact_weights import compact
from seqnlp.errors import SeqnlpError
from seqnlp.networks.onnx_model import onnx_model
from seqnlp.networks.rowwise import EXACT_ANYWHERE, rowwise
from seqnlp.storage import write_atomically
from seqnlp.task_table import part_of
from seqnlp.tasks.export_readme import TOKENIZER, expressions, readme
from seqnlp.tasks.exported import Exported
from seqnlp.text.tokenize import KINDS

_CARD = "\nIts weights are in one byte a number; the scores above are those of the model before that.\n"


def export_int8(run: str | Path, folder: Path) -> int:
    """Write a model folder with weights in one byte a number; returns its bytes. It is used as any other.

    It keeps the scores on dev, which belong to its training, but not those on test: they are not its own.

    Raises:
        RunError: there is no model.
        SeqnlpError: the folder holds something.
        TrainingError: it cannot be written.
    """
    bundle = load_bundle(run)
    _refuse_full(folder)
    metrics = {**{name: value for name, value in bundle.metrics.items() if name != "test"}, "weights": "int8"}
    card = bundle.card if bundle.card.endswith(_CARD) else bundle.card + _CARD
    save_bundle(folder, replace(bundle, weights=compact(bundle.weights), metrics=metrics, card=card))
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
    exported: Exported = part_of(bundle.task, "graphs")(bundle)
    graphs = exported.graphs
    if int8:
        graphs = {name: rowwise(graph, EXACT_ANYWHERE) for name, graph in graphs.items()}
    for name, graph in graphs.items():
        write_atomically(folder / f"{name}.onnx", onnx_model(graph))
    contents = {"vocabulary.json": bundle.vocabulary, "labels.json": bundle.labels}
    if exported.tokenizer in KINDS:
        contents[TOKENIZER] = expressions(exported.tokenizer)
    for name, content in contents.items():
        write_atomically(folder / name, json.dumps(content, ensure_ascii=False).encode())
    for name, data in bundle.subwords.items():
        write_atomically(folder / name, data)
    write_atomically(folder / "README.md", readme(bundle.task, graphs, exported).encode())
    return _size(folder)


def _refuse_full(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SeqnlpError(f"{folder} already holds something; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def describe_size(size: int) -> str:
    """Bytes in words: megabytes, of less than a tenth of one kilobytes."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
