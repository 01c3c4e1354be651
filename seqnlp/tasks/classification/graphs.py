"""The graphs of a classifier, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.config.classification import ClassifierConfig
from seqnlp.networks.classifier import document_graph, ngrams_graph, scores_graph, window_graph
from seqnlp.networks.shapes import embedder_shapes
from seqnlp.networks.word_rows import below, words_graph
from seqnlp.tasks.classification.saved import read_classifier
from seqnlp.tasks.exported import Exported


def _of_windows(model: ClassifierConfig) -> str:
    """How the vector of a document is made."""
    if model.long == "truncated":
        return f"A document's vector is that of its first {model.window} words; those after them are not read."
    step = model.window - model.overlap
    cut = f"A document is cut into windows of {model.window} words, the last perhaps of fewer"
    cut += f", each beginning {step} words after the one before, until one reaches the end" if model.overlap else ""
    if model.long == "hierarchical":
        return f"{cut}; its vector is what `document` says of those of its windows."
    return f"{cut}; its vector is the mean of its windows', weighted by their words."


def graphs(bundle: Bundle) -> Exported:
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
        f"{_of_windows(model)} Scores are divided by {saved.decision.temperature:g} before the "
        f"{'sigmoid' if saved.multi_label else 'softmax'}; labels are numbered from 0 as in labels.json."
    )
    if saved.bag and saved.decision.ngram_weight:
        weight = saved.decision.ngram_weight
        named["ngrams"] = ngrams_graph(weight * saved.bag.weights, weight * saved.bag.bias)
        lowered = "lower-cased, " if model.lowercase else ""
        notes += (
            " To the divided scores add what `ngrams` says, before the softmax or sigmoid: it reads the places in "
            f"`ngrams` of vocabulary.json, from 1, of the different n-grams of the document, each {saved.bag.order} "
            f"words or fewer that follow each other, {lowered}with spaces between them; n-grams that are not there are "
            "left out, and zeros fill up (a single one where there are none)."
        )
    return Exported(named, notes, "" if saved.reader.subwords else saved.reader.splitter)
