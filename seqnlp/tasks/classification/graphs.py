"""The graphs of a classifier, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.classifier import document_graph, scores_graph, window_graph
from seqnlp.networks.graph import Graph
from seqnlp.networks.shapes import embedder_shapes
from seqnlp.networks.word_rows import below, words_graph
from seqnlp.tasks.classification.saved import read_classifier


def graphs(bundle: Bundle) -> tuple[dict[str, Graph], str]:
    """The graphs of a model folder by name, and what one must know to use them."""
    saved = read_classifier(bundle)
    model, weights = saved.settings, saved.weights
    _, width = embedder_shapes(model, saved.features, saved.word_dim)
    named = {
        "words": words_graph(below(weights, "embedder"), model.fine_tune, bool(len(saved.features.pieces))),
        "window": window_graph(model, weights, width),
        "scores": scores_graph(weights),
    }
    if model.long == "hierarchical":
        named["document"] = document_graph(model, weights)
    notes = (
        f"A window has at most {model.window} words; a document's vector is the mean of its windows', weighted by "
        f"their words. Scores are divided by {saved.decision.temperature:g} before the "
        f"{'sigmoid' if saved.multi_label else 'softmax'}; labels are numbered as in labels.json."
    )
    return named, notes
