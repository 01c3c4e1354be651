#!/usr/bin/env python3
"""Write the data of recipe tagging/demo: news and support tickets about invented people, companies, places, products.

Names come from syllables, sentences from the carriers in ``demo_carriers.txt``. A bare name may be any of the four
(``Kestor`` is a person, a company, a place, a product): only its sentence tells. Names from a quarter of the stems and
every eighth carrier occur in dev and test only. The same seed gives the same files::

    python tools/make_demo_data.py            # writes recipes/tagging/demo/{train,dev,test}.conll
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqnlp.text.tokenize import tokenize

ROOT = Path(__file__).resolve().parent.parent
CARRIERS = Path(__file__).with_name("demo_carriers.txt")
SIZES = {"train": 1500, "dev": 300, "test": 300}


def listed(text: str) -> list[str]:
    """The items between commas."""
    return text.split(", ")


FIRST_NAMES = listed(
    "Bra, Cle, Dro, Ev, Fi, Gre, Ith, Jo, Kel, Lu, Mor, Nye, Osk, Pry, Quil, Rha, Sev, Tal, Ur, Vash, Wen, Yl, Zor"
)
FIRST_NAME_ENDS = listed("bin, dra, fen, lix, mek, nor, ra, sel, tan, vo, wyn, zi")
STEMS = listed(
    "Dor, Hal, Kest, Lim, Orl, Pell, Quar, Rost, Sarn, Tolv, Ulv, Vant, Wex, Brin, Cald, Fenn, Gorm, Ist, Jask, Zell"
)
STEM_ENDS = listed("ak, ben, dell, erra, gren, iss, lo, umm, nay, onda, rell, stav, tor, vane, wik")
COMPANY_ENDS = listed("Systems, Works, Foods, Bank, Rail, Labs, Energy, Group, Motors, & Sons, Institute, Press")
PLACE_ENDS = listed("moor, haven, stad, bridge, field, mouth, dale, burg")
PRODUCT_ENDS = listed("Desk, Pay, Cam, Note, Link, Pad")
FILLERS = {
    "role": listed("director, spokeswoman, chief engineer, former head, lawyer, co-founder, press officer, technician"),
    "thing": listed("plant, warehouse, bridge, school, ferry line, office, research centre, power station"),
    "problem": listed("battery, update, login page, screen, invoice, last delivery, password reset, sync"),
    "day": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "month": listed("January, February, March, April, May, June, July, August, September, October, November, December"),
}


@dataclass(frozen=True)
class Piece:
    """Some text of a sentence, and the type it is the name of, if it is one."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Names:
    """The names that a split may use."""

    first: Sequence[str]
    stems: Sequence[str]

    def name(self, kind: str, rng: random.Random) -> str:
        """A name; of a lower-case kind a bare stem, which does not show its type."""
        bare = rng.choice(self.stems)
        forms: dict[str, Callable[[], str]] = {
            "PER": lambda: f"{rng.choice([rng.choice(self.first), rng.choice(self.first)[0] + '.'])} {bare}",
            "ORG": lambda: rng.choice([f"{bare} {rng.choice(COMPANY_ENDS)}", f"University of {bare}"]),
            "LOC": lambda: rng.choice([bare[:4] + rng.choice(PLACE_ENDS), f"Port {bare}", f"Lake {bare}"]),
            "PROD": lambda: rng.choice(
                [f"{bare} {rng.randint(2, 12)}", f"{bare} X2", bare[:4] + rng.choice(PRODUCT_ENDS)]
            ),
        }
        return forms.get(kind, lambda: bare)()


def write_demo_data(folder: Path, seed: int = 20) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, sentences in make_splits(seed).items():
        lines = ("".join(f"{token}\t{tag}\n" for token, tag in sentence) for sentence in sentences)
        (folder / f"{split}.conll").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_splits(seed: int) -> dict[str, list[list[tuple[str, str]]]]:
    """Sentences of (token, tag) pairs for each split; no sentence occurs twice."""
    rng = random.Random(seed)
    first, stems = _words(FIRST_NAMES, FIRST_NAME_ENDS, rng), _words(STEMS, STEM_ENDS, rng)
    known = Names(first[: len(first) * 3 // 4], stems[: len(stems) * 3 // 4])
    carriers = [line for line in CARRIERS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    usual = [carrier for number, carrier in enumerate(carriers) if number % 8 != 7]
    seen: set[str] = set()
    train = list(itertools.islice(_sentences(usual, known, rng, seen), SIZES["train"]))
    others = _sentences(carriers, Names(first, stems), rng, seen)
    return {"train": train, **{split: list(itertools.islice(others, SIZES[split])) for split in ("dev", "test")}}


def _words(starts: Sequence[str], ends: Sequence[str], rng: random.Random) -> list[str]:
    words = [start + end for start in starts for end in ends]
    rng.shuffle(words)
    return words


def _sentences(
    carriers: Sequence[str], names: Names, rng: random.Random, seen: set[str]
) -> Iterator[list[tuple[str, str]]]:
    while True:
        pieces = list(_fill(rng.choice(carriers), names, rng))
        text = "".join(piece.text for piece in pieces)
        if text not in seen:
            seen.add(text)
            yield list(_tagged(pieces))


def _fill(carrier: str, names: Names, rng: random.Random) -> Iterator[Piece]:
    """The carrier with names and words for its ``{slots}``."""
    for part in re.split(r"(\{\w+\})", carrier):
        slot = part.strip("{}")
        if not part.startswith("{"):
            yield Piece(part)
        elif slot.upper() in ("PER", "ORG", "LOC", "PROD"):
            yield Piece(names.name(slot, rng), slot.upper())
        elif slot == "first":
            yield Piece(rng.choice(names.first), "PER")
        elif slot == "number":
            yield Piece(str(rng.randint(2, 950)))
        else:
            yield Piece(rng.choice(FILLERS[slot]))


def _tagged(pieces: Sequence[Piece]) -> Iterator[tuple[str, str]]:
    """Words as the tokenizer cuts the whole text, with IOB2 tags."""
    labels, starts = [], set()  # of each character; where a piece begins
    for piece in pieces:
        starts.add(len(labels))
        labels += [piece.label] * len(piece.text)
    for token in tokenize("".join(piece.text for piece in pieces), "words"):
        label = labels[token.start]
        yield token.text, f"{'B' if token.start in starts else 'I'}-{label}" if label else "O"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "tagging" / "demo")
    parser.add_argument("--seed", type=int, default=20)
    arguments = parser.parse_args()
    write_demo_data(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
