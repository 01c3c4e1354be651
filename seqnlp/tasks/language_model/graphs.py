"""The graphs of a language model, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.language_model import output_graphs, reader_graph
from seqnlp.tasks.exported import Exported
from seqnlp.tasks.language_model.saved import read_language_model
from seqnlp.text.language_tokens import SubwordTokens, WordTokens


def graphs(bundle: Bundle) -> Exported:
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
    tokens = saved.tokens
    if saved.lowercase:
        notes += " Texts are lower-cased first."
    if not isinstance(tokens, SubwordTokens):
        listed = "words" if tokens.whole_words else "characters"
        notes += f" Tokens are places in `{listed}` of vocabulary.json, from 1; 0 is one that is not there."
    tokenizer = tokens.splitter if isinstance(tokens, WordTokens) else ""
    return Exported({"reader": reader_graph(saved.settings, saved.weights), **outputs}, notes, tokenizer)
