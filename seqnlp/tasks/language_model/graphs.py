"""The graphs of a language model, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.graph import Graph
from seqnlp.networks.language_model import output_graphs, reader_graph
from seqnlp.tasks.language_model.saved import read_language_model


def graphs(bundle: Bundle) -> tuple[dict[str, Graph], str]:
    """The graphs of a model folder by name, and what one must know to use them."""
    saved = read_language_model(bundle)
    outputs = output_graphs(saved.settings, saved.weights)
    notes = (
        f"`reader` reads tokens, {saved.settings.direction}s, those of an end of line ({saved.tokens.end}) first; the "
        "first states are zeros, and `new_X` is the next `X`. `head` says the log probability of each token after an "
        "output of it."
    )
    if len(outputs) > 1:
        notes += (
            " The last numbers of `head` are those of clusters of rarer tokens, in order; the log probability of a "
            "token in a cluster is that of the cluster and what its own graph says, added."
        )
    return {"reader": reader_graph(saved.settings, saved.weights), **outputs}, notes
