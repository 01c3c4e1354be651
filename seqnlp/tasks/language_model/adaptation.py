"""A language model that learns from the text it is evaluated on: a neural cache, dynamic evaluation, both together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.tasks.language_model.saved import SavedLanguageModel, in_direction


@dataclass(frozen=True)
class Adaptation:
    """How the model may learn from the text it is evaluated on.

    Attributes:
        cache: tokens that the neural cache holds; 0: none.
        dynamic: the rate of dynamic evaluation; 0: found on the development text; None: no dynamic evaluation.
    """

    cache: int = 0
    dynamic: float | None = None

    @property
    def searches(self) -> bool:
        """Whether something is to be found on the development text."""
        return bool(self.cache) or self.dynamic == 0

    def __bool__(self) -> bool:
        return bool(self.cache) or self.dynamic is not None


@dataclass(frozen=True)
class Adapted:
    """What a text costs an adapted model: losses (N,) in nats, and the seconds that reading it took."""

    name: str
    losses: FloatArray
    seconds: float


def adapted_losses(
    saved: SavedLanguageModel,
    train: IntArray,
    dev: IntArray,
    tokens: IntArray,
    adaptation: Adaptation,
    say: Callable[[str], None],
) -> Iterator[Adapted]:
    """The model with a cache, with dynamic evaluation, and with both where both are asked for; by torch.

    What is not given is found on dev.

    Args:
        train, dev, tokens: of the texts (N,) in their order, whatever the model's direction; of dev none where nothing
            is to be found.
    """
    import torch

    from seqnlp.tasks.language_model.cache import cache_losses, tune_cache
    from seqnlp.tasks.language_model.dynamic import TUNED_ON, DynamicEvaluation, DynamicModel, tune_dynamic
    from seqnlp.tasks.language_model.model import language_model_from_saved
    from seqnlp.tasks.language_model.reading import losses_of, read

    device, model, direction = torch.device("cpu"), language_model_from_saved(saved).model, saved.settings.direction
    train, dev, tokens = (in_direction(text, direction) for text in (train, dev, tokens))

    def told(found: object, began: float) -> float:
        say(f"found on dev in {time.perf_counter() - began:.0f} s: {found}")
        return time.perf_counter()

    def adapted(name: object, losses: FloatArray, began: float) -> Adapted:
        return Adapted(str(name), in_direction(losses, direction), time.perf_counter() - began)

    began = time.perf_counter()
    if adaptation.cache:
        cache = tune_cache(read(model, dev, device), adaptation.cache)
        began = told(cache, began)
        _, losses = cache_losses(read(model, tokens, device), cache)
        yield adapted(cache, losses, began)
    if adaptation.dynamic is None:
        return
    began = time.perf_counter()
    learner = DynamicModel(model, train, device)
    if adaptation.dynamic:
        settings = DynamicEvaluation(adaptation.dynamic)
    else:
        settings = tune_dynamic(learner, dev)
        began = told(settings, began)
    if not adaptation.cache:
        losses = losses_of(learner.read(tokens, settings))
        yield adapted(settings, losses, began)
        return
    both = tune_cache(learner.read(dev[:TUNED_ON], settings), adaptation.cache)
    began = told(f"{settings} and {both}", began)
    alone, losses = cache_losses(learner.read(tokens, settings), both)  # one reading gives both
    yield from [adapted(settings, alone, began), adapted(f"{settings} and {both}", losses, began)]
