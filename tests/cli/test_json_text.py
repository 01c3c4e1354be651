"""What is written as JSON can be read by every reader of JSON, whatever the numbers are."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from seqnlp.api import Classification, Event, Explanation, Hypothesis, ScoredRow, Translation
from seqnlp.cli import classify_output, detect_output, score, translate_output
from seqnlp.json_text import json_line, json_text
from seqnlp.tasks.classification.api import WordContribution
from seqnlp.tasks.translation.answers import OutputOptions

UNDEFINED = [math.nan, math.inf, -math.inf]


def refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def read(text: str) -> Any:
    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("number", [*UNDEFINED, np.float64("inf")])
def test_what_json_lacks_is_null_at_any_depth(number: float) -> None:
    content: dict[str, Any] = {"a": number, "b": [1.5, (number, {"c": number})], "d": "NaN", "e": None, "f": True}
    expected = {"a": None, "b": [1.5, [None, {"c": None}]], "d": "NaN", "e": None, "f": True}
    assert read(json_text(content)) == read(json_text(content, indent=1)) == expected
    assert math.isfinite(content["b"][0])


def test_finite_numbers_and_words_are_written_as_ever() -> None:
    content = {"word": "Łódź 日本\u2028", "number": 1e-300, "large": 1e300, "whole": 10**30}
    assert json_text(content) == json.dumps(content, ensure_ascii=False)
    assert json_line(content) == json_text(content) + "\n"
    assert json_line(content).count("\n") == 1


@pytest.mark.parametrize("number", UNDEFINED)
def test_every_writer_of_answers_writes_json(number: float) -> None:
    why = Explanation("gradients", "x", [WordContribution("a", number)], number, number, number)
    guess = Hypothesis("a", number, number, ["a"], [number, -0.5], np.array([[number, 1.0]]))
    lines = {
        "classify": classify_output.write_jsonl(Classification("a", ["x"], {"x": number}, 1, 1, why)),
        "row": detect_output.row_line(ScoredRow(1, "", (number, None), number, number, True), ["a", "b"], "jsonl", {}),
        "event": detect_output.event_line(Event("1", "2", "1", number, 2, 1, 2), "jsonl", {}),
        "score": score.write_jsonl(guess),
        "translate": translate_output.write_jsonl(
            Translation("a", ["a", "</s>"], [guess]), 0, OutputOptions(nbest=2, scores=True)
        ),
    }
    actual = {name: read(line) for name, line in lines.items()}
    assert actual["classify"]["probabilities"] == {"x": None}
    assert actual["classify"]["explanation"]["words"] == [["a", None]]
    assert actual["row"] == {
        "row": 1,
        "time": "",
        "values": {"a": None, "b": None},
        "score": None,
        "p_value": None,
        "flagged": True,
    }
    assert actual["event"]["score"] is None
    assert actual["score"]["token_log_probabilities"] == [None, -0.5]
    assert actual["translate"]["nbest"][0]["log_probability"] is None
