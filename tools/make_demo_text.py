#!/usr/bin/env python3
"""Write the text of recipe language_model/demo: small lives of invented people in invented countries.

Every country has its language, its river and its dish, and every person one country: what a line says first decides
words many words later, so a model has something to remember. The same seed gives the same files::

    python tools/make_demo_text.py            # writes recipes/language_model/demo/{train,dev,test}.txt
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"train": 1500, "dev": 200, "test": 200}


def listed(text: str) -> list[str]:
    """The items between commas."""
    return text.split(", ")


STEMS = listed(
    "Vel, Orm, Tash, Brenn, Quor, Lint, Sarr, Dov, Mirr, Kest, Holv, Penn, Zand, Farr, Ulm, Gorr, Nesk, Rind, Ist"
)
WOMEN = listed("Mira, Tessa, Orla, Runa, Selma, Ilse, Nadja, Petra, Liv, Alma, Greta, Juna")
MEN = listed("Joren, Aldo, Tomas, Emil, Bruno, Anton, Kasper, Niels, Oskar, Rafe, Viktor, Henrik")
RIVERS = listed("Saal, Ebra, Onne, Wist, Lorn, Teme, Ruhl, Isk, Aven, Dray")
DISHES = listed("plum soup, black bread, fish stew, barley cake, goat cheese, honey rolls, onion pie, smoked eel")
JOBS = {
    "baker": ("bread", "the bakery"),
    "teacher": ("lessons", "the school"),
    "sailor": ("nets", "the harbour"),
    "carpenter": ("chairs", "the workshop"),
    "doctor": ("visits", "the hospital"),
    "gardener": ("hedges", "the park"),
}
WEATHER = listed("rain, snow, wind, fog")
AGES = listed("six, eight, ten, twelve")
DAYS = listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")


@dataclass(frozen=True)
class Country:
    """A country and what belongs to it."""

    name: str
    language: str
    river: str
    dish: str


COUNTRIES = [
    Country(f"{stem}land", f"{stem}ish", RIVERS[number % len(RIVERS)], DISHES[number % len(DISHES)])
    for number, stem in enumerate(STEMS)
]

OPENINGS = (
    "{name} grew up in {country}.",
    "{name} was born in {country}, not far from the {river}.",
    "When {name} was {age}, the family moved to {country}.",
    "{name} came from {country} and never forgot it.",
)
MIDDLES = (
    "There {she} learned to speak fluent {language}.",
    "At home they spoke {language} and ate {dish}.",
    "On {day} {she} walked along the {river} with {her} brother.",
    "In summer {she} swam in the {river}, in spite of the {weather}.",
    "{Her} grandmother made the best {dish} in the street.",
    "Nobody there was afraid of {weather}.",
    "{She} wrote long letters in {language} to a friend.",
)
WORK = (
    "Later {she} became a {job}.",
    "{She} went abroad and worked as a {job}.",
    "At twenty {she} was the youngest {job} in town.",
)
CLOSINGS = (
    "Every {day} {she} thinks about {work} and goes to {place}.",
    "{Her} {work} made {her_object} known, and {place} is named after {her_object}.",
    "When {she} is tired of {work}, {she} dreams of {country} and of {dish}.",
    "Strangers at {place} still hear that {she} speaks {language}.",
    "On {day} {she} closes {place} early and cooks {dish}.",
)


def make_lines(rng: random.Random) -> Iterator[str]:
    """Endless lives, one a line."""
    while True:
        woman = rng.random() < 0.5
        country, (job, (work, place)) = rng.choice(COUNTRIES), rng.choice(list(JOBS.items()))
        words = {
            "name": rng.choice(WOMEN if woman else MEN),
            "she": "she" if woman else "he",
            "She": "She" if woman else "He",
            "her": "her" if woman else "his",
            "Her": "Her" if woman else "His",
            "her_object": "her" if woman else "him",
            "country": country.name,
            "language": country.language,
            "river": country.river,
            "dish": country.dish,
            "job": job,
            "work": work,
            "place": place,
            "age": rng.choice(AGES),
            "day": rng.choice(DAYS),
            "weather": rng.choice(WEATHER),
        }
        middles = rng.sample(MIDDLES, rng.randint(1, 3))
        parts = [rng.choice(OPENINGS), *middles, rng.choice(WORK), rng.choice(CLOSINGS)]
        yield " ".join(part.format(**words) for part in parts)


def write_demo_text(folder: Path, seed: int = 7) -> None:
    """Write the three files; no line occurs twice."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, seen = make_lines(random.Random(seed)), set[str]()
    for split, size in SIZES.items():
        chosen: list[str] = []
        while len(chosen) < size:
            line = next(lines)
            if line not in seen:
                seen.add(line)
                chosen.append(line)
        (folder / f"{split}.txt").write_text("\n".join(chosen) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "language_model" / "demo")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write_demo_text(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
