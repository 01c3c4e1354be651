#!/usr/bin/env python3
"""Write the data of recipe classification/demo: what guests say, positive, negative or neutral.

A sentence is a carrier with words for its slots. ``{own}`` is an adjective of the sentence's own kind, ``{other}`` one
of the opposite: "I expected a {other} soup, and it was {own}" is praise or complaint, depending on which stands where,
so that counting words does not tell. Neutral sentences hold such words, too. Every eighth carrier occurs in dev and
test only. The same seed gives the same files::

    python tools/make_demo_sentiment.py       # writes recipes/classification/demo/{train,dev,test}.tsv
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"train": 1500, "dev": 300, "test": 300}


def listed(text: str) -> list[str]:
    """The items between commas."""
    return text.split(", ")


KINDS = {
    "positive": listed(
        "lovely, fresh, generous, charming, delicious, friendly, spotless, excellent, warm, quick, cosy, superb, kind"
    ),
    "negative": listed(
        "dreadful, stale, stingy, gloomy, tasteless, rude, filthy, awful, cold, slow, cramped, poor, careless"
    ),
}
SLOTS = {
    "thing": listed(
        "soup, room, breakfast, service, waiter, terrace, guided tour, ferry, bread, view, bed, fish, lobby, coffee"
    ),
    "who": listed("my sister, the children, our neighbours, a colleague, the guide book, everyone at our table"),
    "day": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "time": listed("at seven, at noon, in the evening, before nine, after ten"),
}
OPINIONS = (
    "The {thing} was {own}.",
    "We expected the {thing} to be {other}, but it was {own}.",
    "Not {other} at all, this {thing}.",
    "I would not call the {thing} {other}: it was {own}.",
    "{who} said the {thing} was {other}; I found it {own}.",
    "The {thing} may look {other}, yet it is {own}.",
    "Such a {own} {thing}, and the {thing} was not {other} either!",
    "On {day} the {thing} was still {other}, now it is {own}.",
    "However {other} the {thing} was, the {thing} was so {own} that nothing else mattered.",
    "Nobody can say that the {thing} was {other}.",
    "What a {own} {thing} they had {time}!",
    "The {thing} used to be {own} and still is {own}.",
    "Hardly {other}: the {thing} on {day} was {own} and the {thing} {own}.",
    "If only every {thing} were as {own} as theirs, said {who}.",
    "The {thing} was anything but {other}.",
    "{who} called the {thing} {own}, and rightly so.",
)
FACTS = (
    "The {thing} is on the first floor.",
    "Is the {thing} {any} on {day}?",
    "{who} asked whether the {thing} was {any} or {any}.",
    "Breakfast is served {time}, on {day} too.",
    "Write to us if the {thing} was {any}.",
    "We came on {day} and left {time}.",
    "Tell me whether you found the {thing} {any}.",
    "The {thing} opens {time} on {day}.",
)


def write_demo_data(folder: Path, seed: int = 4) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, documents in make_splits(seed).items():
        lines = (f"{label}\t{text}\n" for label, text in documents)
        (folder / f"{split}.tsv").write_text("".join(lines), encoding="utf-8")


def make_splits(seed: int) -> dict[str, list[tuple[str, str]]]:
    """Pairs of label and text for each split; no text occurs twice."""
    draw = random.Random(seed)
    carriers = [(label, carrier) for label in KINDS for carrier in OPINIONS]
    carriers += 2 * [("neutral", carrier) for carrier in FACTS]
    usual = [each for each in carriers if _place(each[1]) % 8 != 7]
    seen: set[str] = set()
    splits = {}
    for split, size in SIZES.items():
        made = _documents(usual if split == "train" else carriers, draw, seen)
        splits[split] = [next(made) for _ in range(size)]
    return splits


def _place(carrier: str) -> int:
    return (OPINIONS if carrier in OPINIONS else FACTS).index(carrier)


def _documents(carriers: list[tuple[str, str]], draw: random.Random, seen: set[str]) -> Iterator[tuple[str, str]]:
    while True:
        label, carrier = draw.choice(carriers)
        text = _filled(carrier, label, draw)
        if text not in seen:
            seen.add(text)
            yield label, text


def _filled(carrier: str, label: str, draw: random.Random) -> str:
    opposite = {"positive": "negative", "negative": "positive"}.get(label, "")

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        if name in SLOTS:
            return draw.choice(SLOTS[name])
        return draw.choice(KINDS[{"own": label, "other": opposite, "any": draw.choice(list(KINDS))}[name]])

    text = re.sub(r"\{(\w+)\}", fill, carrier)
    return text[0].upper() + text[1:]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "recipes" / "sentiment" / "demo")
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    write_demo_data(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
