"""How ``seqnlp forecast`` writes its answers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqnlp.cli.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.api import Forecast

_DIGITS = 7
"""Of a number; the model computes with as many."""


def csv_heading(names: Sequence[str]) -> str:
    """The first line: a column and the ends of its prediction interval for each column of the series."""
    columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    return _line(["origin", "time", "step", *columns])


def write_csv(forecast: Forecast) -> str:
    """A line for each row ahead; the end of an interval that the model does not have is empty."""
    lines = []
    for place, time in enumerate(forecast.times):
        ends = zip(forecast.values[place], forecast.low[place], forecast.high[place], strict=True)
        numbers = [_shown(float(number)) for each in ends for number in each]
        lines.append(_line([forecast.origin, time, str(place + 1), *numbers]))
    return "".join(lines)


def write_jsonl(forecast: Forecast | None) -> str:
    """One object; without a forecast (too few rows, or one that was left out) its ``ahead`` is empty."""
    if forecast is None:
        return json_line({"origin": None, "level": None, "ahead": []})
    ahead = [
        {
            "time": time,
            "step": place + 1,
            **{
                name: {key: _number(float(side[place, column])) for key, side in _sides(forecast).items()}
                for column, name in enumerate(forecast.names)
            },
        }
        for place, time in enumerate(forecast.times)
    ]
    content = {"origin": forecast.origin, "level": forecast.level, "ahead": ahead}
    return json_line(content)


def _sides(forecast: Forecast) -> dict[str, Any]:
    return {"value": forecast.values, "low": forecast.low, "high": forecast.high}


def _shown(number: float) -> str:
    return f"{number:.{_DIGITS}g}" if math.isfinite(number) else ""


def _number(number: float) -> float | None:
    return float(_shown(number)) if math.isfinite(number) else None


def _line(fields: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue()
