"""What `seqnlp suggest` saves: sentences are annotated in rounds, those that a strategy picks, and scored after each.

    python tools/simulate_suggest.py --seeds 1 2 3 --out results.jsonl [--data-dir DIR]

UNER Portuguese plays the annotator: the gold tags of the sentences that were picked from a pool are what training sees.
All strategies begin with the same random sentences, and every round trains a new model from the beginning. Small rounds
train for more epochs, as they have fewer steps in one. A line of JSON a model is added to the file, and the table is
made of all its lines.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import seqnlp
from seqnlp.compose import compose_config
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.studies.suggestion import suggest
from seqnlp.text.sentence import TaggedSentence

RECIPE = "tagging/uner_pt"
STRATEGIES = ("random", "entropy", "margin", "mean-probability")
SMALLER = {
    "model.hidden_dim": 100,
    "model.character_hidden_dim": 50,
    "trainer.batch_sentences": 8,
    "optimizer.learning_rate": 4e-3,
}
"""The recipe's tagger with half of the width, and quick to learn, so that three seeds take minutes."""

ROUNDS = {10: 12, 30: 8, 50: 7, 100: 5}
"""Percent of the pool -> epochs; the last is the full score, and is the same for all strategies."""


def main() -> None:
    """Play all rounds, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--strategies", nargs="+", default=list(STRATEGIES), choices=STRATEGIES)
    parser.add_argument("--pool", type=int, default=2000, help="sentences of train that may be picked")
    parser.add_argument("--dev-sentences", type=int, default=100, help="of dev that are scored after each epoch")
    parser.add_argument("--data-dir", default="", help="default: $SEQNLP_DATA")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    config = compose_config([f"recipe={RECIPE}", f"data.dir='{arguments.data_dir}'"], None)
    assert isinstance(config, TaggingConfig)
    splits = {name: load_split(config.data, name, print) for name in ("train", "dev", "test")}
    splits["dev"] = splits["dev"][: arguments.dev_sentences]
    train = splits["train"]
    for seed in arguments.seeds:
        pool = np.random.default_rng([seed, 0]).choice(len(train), min(arguments.pool, len(train)), replace=False)
        splits["train"] = [train[place] for place in pool]
        play(splits, arguments.strategies, seed, arguments.out)
    print("\n".join(table([json.loads(line) for line in arguments.out.read_text().splitlines()])))


def play(splits: dict[str, list[TaggedSentence]], strategies: Sequence[str], seed: int, out: Path) -> None:
    """All rounds of all strategies with one seed; the first round and the full score are shared."""
    train = splits["train"]
    shuffled = [int(place) for place in np.random.default_rng(seed).permutation(len(train))]

    def scored(strategy: str, percent: int, chosen: list[int]) -> seqnlp.Tagger:
        tagger = fit([train[place] for place in sorted(chosen)], splits["dev"], ROUNDS[percent], seed)
        f1 = 100 * tagger.evaluate([(one.tokens, one.tags) for one in splits["test"]]).f1
        words = sum(len(train[place].tokens) for place in chosen)
        row = {"strategy": strategy, "seed": seed, "percent": percent, "words": words, "f1": round(f1, 2)}
        with out.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
        print(row, flush=True)
        return tagger

    first, *middle, _ = ROUNDS
    begin = shuffled[: len(train) * first // 100]
    start = scored("all", first, begin)
    for strategy in strategies:
        chosen, tagger = begin, start
        for percent in middle:
            chosen = [*chosen, *picked(train, shuffled, chosen, len(train) * percent // 100, strategy, tagger)]
            tagger = scored(strategy, percent, chosen)
    scored("all", max(ROUNDS), shuffled)


def picked(
    train: list[TaggedSentence],
    shuffled: list[int],
    chosen: list[int],
    number: int,
    strategy: str,
    tagger: seqnlp.Tagger,
) -> list[int]:
    """The sentences that are annotated next, so that there are ``number`` of them."""
    annotated = set(chosen)
    left = [place for place in shuffled if place not in annotated]
    if strategy == "random":
        return left[: number - len(chosen)]
    texts = [" ".join(train[place].tokens) for place in left]
    return [left[place] for place in suggest(texts, tagger.uncertainty(texts, strategy), number - len(chosen))]


def fit(train: list[TaggedSentence], dev: list[TaggedSentence], epochs: int, seed: int) -> seqnlp.Tagger:
    """A tagger of the recipe's settings."""
    settings = {**SMALLER, "seed": seed, "trainer.epochs": epochs, "trainer.threads": 1, "data.tokenizer": "whitespace"}
    pairs = [[(one.tokens, one.tags) for one in split] for split in (train, dev)]
    model = seqnlp.train(RECIPE, task="tagging", train=pairs[0], dev=pairs[1], settings=settings, progress=False)
    return model


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """F1 of each strategy after each round as Markdown, mean +- standard deviation over seeds."""
    yield "| picked by | " + " | ".join(f"{percent} %" for percent in ROUNDS) + " |"
    yield "|---" * (len(ROUNDS) + 1) + "|"
    for strategy in STRATEGIES:
        cells = []
        for percent in ROUNDS:
            f1 = [row["f1"] for row in rows if row["percent"] == percent and row["strategy"] in (strategy, "all")]
            spread = f" +- {statistics.stdev(f1):.1f}" if len(f1) > 1 else ""
            cells.append(f"{statistics.mean(f1):.1f}{spread}" if f1 else "")
        yield f"| {strategy} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
