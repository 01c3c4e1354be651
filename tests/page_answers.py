"""What the JavaScript of pages answers, in node; and the models, of chance weights, that it is asked of."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import nn

from seqnlp.bundle import Bundle, save_bundle, weights_of

ANSWERS = Path(__file__).parent / "page" / "answers.mjs"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node, which runs the JavaScript of pages, is not installed")

PARTS = (
    *(
        "a",
        "B",
        "'",
        "n't",
        ".",
        " ",
        "-",
        "3",
        "http://",
        "@",
        "#",
        "U.S.",
        "_",
        "can't",
        "gonna",
        "\u200b",
        "cannot ",
    ),
    *("Mr. ", "1-2-2004", "&amp;", ":)", "\u0301", "5th ", "</script>", "<b>", "\ufeff", "Straße", "ΟΔΟΣ", "İ", "10²"),
)
BLOCKS = (
    *(range(32, 127), range(0xA0, 0x250), range(0x370, 0x500), range(0x600, 0x700), range(0x900, 0x980)),
    *(range(0x2000, 0x2100), range(0x3040, 0x3100), range(0x1F300, 0x1F600), range(1, 0xD7FF), range(0xE000, 0x1FFFF)),
)


def variants(names: Iterable[Any], *slow: Any) -> list[Any]:
    """Parameters of a test, of which some run only with the slow ones."""
    return [pytest.param(name, marks=[pytest.mark.slow] if name in slow else []) for name in names]


LATER_CASES = set("\u019b\u0264\ua7d3\ua7d5")
"""Letters whose other case is younger than the Unicode of some Pythons: a browser may know it already."""


def random_lines(count: int, seed: int, parts: Sequence[str] = PARTS) -> list[str]:
    """Lines of any characters that Unicode has names for, and of what tokenizers look at."""
    draw = random.Random(seed)

    def piece() -> str:
        return chr(draw.choice(draw.choice(BLOCKS))) if draw.random() < 0.4 else draw.choice(parts)

    lines = ("".join(piece() for _ in range(draw.randint(0, 30))) for _ in range(count))
    return ["".join(filter(_is_named, line)) for line in lines]


def _is_named(character: str) -> bool:
    return character not in LATER_CASES and unicodedata.category(character) not in ("Cs", "Cn", "Co")


def page_answers(task: str, questions: Sequence[Any], page: Path | None = None) -> list[Any]:
    """The answer of a page to each question, or of a part that needs no page."""
    assert NODE
    command = [NODE, str(ANSWERS), task, *([str(page)] if page else [])]
    asked = json.dumps(list(questions))
    actual = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", check=False)
    assert actual.returncode == 0, actual.stderr
    answers: list[Any] = json.loads(actual.stdout)
    return answers


def chance_weights(module: nn.Module, seed: int, spread: float = 0.5) -> dict[str, NDArray[Any]]:
    """Weights for all parts of a module, also those that begin as zeros."""
    draw = np.random.default_rng(seed)
    actual: dict[str, NDArray[Any]] = {}
    for name, array in weights_of(module.state_dict()).items():
        if array.dtype == np.int8:
            actual[name] = draw.integers(-127, 128, array.shape).astype(np.int8)
        else:
            actual[name] = draw.normal(0, spread, array.shape).astype(np.float32)
    return actual


def save_model(
    folder: Path,
    description: Mapping[str, Any],
    weights: Mapping[str, NDArray[Any]],
    vocabulary: Mapping[str, Any],
    labels: Sequence[str] = (),
    subwords: Mapping[str, bytes] | None = None,
) -> Path:
    """A model folder."""
    bundle = Bundle(dict(description), dict(weights), dict(vocabulary), list(labels), {}, "", dict(subwords or {}))
    save_bundle(folder, bundle)
    return folder
