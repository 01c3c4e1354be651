"""The yardstick for tagging without pretrained vectors: CRFsuite with a standard feature template.

    python tools/crfsuite_baseline.py --train ner/uner-pt-bosque/train.conll.gz --test ner/uner-pt-bosque/test.conll.gz

Features of the word and of two neighbours on either side: lower-cased form, prefixes and suffixes of 2 to 4 letters,
shape, casing, digits. L-BFGS with L1 and L2 penalties of 0.1, chosen once, 100 iterations.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pycrfsuite

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import load_split
from seqnlp.metrics.entities import seqeval_scores
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import repair_tags


def word_features(word: str, place: str) -> Iterator[str]:
    """Features of one word, as seen from the given relative place."""
    lower = word.lower()
    shape = "".join("X" if c.isupper() else "x" if c.islower() else "0" if c.isdigit() else c for c in word)
    yield f"{place}word={lower}"
    yield f"{place}shape={shape}"
    yield f"{place}title={word.istitle()}"
    yield f"{place}upper={word.isupper()}"
    yield f"{place}digit={word.isdigit()}"
    if place == "0:":
        for size in (2, 3, 4):
            yield f"prefix={lower[:size]}"
            yield f"suffix={lower[-size:]}"


def sentence_features(words: Sequence[str]) -> list[list[str]]:
    """Features of each word of a sentence."""
    rows = []
    for position in range(len(words)):
        row = ["bias"]
        for offset in (-2, -1, 0, 1, 2):
            neighbour = position + offset
            if 0 <= neighbour < len(words):
                row += word_features(words[neighbour], f"{offset}:")
            else:
                row.append(f"{offset}:outside")
        rows.append(row)
    return rows


def main() -> None:
    """Train, tag, print strict F1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", default="", help="default: $SEQNLP_DATA")
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--iterations", type=int, default=100)
    arguments = parser.parse_args()
    data = DataConfig(dir=arguments.data_dir, train=arguments.train, test=arguments.test)
    train, test = load_split(data, "train", print), load_split(data, "test", print)
    started = time.perf_counter()
    trainer = pycrfsuite.Trainer(verbose=False)
    for sentence in train:
        trainer.append(sentence_features(sentence.tokens), sentence.tags)
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": arguments.iterations})
    model = Path(tempfile.mkdtemp()) / "model.crfsuite"
    trainer.train(str(model))
    seconds = time.perf_counter() - started
    scores = tag_and_score(model, test)
    print(f"CRFsuite: test F1 {100 * scores:.2f} (strict, IOB2), trained in {seconds:.0f} s")


def tag_and_score(model: Path, test: Sequence[TaggedSentence]) -> float:
    """Strict entity F1; the few illegal tag sequences are mended first, in CRFsuite's favour."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    predicted = [repair_tags(tagger.tag(sentence_features(s.tokens)), "iob2")[0] for s in test]
    return seqeval_scores([s.tags for s in test], predicted, "iob2").micro.f1


if __name__ == "__main__":
    main()
