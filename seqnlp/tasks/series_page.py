"""What pages of models on number series have in common: how their series are read."""

from __future__ import annotations

import re
from typing import Any

from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.missing import missing_numbers, missing_texts
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.data.series.time import EPOCHS, NUMBER
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.saved_series import series_facts

_DIRECTIVES = set("YymdHIMSfpbB%")
"""Of time formats, those that page/moments.mjs reads and writes."""


def series_settings(
    names: tuple[str, ...], data: SeriesDataConfig, step: Step | None, scaler: Scaler
) -> dict[str, Any]:
    """How series are read, as data for JavaScript.

    Raises:
        SeqnlpError: time stamps, or a step between them, that a page does not know.
    """
    unknown = set(re.findall(r"%(.)", data.time_format)) - _DIRECTIVES
    if unknown and data.time_format not in (NUMBER, *EPOCHS):
        raise SeqnlpError(
            f"--page: a page cannot read time stamps as '{data.time_format}' says: it knows no %{min(unknown)}"
        )
    if step and step.frequency and not re.fullmatch(r"B|\d*D", step.frequency):
        raise SeqnlpError(f"--page: a page knows no step of {step.frequency} between rows")
    if data.thousands:
        raise SeqnlpError(f"--page: a page reads no marks between thousands (data.thousands='{data.thousands}')")
    read = ("time_column", "time_format", "missing", "gaps", "non_monotonic", "max_repaired", "decimal")
    return {
        **series_facts(names, step, scaler),
        "data": {
            **{name: getattr(data, name) for name in read},
            "delimiter": delimiter_of(data.delimiter),
            "missing_numbers": sorted(missing_numbers(data)),
            "missing_texts": sorted(missing_texts(data)),
        },
    }
