"""From a language model's folder to what reads and predicts with it, in any engine."""

from __future__ import annotations

from functools import partial

from seqnlp.bundle_files import TENSORS
from seqnlp.compact_weights import at_precision
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.language_model import GraphLanguageModel
from seqnlp.networks.protocol import LanguageModelNetwork
from seqnlp.networks.shapes import language_model_shapes
from seqnlp.saved_weights import refuse_unfit
from seqnlp.tasks.language_model.saved import SavedLanguageModel


def saved_network(
    saved: SavedLanguageModel, engine: str = "auto", device: str = "cpu", threads: int = 0, precision: str = "auto"
) -> LanguageModelNetwork:
    """The network of a saved model.

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
        from seqnlp.models.language_model_as_network import TorchLanguageModel
        from seqnlp.tasks.language_model.model import language_model_from_saved

        use_threads(threads)
        return TorchLanguageModel(language_model_from_saved(saved, device).model)
    expected = partial(language_model_shapes, saved.settings, len(saved.tokens))
    refuse_unfit(expected, saved.weights, saved.folder / TENSORS)
    make = partial(make_network, engine=engine, threads=threads, precision=precision)
    return GraphLanguageModel(saved.settings, at_precision(saved.weights, precision), make)
