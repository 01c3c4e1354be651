"""How ``seqnlp forecast`` writes its answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seqnlp.json_text import json_line
from seqnlp.text.csv_rows import csv_line

if TYPE_CHECKING:
    from seqnlp.api import Forecast


def csv_heading(names: Sequence[str], columns: Sequence[str] = ()) -> str:
    """The first line: a column and the ends of its prediction interval for each column of the series.

    Args:
        columns: that name the series, of a model of several; they come first.
    """
    from seqnlp.row_fields import free_names

    own = ["origin", "time", "step"]
    heads = [*own, *free_names(own, [f"{name}{end}" for name in names for end in ("", "_low", "_high")])]
    return csv_line([*columns, *free_names(columns, heads)])


def write_csv(forecast: Forecast, series: Sequence[str] = ()) -> str:
    """A line for each row ahead; the end of an interval that the model does not have is empty.

    Args:
        series: of a model of several, what names the one that is forecast, for each column of the heading.
    """
    lines = []
    for place, time in enumerate(forecast.times):
        ends = zip(forecast.values[place], forecast.low[place], forecast.high[place], strict=True)
        numbers = [_shown(float(number), forecast.digits) for each in ends for number in each]
        lines.append(csv_line([*series, forecast.origin, time, str(place + 1), *numbers]))
    return "".join(lines)


def write_jsonl(forecast: Forecast | None, series: dict[str, str] | None = None) -> str:
    """One object; without a forecast (too few rows, or one that was left out) its ``ahead`` is empty.

    Args:
        series: of a model of several, the columns that name series, and what they hold for this one.
    """
    from seqnlp.row_fields import beside

    written = {"origin": None, "level": None, "ahead": []} if forecast is None else forecast.to_dict()
    return json_line(beside(series or {}, written))


def _shown(number: float, digits: int) -> str:
    return f"{number:.{digits}g}" if math.isfinite(number) else ""
