"""From a classifier's model folder to what classifies with it, in any engine."""

from __future__ import annotations

from functools import partial

from seqnlp.bundle_files import TENSORS
from seqnlp.compact_weights import at_precision
from seqnlp.networks.classifier import GraphClassifier
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.shapes import classifier_shapes
from seqnlp.saved_weights import refuse_unfit
from seqnlp.tasks.classification.prediction import DocumentPredictor
from seqnlp.tasks.classification.saved import SavedClassifier


def saved_predictor(
    saved: SavedClassifier, engine: str = "auto", device: str = "cpu", threads: int = 0, precision: str = "auto"
) -> DocumentPredictor:
    """What classifies with a saved model.

    Args:
        engine, device, precision: see :func:`~seqnlp.networks.engine.choose_engine`.
        threads: see :func:`~seqnlp.networks.engine.make_network`.

    Raises:
        RunError: weights that do not fit the settings.
        SeqnlpError: the engine is not installed, or does not compute on the device or in the precision.
    """
    engine = choose_engine(engine, device, precision)
    if engine == "torch":
        from seqnlp.models.as_network import use_threads
        from seqnlp.tasks.classification.model import classifier_from_saved

        use_threads(threads)
        return classifier_from_saved(saved, device).predictor()
    sizes = (saved.features, len(saved.labels), saved.word_dim)
    refuse_unfit(partial(classifier_shapes, saved.settings, *sizes), saved.weights, saved.folder / TENSORS)
    make = partial(make_network, engine=engine, threads=threads, precision=precision)
    weights = at_precision(saved.weights, precision)
    network = GraphClassifier(saved.settings, weights, make, rounded=precision == "int8")
    return DocumentPredictor(network, saved.features, saved.settings, saved.bag)
