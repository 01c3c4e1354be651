"""What `start_from` saves: a tenth of BC5CDR after a tagger of the other nine, and WNUT-17 after that tagger.

    python tools/measure_fine_tuning.py --out results.jsonl [--epochs 6] [--data-dir DIR]

All taggers have the settings of the recipe tagging/bc5cdr but for half of its width, fewer epochs and a dev split of
500 sentences, and are scored on the test splits. A line of JSON a tagger is added to the file, with the seconds of
CPU that its training took.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import seqnlp
from seqnlp.compose import compose_config
from seqnlp.config.loop import OptimizerConfig
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split

SMALLER = {"model.hidden_dim": 100, "model.character_hidden_dim": 50, "trainer.batch_sentences": 10}
"""The recipe's tagger with half of the width, and quick to learn, so that all of this takes minutes."""

RECIPE = "tagging/bc5cdr"
Sentences = list[tuple[list[str], list[str]]]


def main() -> None:
    """Train and score all taggers with one seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=6, help="of a tagger that begins anew")
    parser.add_argument("--tuning-epochs", type=int, default=4, help="of one that begins with another")
    parser.add_argument("--tuning-rate", type=float, default=5e-4, help="step size of the tenth after nine tenths")
    parser.add_argument("--data-dir", default="", help="default: $SEQNLP_DATA")
    parser.add_argument("--only", nargs="+", type=int, help="numbers of the taggers, from 1; default: all")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    genes, tweets = (splits(name, arguments.data_dir) for name in (RECIPE, "tagging/wnut17"))
    anew, tuning, usual = arguments.epochs, arguments.tuning_epochs, OptimizerConfig().learning_rate

    def score(name: str, data: dict[str, Sentences], epochs: int, start: Path | None, run: str, rate: float) -> None:
        settings: dict[str, Any] = {"seed": arguments.seed, "trainer.epochs": epochs, "trainer.threads": 1}
        settings |= {**SMALLER, "optimizer.learning_rate": rate}
        settings |= {"start_from": str(start)} if start else {}
        settings |= {"data.dir": arguments.data_dir} if arguments.data_dir else {}
        began = time.process_time()
        tagger = seqnlp.train(
            RECIPE,
            task="tagging",
            train=data["train"],
            dev=data["dev"][:500],
            settings=settings,
            run=run or None,
            progress=False,
        )
        seconds = time.process_time() - began
        f1 = 100 * tagger.evaluate(data["test"]).f1
        row = {"tagger": name, "sentences": len(data["train"]), "epochs": epochs, "seconds": round(seconds, 1)}
        row |= {"seed": arguments.seed, "f1": round(f1, 2)}
        with arguments.out.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
        print(row, flush=True)

    base = arguments.out.with_suffix(f".base{arguments.seed}")
    tenth, others = {**genes, "train": genes["tenth"]}, {**genes, "train": genes["others"]}
    taggers: list[tuple[str, dict[str, Sentences], int, Path | None, str, float]] = [
        ("nine tenths", others, anew, None, str(base), usual),
        ("the tenth, after nine tenths", tenth, tuning, base, "", arguments.tuning_rate),
        ("the tenth alone", tenth, 2 * anew, None, "", usual),
        ("all ten tenths", genes, anew, None, "", usual),
        ("WNUT-17", tweets, anew, None, "", usual),
        ("WNUT-17, after BC5CDR", tweets, anew, base, "", usual),
    ]
    for number, tagger in enumerate(taggers, 1):
        if not arguments.only or number in arguments.only:
            score(*tagger)


def splits(recipe: str, data_dir: str) -> dict[str, Sentences]:
    """The splits of a recipe, and its train cut into a held-out tenth and the others."""
    actual: dict[str, Sentences] = {}
    for fold in ("", "1/10"):
        lines = [f"recipe={recipe}", f"data.dir='{data_dir}'", *([f"data.test='{fold}'"] if fold else [])]
        config = compose_config(lines, None)
        assert isinstance(config, TaggingConfig)
        names = {"train": "others", "test": "tenth"} if fold else {"train": "train", "dev": "dev", "test": "test"}
        for split, name in names.items():
            read = load_split(config.data, split, lambda text: None)
            actual[name] = [(list(one.tokens), list(one.tags)) for one in read]
    return actual


if __name__ == "__main__":
    main()
