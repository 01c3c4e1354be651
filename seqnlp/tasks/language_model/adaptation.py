"""A trained language model beside n-grams, with a neural cache, with dynamic evaluation, and with all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.tasks.language_model.mixture import FLATNESSES, Mixture, Said, tune_mixture
from seqnlp.tasks.language_model.saved import SavedLanguageModel

if TYPE_CHECKING:
    from seqnlp.models.language_model import RecurrentLanguageModel

Losses = Callable[[IntArray], FloatArray]
"""From tokens (N,) of a text, in the order in which the model reads them, to what they cost (N,) in nats."""


@dataclass(frozen=True)
class Adaptation:
    """What is mixed with the model, and how it may learn from the text it is evaluated on.

    Attributes:
        cache: tokens that the neural cache holds; 0: none.
        dynamic: the rate of dynamic evaluation; 0: found on the development text; None: no dynamic evaluation.
        ngrams: the Kneser-Ney model of the training text is mixed in.
    """

    cache: int = 0
    dynamic: float | None = None
    ngrams: bool = False

    @property
    def mixes(self) -> bool:
        """Whether something is mixed in, with weights that are found on the development text."""
        return bool(self.cache) or self.ngrams

    @property
    def searches(self) -> bool:
        """Whether something is to be found on the development text."""
        return self.mixes or self.dynamic == 0

    def __bool__(self) -> bool:
        return self.mixes or self.dynamic is not None


@dataclass(frozen=True)
class Adapted:
    """What a text costs an adapted model: losses (N,) in nats, and the seconds that reading it took."""

    name: str
    losses: FloatArray
    seconds: float


@dataclass(frozen=True)
class Subject:
    """A model, and tokens (N,) of texts in the order in which the model reads them; of those that are not needed none.

    Attributes:
        losses: what the tokens that are evaluated cost the model (N,).
        as_trained, ngrams: what other tokens cost the model, and what any tokens cost the n-grams.
    """

    saved: SavedLanguageModel
    train: IntArray
    dev: IntArray
    tokens: IntArray
    losses: FloatArray
    as_trained: Losses
    ngrams: Losses

    @cached_property
    def model(self) -> RecurrentLanguageModel:
        """The model as a module of torch, which every reading leaves as it was."""
        from seqnlp.tasks.language_model.model import language_model_from_saved

        return language_model_from_saved(self.saved).model


def adapted_losses(subject: Subject, adaptation: Adaptation, say: Callable[[str], None]) -> Iterator[Adapted]:
    """The model with each thing that is asked for, then with all of them; what is not given is found on dev."""
    if adaptation.mixes:
        yield from _mixed(subject, adaptation, say)
    if adaptation.dynamic is not None:
        yield from _dynamic(subject, adaptation, say)


def _mixed(subject: Subject, adaptation: Adaptation, say: Callable[[str], None]) -> Iterator[Adapted]:
    """The model as it was trained, with n-grams, with a cache, and, unless it is to learn as well, with both."""
    began = time.perf_counter()
    if adaptation.cache:
        said = _cached(subject, adaptation, subject.dev, FLATNESSES)
    else:
        said = _with_ngrams(Said(np.exp(-subject.as_trained(subject.dev))), subject, adaptation, subject.dev)
    mixtures = [tune_mixture(said, True)] if adaptation.ngrams else []
    mixtures += [tune_mixture(said, False, adaptation.cache)] if adaptation.cache else []
    if len(mixtures) == 2 and adaptation.dynamic is None:
        mixtures.append(tune_mixture(said, True, adaptation.cache))
    say(f"found on dev in {time.perf_counter() - began:.0f} s: {'; '.join(map(str, mixtures))}")
    began = time.perf_counter()
    if adaptation.cache:
        flatnesses = sorted({mixture.cache.flatness for mixture in mixtures if mixture.cache})
        said = _cached(subject, adaptation, subject.tokens, flatnesses)
    else:
        said = _with_ngrams(Said(np.exp(-subject.losses)), subject, adaptation, subject.tokens)
    seconds = time.perf_counter() - began
    yield from [Adapted(str(mixture), mixture.losses(said), seconds) for mixture in mixtures]


def _cached(subject: Subject, adaptation: Adaptation, tokens: IntArray, flatnesses: Sequence[float]) -> Said:
    """What the model as it was trained says of tokens, with a cache beside it."""
    import torch

    from seqnlp.tasks.language_model.cache import said_with_cache
    from seqnlp.tasks.language_model.reading import read

    said = said_with_cache(read(subject.model, tokens, torch.device("cpu")), adaptation.cache, flatnesses)
    return _with_ngrams(said, subject, adaptation, tokens)


def _with_ngrams(said: Said, subject: Subject, adaptation: Adaptation, tokens: IntArray) -> Said:
    """The same with what n-grams say, if they are to be mixed in."""
    return replace(said, ngrams=np.exp(-subject.ngrams(tokens))) if adaptation.ngrams else said


def _dynamic(subject: Subject, adaptation: Adaptation, say: Callable[[str], None]) -> Iterator[Adapted]:
    """The model that learns from what it reads, then with all that is to be mixed in."""
    import torch

    from seqnlp.tasks.language_model.cache import said_with_cache
    from seqnlp.tasks.language_model.dynamic import TUNED_ON, DynamicEvaluation, DynamicModel, tune_dynamic
    from seqnlp.tasks.language_model.reading import losses_of

    began = time.perf_counter()
    learner = DynamicModel(subject.model, subject.train, torch.device("cpu"))

    def read(tokens: IntArray, settings: DynamicEvaluation, flatnesses: Sequence[float]) -> Said:
        windows = learner.read(tokens, settings)
        said = (
            said_with_cache(windows, adaptation.cache, flatnesses)
            if adaptation.cache
            else Said(np.exp(-losses_of(windows)))
        )
        return _with_ngrams(said, subject, adaptation, tokens)

    settings = DynamicEvaluation(adaptation.dynamic) if adaptation.dynamic else tune_dynamic(learner, subject.dev)
    mixture = Mixture()
    if adaptation.mixes:
        said = read(subject.dev[:TUNED_ON], settings, FLATNESSES)
        mixture = tune_mixture(said, adaptation.ngrams, adaptation.cache)
    names = [str(settings), f"{settings} and {mixture}"] if adaptation.mixes else [str(settings)]
    if adaptation.searches:
        say(f"found on dev in {time.perf_counter() - began:.0f} s: {names[-1]}")
    began = time.perf_counter()
    said = read(subject.tokens, settings, [mixture.cache.flatness] if mixture.cache else [])  # one reading gives both
    seconds = time.perf_counter() - began
    for name, each in zip(names, [Mixture(), mixture], strict=False):
        yield Adapted(name, each.losses(said), seconds)
