"""What labels that are known in part are worth: UNER Portuguese with a part of its tags hidden.

    python tools/hide_tags.py --seeds 1 2 3 --hidden 0.5 --out results.jsonl [--data-dir DIR]

The tag of each training word is hidden with the given chance (`?`). A tagger learns from what is left (partial), one
from the sentences that are whole (dropped), and one that takes what is hidden for outside (outside); one has all
labels (full). A line of JSON a model is added to the file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import seqnlp
from seqnlp.compose import compose_config
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split

WAYS = ["full", "partial", "dropped", "outside"]
RECIPE = "tagging/uner_pt"
Sentences = list[tuple[list[str], list[str]]]


def main() -> None:
    """Train and score each way with each seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--hidden", type=float, default=0.5, help="chance that a tag is hidden")
    parser.add_argument("--ways", nargs="+", default=["partial", "dropped"], choices=WAYS)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings other than the recipe's")
    parser.add_argument("--data-dir", default="", help="default: $SEQNLP_DATA")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    config = compose_config([f"recipe={RECIPE}", f"data.dir='{arguments.data_dir}'"], None)
    assert isinstance(config, TaggingConfig)
    data: dict[str, Sentences] = {}
    for split in ("train", "dev", "test"):
        data[split] = [(list(one.tokens), list(one.tags)) for one in load_split(config.data, split, print)]
    for seed in arguments.seeds:
        hidden = hide(data["train"], arguments.hidden, seed)
        ways = {
            "full": data["train"],
            "partial": hidden,
            "dropped": [(words, tags) for words, tags in hidden if "?" not in tags],
            "outside": [(words, ["O" if tag == "?" else tag for tag in tags]) for words, tags in hidden],
        }
        for way in arguments.ways:
            train = mended(ways[way]) if way == "outside" else ways[way]
            other = dict(one.split("=", 1) for one in arguments.set)
            settings = {"seed": seed, "trainer.threads": 1, "data.partial": way == "partial"}
            settings |= {name: int(value) for name, value in other.items()}
            tagger = seqnlp.train(
                RECIPE, task="tagging", train=train, dev=data["dev"], settings=settings, progress=False
            )
            f1 = 100 * tagger.evaluate(data["test"]).f1
            row = {"way": way, "seed": seed, "hidden": arguments.hidden, "sentences": len(train), "f1": round(f1, 2)}
            row |= other
            with arguments.out.open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            print(row, flush=True)


def hide(sentences: Sentences, chance: float, seed: int) -> Sentences:
    """The sentences with tags hidden at random."""
    random = np.random.default_rng(seed)
    return [(words, ["?" if random.random() < chance else tag for tag in tags]) for words, tags in sentences]


def mended(sentences: Sentences) -> Sentences:
    """The sentences with I- tags that go on with nothing made B-."""
    made: Sentences = []
    for words, tags in sentences:
        before, legal = "O", []
        for tag in tags:
            goes_on = tag.startswith("I-") and before[2:] != tag[2:]
            before = f"B-{tag[2:]}" if goes_on else tag
            legal.append(before)
        made.append((words, legal))
    return made


if __name__ == "__main__":
    main()
