"""One small model of each task: how it is trained from a recipe of ours, and something to ask it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from command import TINY

TRAININGS: dict[str, tuple[str, ...]] = {
    "tagging": ("recipe=tagging/demo", *TINY, "trainer.epochs=1"),
    "classification": ("recipe=classification/demo", *TINY, "trainer.epochs=1"),
    "translation": (
        "recipe=translation/demo",
        "data.limit=200",
        "tokenizer.vocabulary_size=330",
        "model.embedding_dim=16",
        "model.encoder_hidden_dim=16",
        "model.decoder_hidden_dim=16",
        "model.attention_dim=16",
        "trainer.epochs=1",
    ),
    "language_model": ("recipe=language_model/demo", "data.limit=200", "model.hidden_dim=16", "trainer.epochs=1"),
    "forecasting": ("recipe=forecasting/demo", "trainer.epochs=1"),
    "anomaly_detection": ("recipe=anomaly_detection/demo", "trainer.epochs=1"),
}
ASK: dict[str, Callable[[Any, Path], Any]] = {
    "tagging": lambda model, data: model.tag("Velisk Korrasel moved.").to_dict(),
    "classification": lambda model, data: model.classify("A lovely film.").probabilities,
    "translation": lambda model, data: model.translate("Ein Hund.").text,
    "language_model": lambda model, data: model.complete("Mira grew up"),
    "forecasting": lambda model, data: model.forecast(data / "forecasting/demo/ferry.csv").values.tolist(),
    "anomaly_detection": lambda model, data: _last_of_few(model, data / "anomaly_detection/demo/readings.csv"),
}
NUM_ROWS = 400


def _last_of_few(model: Any, series: Path) -> Any:
    """What a detector says of the last of the first rows."""
    with tempfile.TemporaryDirectory() as folder, series.open() as lines:
        few = Path(folder, series.name)
        few.write_text("".join(itertools.islice(lines, 1 + NUM_ROWS)))
        return model.detect(few).rows[-1]
