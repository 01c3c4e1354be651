"""Models for others: a folder with weights in one byte a number, and graphs for the runtimes of other languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from seqnlp.bundle import Bundle, load_bundle, save_bundle
from seqnlp.compact_weights import compact
from seqnlp.errors import SeqnlpError
from seqnlp.networks.graph import Graph, Value
from seqnlp.networks.onnx_model import onnx_model
from seqnlp.networks.rowwise import rowwise
from seqnlp.networks.tagger import crf_of, tagger_graph
from seqnlp.networks.word_rows import below, words_graph
from seqnlp.storage import write_atomically

Graphs = dict[str, Graph]


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
        SeqnlpError: the folder holds something, or there are no graphs for the task.
        TrainingError: it cannot be written.
    """
    bundle = load_bundle(run)
    task = str(bundle.description.get("task", "tagging"))
    if task not in _GRAPHS:
        raise SeqnlpError(f"--onnx is for {', '.join(_GRAPHS)}; this model is for {task}")
    _refuse_full(folder)
    graphs, notes = _GRAPHS[task](bundle)
    if int8:
        graphs = {name: rowwise(graph) for name, graph in graphs.items()}
    for name, graph in graphs.items():
        write_atomically(folder / f"{name}.onnx", onnx_model(graph).SerializeToString())
    for name, content in {"vocabulary.json": bundle.vocabulary, "labels.json": bundle.labels}.items():
        write_atomically(folder / name, json.dumps(content, ensure_ascii=False).encode())
    for name, data in bundle.subwords.items():
        write_atomically(folder / name, data)
    write_atomically(folder / "README.md", _readme(task, graphs, notes).encode())
    return _size(folder)


def _tagger(bundle: Bundle) -> tuple[Graphs, str]:
    from seqnlp.tasks.tagging.saved import read_tagger

    saved = read_tagger(bundle)
    if saved.readers:
        raise SeqnlpError("--onnx: this tagger reads character models, for which there are no graphs")
    crf = crf_of(saved.tags, saved.scheme, saved.weights)
    graph = tagger_graph(saved.settings, saved.weights, crf=None if saved.settings.output == "softmax" else crf)
    words = words_graph(below(saved.weights, "embedder"), saved.settings.fine_tune)
    notes = (
        f"Tags are those of scheme {saved.scheme}, numbered as in labels.json; the tokenizer is `{saved.tokenizer}`. "
        f"Before Viterbi, seqnlp takes {saved.outside_penalty:g} from the emissions of `O` (outside penalty) and "
        f"divides by {saved.temperature:g} for probabilities (temperature)."
    )
    return {"words": words, "tagger": graph}, notes


def _classifier(bundle: Bundle) -> tuple[Graphs, str]:
    from seqnlp.networks.classifier import document_graph, scores_graph, window_graph
    from seqnlp.networks.shapes import embedder_shapes
    from seqnlp.tasks.classification.saved import read_classifier

    saved = read_classifier(bundle)
    model, weights = saved.settings, saved.weights
    _, width = embedder_shapes(model, saved.features, saved.word_dim)
    graphs = {
        "words": words_graph(below(weights, "embedder"), model.fine_tune),
        "window": window_graph(model, weights, width),
        "scores": scores_graph(weights),
    }
    if model.long == "hierarchical":
        graphs["document"] = document_graph(model, weights)
    notes = (
        f"A window has at most {model.window} words; a document's vector is the mean of its windows', weighted by "
        f"their words. Scores are divided by {saved.decision.temperature:g} before the "
        f"{'sigmoid' if saved.multi_label else 'softmax'}; labels are numbered as in labels.json."
    )
    return graphs, notes


def _translator(bundle: Bundle) -> tuple[Graphs, str]:
    from seqnlp.networks.translator import MASKED, encoder_graph, step_graph
    from seqnlp.tasks.translation.saved import read_translator

    saved = read_translator(bundle)
    notes = (
        "Ids are those of the SentencePiece models; 2 begins, 3 ends (also each source), 0 pads. `bias` is 0 at real "
        f"positions and {MASKED:g} at padding. `rows` is the hypothesis of each of B x K slots, `place` the slot of "
        "each hypothesis. The first `context` and `covered` are zeros; `new_X` is the next `X`."
    )
    return {
        "encoder": encoder_graph(saved.settings, saved.weights),
        "step": step_graph(saved.settings, saved.weights),
    }, notes


_GRAPHS: dict[str, Callable[[Bundle], tuple[Graphs, str]]] = {
    "tagging": _tagger,
    "classification": _classifier,
    "translation": _translator,
}


def _readme(task: str, graphs: Graphs, notes: str) -> str:
    parts = [f"# Graphs of a model for {task}\n\nMade by seqnlp; for ONNX Runtime and other runtimes. {notes}\n"]
    if "words" in graphs:
        parts.append(
            "\n`words` makes the vector of each word form from numbers in vocabulary.json: its place in `words` (0: "
            "unknown; lower-cased if `lowercase`), in `vector_words` (0: none), and of each character its place in "
            "`characters` + 3, between a 1 (begin) and a 2 (end), 0 at padding. Its `rows`, gathered for each text, "
            "are what the next graph reads.\n"
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
    """Bytes in words."""
    return f"{size / 1e6:.1f} MB"
