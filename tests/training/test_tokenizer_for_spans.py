"""Of text with character spans the tokenizer is taken that cuts into the fewest of them, if it is markedly better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.tasks.tagging.tokenizer_choice import choose_tokenizer


def row(text: str, shift: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    """A text whose entity stands between bars."""
    before, name, after = text.split("|")
    start = len(before) + shift[0]
    return {"text": before + name + after, "spans": [[start, start + len(name) + shift[1] - shift[0], "X"]]}


WHOLE = ["the |Tarn| rose", "then |Oke Lund| slept.", "(|Brinmoor|)"]
POSSESSIVE = ["|Oke|'s boat", "at |Tarnwick|'s quay"]
JOINED = ["the |Brinmoor|_based crew", "www.|tarn|.org", "@|Oke| hi"]
CHINESE = ["昨天|北川|来了", "他在|南岸|住", "|北川|的船"]
THAI = ["ฉันรัก|เชียงใหม่|มาก"]


def choose(folder: Path, rows: list[dict[str, Any]], **settings: Any) -> tuple[str, list[str]]:
    (folder / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    said: list[str] = []
    return choose_tokenizer(DataConfig(train=str(folder / "train.jsonl"), **settings), said.append), said


@pytest.mark.parametrize(
    ("texts", "kind", "said"),
    [
        (WHOLE, "words", ""),
        (WHOLE + POSSESSIVE, "english", "0 of 5 entities of train (words 2, split 0)"),
        (WHOLE + POSSESSIVE + JOINED, "split", "0 of 8 entities of train (words 5, english 2)"),
        (WHOLE + CHINESE * 2, "characters", "0 of 9 entities of train (words 6, english 6, split 6)"),
        (THAI, "characters", "0 of 1 entities of train (words 1, english 1, split 1)"),
        (WHOLE * 60 + POSSESSIVE[:1], "words", ""),
    ],
)
def test_the_coarsest_that_is_about_as_good_as_the_best_is_taken(
    tmp_path: Path, texts: list[str], kind: str, said: str
) -> None:
    expected = [f"data.tokenizer={kind} cuts into {said}"] if said else []
    assert choose(tmp_path, [row(text) for text in texts]) == (kind, expected)


@pytest.mark.parametrize("shift", [(0, -1), (1, 1), (0, 1)])
def test_wrong_offsets_are_not_made_to_fit(tmp_path: Path, shift: tuple[int, int]) -> None:
    assert choose(tmp_path, [row(text, shift) for text in WHOLE * 5]) == ("words", [])


def test_what_is_set_or_has_words_already_is_kept(tmp_path: Path) -> None:
    rows = [row(text) for text in POSSESSIVE]
    assert choose(tmp_path, rows, tokenizer="whitespace") == ("whitespace", [])
    assert choose(tmp_path, [{"tokens": ["Oke's", "boat"], "tags": ["B-X", "O"]}]) == ("words", [])
    assert choose(tmp_path, [{"text": "a", "spans": [[0, 9, "X"], [0, 0, "X"]]}]) == ("words", [])
    assert choose(tmp_path, [{"text": 7}]) == ("words", []), "who reads it says what is wrong"


def test_offsets_in_utf16_units_and_other_formats_are_measured_alike(tmp_path: Path) -> None:
    rows = [
        {"text": "🚲 Oke's boat", "label": [[3, 6, "PER"]]},
        {"text": "🚲🚲 at Tarnwick's", "label": [[8, 16, "LOC"]]},
    ]
    assert choose(tmp_path, rows, offsets="utf16")[0] == "english"
