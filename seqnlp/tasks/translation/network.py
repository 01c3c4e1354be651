"""From translators' model folders to what translates with them, in any engine and precision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal, get_args

from seqnlp.bundle_files import TENSORS
from seqnlp.compact_weights import at_precision
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.protocol import TranslatorNetwork
from seqnlp.networks.shapes import translator_shapes
from seqnlp.networks.translator import GraphTranslator
from seqnlp.saved_weights import refuse_unfit
from seqnlp.tasks.translation.prediction import TranslationPredictor
from seqnlp.tasks.translation.saved import SavedTranslator

TranslatorPrecision = Literal["auto", "fp32", "bf16", "int8"]
PRECISIONS: tuple[str, ...] = get_args(TranslatorPrecision)


def saved_predictor(
    saved: Sequence[SavedTranslator], engine: str, precision: str = "auto", device: str = "cpu", threads: int = 0
) -> TranslationPredictor:
    """What translates with saved models, several of them as an ensemble.

    Args:
        engine: from :func:`translation_engine`.
        precision: ``auto``: with torch bf16 where the CPU has it and the model is wide enough to gain, else fp32.
        threads: see :func:`~seqnlp.networks.engine.make_network`.

    Raises:
        RunError: weights that do not fit their settings, or models that cannot form an ensemble.
    """
    for number, other in enumerate(saved[1:], start=2):
        if problem := _misfit(saved[0], other):
            raise RunError(f"model {number} does not fit the first: {problem}; an ensemble needs the same of both")
    if engine == "torch":
        return TranslationPredictor(_modules(saved, precision, device, threads))
    return TranslationPredictor([_graphs(one, engine, precision, threads) for one in saved])


def translation_engine(engine: str, precision: str, device: str = "cpu") -> str:
    """The engine's own name.

    Raises:
        WrongValueError: no such engine or precision.
        SeqnlpError: it is not installed, or does not compute in that precision.
    """
    if precision == "bf16" and engine == "auto":
        engine = "torch"
    chosen = choose_engine(engine, device, precision, PRECISIONS)
    if precision == "bf16" and chosen != "torch":
        raise SeqnlpError(f"the engine {chosen} does not compute in bf16; use the engine torch, or int8")
    return chosen


def _graphs(saved: SavedTranslator, engine: str, precision: str, threads: int) -> TranslatorNetwork:
    sizes = len(saved.vocabularies.source), len(saved.vocabularies.target)
    refuse_unfit(partial(translator_shapes, saved.settings, *sizes), saved.weights, saved.folder / TENSORS)
    make = partial(make_network, engine=engine, threads=threads, precision=precision)
    return GraphTranslator(saved.settings, at_precision(saved.weights, precision), make)


def _modules(saved: Sequence[SavedTranslator], precision: str, device: str, threads: int) -> list[TranslatorNetwork]:
    from seqnlp.models.as_network import torch_device, use_threads
    from seqnlp.models.translator_step import TranslatorStep
    from seqnlp.tasks.translation.model import translator_from_saved
    from seqnlp.training.device import inference_precision

    use_threads(threads)
    place = torch_device(device)
    width = max(one.settings.decoder_hidden_dim for one in saved)
    dtype = inference_precision(precision, width)
    return [TranslatorStep(translator_from_saved(one).model.to(place, dtype)) for one in saved]


def _misfit(first: SavedTranslator, other: SavedTranslator) -> str:
    """Why two models cannot form an ensemble, or an empty string."""
    languages = [f"{one.source_language}-{one.target_language}" for one in (first, other)]
    if languages[0] != languages[1]:
        return f"it translates {languages[1]}, the first {languages[0]}"
    if first.vocabularies.to_files() != other.vocabularies.to_files():
        sizes = [len(one.vocabularies.target) for one in (first, other)]
        return f"its subwords are others ({sizes[1]:,}, the first has {sizes[0]:,}); train both on the same text"
    return ""
