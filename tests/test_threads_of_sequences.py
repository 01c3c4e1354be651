"""One loaded translator, language model, forecaster or detector, many threads: the answers are those of one thread."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from command import TINY_TRANSLATION, output
from tiny_pairs import make_pairs, write_pairs
from tiny_readings import time_of, write_tiny_readings
from tiny_series import make_lines, write_series
from tiny_text import write_tiny_text

import seqnlp
from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.sampling import SamplingOptions

THREADS, CALLS = 8, 8
SHORT = DecodingConfig(max_ratio=1.0, max_extra=2)
Ask = Callable[[Any, random.Random, Path], Any]

SMALL = ("model.hidden_dim=12", "trainer.epochs=1")
SUBWORDS = ("task=language_model", "tokenizer.kind=bpe", "tokenizer.vocabulary_size=300", "model.embedding_dim=12")
SERIES = ("task=forecasting", "data.time_column=day", "data.train=series.csv", "data.dev=20%", "data.test=20%")
READINGS = ("task=anomaly_detection", "data.train=readings.csv", "data.dev=25%", "data.time_column=time")
TRAININGS: dict[str, tuple[str, ...]] = {
    "translator": ("task=translation", *TINY_TRANSLATION, "trainer.epochs=1"),
    "language model": (*SUBWORDS, *SMALL, "data.train=train.txt", "data.dev=dev.txt"),
    "forecaster": (*SERIES, *SMALL, "model.horizon=3", "model.season=7", "model.min_context=4"),
    "detector": (
        *READINGS,
        *SMALL,
        "model.window=6",
        "model.code_dim=4",
        "model.level_rows=50",
        "model.false_alarms=0.05",
    ),
}


def translated(model: Any, draw: random.Random, folder: Path) -> Any:
    """Searched with beams of several sizes, drawn, and scored; alone and with others."""
    texts = [source for source, _ in make_pairs(draw.randint(1, 2), seed=draw.randrange(999))]
    if draw.random() < 0.3:
        drawn = model.translate_lines(texts, decoding=SHORT, sampling=SamplingOptions(seed=draw.randrange(9)))
        return [one.text for one in drawn]
    if draw.random() < 0.3:
        return [[round(value, 3) for value in one.token_log_probabilities] for one in model.score_lines(texts, texts)]
    beam = draw.randint(1, 3)
    actual = model.translate_lines(texts, decoding=dataclasses.replace(SHORT, beam=beam), nbest=beam, attention=True)
    return [[(one.text, round(one.log_probability, 3)) for one in answer.hypotheses] for answer in actual]


def completed(model: Any, draw: random.Random, folder: Path) -> Any:
    """Next words, words under way, and texts that are drawn."""
    text = " ".join(draw.choices(["Mira", "grew", "up", "in", "Velland", "and", "spe"], k=draw.randint(0, 6)))
    if draw.random() < 0.3:
        return "".join(model.generate(text, 12, SamplingOptions(seed=draw.randrange(9)), repetition_penalty=1.1))
    return [(one.word, round(one.probability, 5)) for one in model.complete(text, 4, typing=draw.random() < 0.5)]


def forecast(model: Any, draw: random.Random, folder: Path) -> Any:
    """A file at once, or a stream of its own row by row."""
    if draw.random() < 0.06:
        return model.forecast(folder / "series.csv", draw.randint(1, 9)).values.round(6).tolist()
    stream, answers = model.start(draw.randint(1, 9)), []
    for line in make_lines(20, seed=draw.randrange(99))[1:]:
        time, *values = line.split(",")
        answers.append(stream.add([float(value) for value in values], time))
    return [one and (one.times, one.values.round(6).tolist(), one.low.round(6).tolist()) for one in answers]


def detected(model: Any, draw: random.Random, folder: Path) -> Any:
    """A file at once, or a stream of its own row by row."""
    if draw.random() < 0.06:
        actual = model.detect(folder / "readings.csv", draw.choice([0.05, 0.1]))
        return [(row.row, row.flagged, row.score and round(row.score, 6)) for row in actual.rows]
    stream = model.start(draw.choice([0.05, 0.1]))
    rows = [row for place in range(25) for row in stream.add([draw.random(), draw.random()], time_of(place))]
    return [(row.time, row.flagged, row.score and round(row.score, 6)) for row in rows]


ASK: dict[str, Ask] = {
    "translator": translated,
    "language model": completed,
    "forecaster": forecast,
    "detector": detected,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small training data of each."""
    folder = tmp_path_factory.mktemp("threads")
    for number, (split, count) in enumerate({"train": 120, "dev": 10, "test": 10}.items()):
        write_pairs(folder, split, make_pairs(count, seed=number))
    (folder / "text").mkdir()
    write_tiny_text(folder / "text")
    write_series(folder / "series.csv", make_lines(200))
    write_tiny_readings(folder)
    return folder


SLOW = pytest.param("detector", marks=pytest.mark.slow)
"""Its state is carried as the forecaster's is."""


@pytest.mark.parametrize("kind", [SLOW if kind == "detector" else kind for kind in TRAININGS])
def test_many_threads_get_the_answers_of_one(kind: str, folder: Path, tmp_path: Path) -> None:
    data = folder / "text" if kind == "language model" else folder
    output("train", f"data.dir={data}", f"run={tmp_path}/run", *TRAININGS[kind])
    ask = ASK[kind]

    def asked(model: Any, thread: int) -> list[Any]:
        draw = random.Random(thread)
        return [ask(model, draw, data) for _ in range(CALLS)]

    alone = seqnlp.load(tmp_path / "run")
    expected = [asked(alone, thread) for thread in range(THREADS)]
    shared = seqnlp.load(tmp_path / "run")  # whatever is made at the first call is made by many at once
    with ThreadPoolExecutor(THREADS) as pool:
        actual = list(pool.map(lambda thread: asked(shared, thread), range(THREADS)))
    assert actual == expected
