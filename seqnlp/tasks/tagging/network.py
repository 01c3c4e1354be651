"""From a tagger's model folder to what tags with it, in any engine."""

from __future__ import annotations

from functools import partial

from seqnlp.bundle_files import TENSORS
from seqnlp.compact_weights import at_precision
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.shapes import Expected, reader_dim, tagger_shapes
from seqnlp.networks.tagger import GraphTagger
from seqnlp.saved_weights import refuse_unfit
from seqnlp.tasks.tagging.prediction import TagPredictor
from seqnlp.tasks.tagging.saved import SavedTagger
from seqnlp.text.tags import legal_start


def saved_predictor(
    saved: SavedTagger, engine: str = "auto", device: str = "cpu", threads: int = 0, precision: str = "auto"
) -> TagPredictor:
    """What tags with a saved model, its decisions and probabilities as they were fitted on dev.

    Args:
        engine, device, precision: see :func:`~seqnlp.networks.engine.choose_engine`.
        threads: see :func:`~seqnlp.networks.engine.make_network`.

    Raises:
        RunError: weights that do not fit the settings.
        SeqnlpError: the engine is not installed.
    """
    engine = choose_engine(engine, device, precision)
    if engine == "torch":
        from seqnlp.models.as_network import use_threads
        from seqnlp.tasks.tagging.model import tagger_from_saved

        use_threads(threads)
        predictor = tagger_from_saved(saved, device).predictor()
    else:
        predictor = _graph_predictor(saved, engine, threads, precision)
    predictor.temperature, predictor.outside_penalty = saved.temperature, saved.outside_penalty
    return predictor


def _graph_predictor(saved: SavedTagger, engine: str, threads: int, precision: str) -> TagPredictor:
    context_dim = sum(reader_dim(one.settings) for one in saved.readers)

    def expected() -> dict[str, Expected]:
        legal_start(saved.tags, saved.scheme)  # refuses tags that are none of the scheme
        return tagger_shapes(saved.settings, saved.features, len(saved.tags), saved.word_dim, context_dim)

    refuse_unfit(expected, saved.weights, saved.folder / TENSORS)
    make = partial(make_network, engine=engine, threads=threads, precision=precision)
    weights = at_precision(saved.weights, precision)
    network = GraphTagger(saved.settings, saved.tags, weights, make, context_dim)
    context = None
    if saved.readers:
        from seqnlp.tasks.tagging.character_readers import character_readers

        context = character_readers(saved.readers, make, precision)
    return TagPredictor(network, saved.features, saved.tags, saved.scheme, context=context)
