"""The graphs of a tagger, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.graph import Graph
from seqnlp.networks.language_model import reader_graph
from seqnlp.networks.shapes import reader_dim
from seqnlp.networks.tagger import crf_of, tagger_graph
from seqnlp.networks.word_rows import below, words_graph
from seqnlp.tasks.tagging.saved import read_tagger


def graphs(bundle: Bundle) -> tuple[dict[str, Graph], str]:
    """The graphs of a model folder by name, and what one must know to use them."""
    saved = read_tagger(bundle)
    crf = None if saved.settings.output == "softmax" else crf_of(saved.tags, saved.scheme, saved.weights)
    context_dim = sum(reader_dim(reader.settings) for reader in saved.readers)
    notes = (
        f"Tags are those of scheme {saved.scheme}, numbered as in labels.json; the tokenizer is `{saved.tokenizer}`. "
        f"Before Viterbi, seqnlp takes {saved.outside_penalty:g} from the emissions of `O` (outside penalty) and "
        f"divides by {saved.temperature:g} for probabilities (temperature)."
    )
    named = {
        "words": words_graph(
            below(saved.weights, "embedder"), saved.settings.fine_tune, bool(len(saved.features.pieces))
        ),
        "tagger": tagger_graph(saved.settings, saved.weights, context_dim, crf),
    }
    for reader in saved.readers:
        named[f"characters_{reader.settings.direction}"] = reader_graph(reader.settings, reader.weights)
    if saved.readers:
        notes += (
            " `context` is, for each word, what the character models say after the last character of it that they "
            "read, side by side in the order of `character_models` in vocabulary.json: each reads a line feed and the "
            "words with single spaces between them, one that reads backward from the last character to the first."
        )
    return named, notes
