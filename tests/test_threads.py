"""One loaded model, many threads: the answers are those of one thread after the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from command import TINY, output

import seqnlp

THREADS, CALLS = 8, 60


def texts(seed: int) -> list[str]:
    """Texts of which nearly every one has words never seen before."""
    draw = random.Random(seed)
    return [
        " ".join("".join(draw.choices("aeioknrst", k=draw.randint(2, 7))) for _ in range(draw.randint(1, 9)))
        for _ in range(CALLS)
    ]


@pytest.fixture(scope="module")
def tagger_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("threads") / "tagger"
    output("train", "recipe=tagging/demo", f"run={run}", *TINY, "model.character_model=cnn", "trainer.epochs=1")
    return run


@pytest.fixture(scope="module")
def classifier_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("threads") / "classifier"
    output("train", "recipe=classification/demo", f"run={run}", *TINY, "trainer.epochs=1")
    return run


def answers(model: Any, batch: list[str]) -> list[Any]:
    """What a model says of each text, one call a text; probabilities to six digits."""
    ask: Callable[[str], Any] = model.tag if hasattr(model, "tag") else model.classify
    return [_rounded(ask(text)) for text in batch]


def _rounded(answer: Any) -> Any:
    if hasattr(answer, "spans"):
        return answer.text, [(span.start, span.end, span.label, round(span.probability, 4)) for span in answer.spans]
    return answer.label, {name: round(value, 4) for name, value in answer.probabilities.items()}


@pytest.mark.parametrize("kind", ["tagger_run", "classifier_run"])
def test_many_threads_get_the_answers_of_one(kind: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(kind)
    batches = [texts(seed) for seed in range(THREADS)]
    expected = [answers(seqnlp.load(run), batch) for batch in batches]
    shared = seqnlp.load(run)
    vectors = getattr(shared._predictor, "vectors", None) or shared._predictor._vectors
    vectors._lexicon.capacity = 300  # forms are forgotten again and again while others are under way
    with ThreadPoolExecutor(THREADS) as pool:
        actual = list(pool.map(lambda batch: answers(shared, batch), batches))
    assert actual == expected
    assert answers(shared, batches[0]) == expected[0]
