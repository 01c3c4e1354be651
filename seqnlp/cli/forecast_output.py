"""How ``seqnlp forecast`` writes its answers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seqnlp.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.api import Forecast


def csv_heading(names: Sequence[str]) -> str:
    """The first line: a column and the ends of its prediction interval for each column of the series."""
    from seqnlp.row_fields import free_names

    own = ["origin", "time", "step"]
    return _line([*own, *free_names(own, [f"{name}{end}" for name in names for end in ("", "_low", "_high")])])


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
    return json_line({"origin": None, "level": None, "ahead": []} if forecast is None else forecast.to_dict())


def _shown(number: float) -> str:
    from seqnlp.tasks.forecasting.api import DIGITS

    return f"{number:.{DIGITS}g}" if math.isfinite(number) else ""


def _line(fields: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue()
