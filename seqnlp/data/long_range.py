"""Made-up sentences whose answer depends on one word far back: `I grew up in Paris . ... I speak fluent` -> French."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seqnlp.config.classification import MIN_DISTANCE, DocumentDataConfig
from seqnlp.text.documents import Document

LANGUAGES = {
    "Athens": "Greek",
    "Berlin": "German",
    "Lisbon": "Portuguese",
    "Madrid": "Spanish",
    "Paris": "French",
    "Rome": "Italian",
    "Tokyo": "Japanese",
    "Warsaw": "Polish",
}
"""The word that decides, and the answer."""

BEFORE, AFTER = ("I", "grew", "up", "in"), (".", "I", "speak", "fluent")

_DISTRACTORS = (
    "and then we saw many old houses near the river where people sold fresh bread , green apples or small blue boats "
    "while some friends played music until late but nobody knew why a tall dog slept under every second tree"
)
DISTRACTORS = tuple(_DISTRACTORS.split())

PLACES_AMONG_DISTRACTORS = 0.5
"""How often a distractor is a place, any of them: that a place occurs tells nothing, only what stands before it."""

MAX_AT_THE_BEGINNING = 10
"""So many distractors, drawn from none to all, stand before the sentence: its beginning tells nothing either."""

_SPLITS = ("train", "dev", "test")


def long_range_documents(config: DocumentDataConfig, split: str) -> Iterator[Document]:
    """As many sentences as the split's setting says; the answer is their label, equally often each.

    The answer comes ``config.distance`` words after the place that decides. What stands before and between is drawn at
    random and independent of it. Training sentences may be shorter (``config.training_distances``): the logarithm of
    their distance is then uniform.
    """
    generator = np.random.default_rng([config.dev_seed, _SPLITS.index(split)])
    places = list(LANGUAGES)
    count = int(getattr(config, split))
    shorter = split == "train" and config.training_distances == "up_to"
    for number, chosen in enumerate(generator.permutation(count) % len(places), start=1):
        distance = _up_to(config.distance, generator) if shorter else config.distance
        beginning = _distractors(int(generator.integers(MAX_AT_THE_BEGINNING + 1)), generator)
        between = _distractors(distance - MIN_DISTANCE, generator)
        words = [*beginning, *BEFORE, places[chosen], *between, *AFTER]
        yield Document(" ".join(words), (LANGUAGES[places[chosen]],), number)


def _up_to(most: int, generator: np.random.Generator) -> int:
    """A distance from the shortest to ``most``, its logarithm uniform."""
    return int(np.exp(generator.uniform(np.log(MIN_DISTANCE), np.log(most + 1))))


def _distractors(count: int, generator: np.random.Generator) -> list[str]:
    places = list(LANGUAGES)
    drawn = generator.integers(len(DISTRACTORS), size=count)  # (count,)
    instead = generator.integers(len(places), size=count)  # (count,)
    is_place = generator.random(count) < PLACES_AMONG_DISTRACTORS  # (count,)
    return [
        places[place] if taken else DISTRACTORS[word]
        for word, place, taken in zip(drawn, instead, is_place, strict=True)
    ]
