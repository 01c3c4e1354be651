#!/usr/bin/env python3
"""Write the data of recipe translation/demo: everyday German sentences with their English translations.

A small grammar of ours says each sentence in both languages: ``demo_translation/words.txt`` has the words,
``german.py`` and ``english.py`` the orders of words. A German sentence has exactly one English one, so a translation is
right or wrong. The same seed gives the same files::

    python tools/make_demo_translation.py     # writes recipes/translation/demo/{train,dev,test}.{de,en}, sentences.de
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from demo_translation import sentences, situations
from demo_translation.choices import Chooser, Said

Kind = Callable[[Chooser], Said]

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"train": 6000, "dev": 300, "test": 300}
WORDS = range(3, 17)
KINDS: dict[Kind, int] = {
    sentences.plain: 6,
    sentences.time_first: 4,
    sentences.object_first: 2,
    sentences.question: 3,
    sentences.asked: 2,
    sentences.who: 1,
    sentences.what: 1,
    sentences.reason: 3,
    sentences.but: 2,
    sentences.thought: 3,
    sentences.whenever: 2,
    sentences.after_rain: 1,
    sentences.described: 2,
    situations.relative: 2,
    situations.relative_object: 2,
    situations.lying: 2,
    situations.putting: 2,
    situations.pleasing: 2,
    situations.belonging: 1,
    situations.helping: 1,
    situations.with_zu: 2,
    situations.errand: 1,
    situations.request: 2,
    situations.number: 2,
    situations.weather: 2,
}
"""Each kind of sentence, and how often it is drawn."""

SHOWN: tuple[Kind, ...] = (
    sentences.time_first,
    sentences.but,
    sentences.reason,
    sentences.question,
    situations.relative_object,
    situations.pleasing,
    situations.number,
    situations.with_zu,
)
"""One of each for ``make demo``."""


def make_pairs(rng: random.Random, known: dict[str, str], kinds: Mapping[Kind, int] = KINDS) -> Iterator[Said]:
    """Endless (German, English) pairs whose German is not in ``known`` yet, where it goes with its translation.

    Raises:
        ValueError: the grammar has two translations of one sentence.
    """
    choose = Chooser(rng)
    while True:
        (kind,) = rng.choices(list(kinds), weights=list(kinds.values()))
        source, target = kind(choose)
        if len(source.split()) not in WORDS or len(target.split()) not in WORDS:
            continue
        if known.get(source, target) != target:
            raise ValueError(f"two translations of '{source}': '{known[source]}' and '{target}'")
        if source not in known:
            known[source] = target
            yield source, target


def write_demo_translation(folder: Path, seed: int = 3) -> None:
    """Write the splits, and German sentences that are in none of them."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, known = random.Random(seed), dict[str, str]()
    pairs = make_pairs(rng, known)
    for split, size in SIZES.items():
        german, english = zip(*itertools.islice(pairs, size), strict=True)
        _write(folder / f"{split}.de", german)
        _write(folder / f"{split}.en", english)
    _write(folder / "sentences.de", [next(make_pairs(rng, known, {kind: 1}))[0] for kind in SHOWN])


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "translation" / "demo")
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    write_demo_translation(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
