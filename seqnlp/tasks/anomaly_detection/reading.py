"""What a detector reads of a row."""

from __future__ import annotations

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.data.series.inputs import InputTransform


def reading_of(settings: AutoencoderConfig) -> InputTransform:
    """Values as they are, beside the calendar."""
    return InputTransform("none", 0, settings.calendar_features)


def known_numbers(settings: AutoencoderConfig, columns: int) -> int:
    """F, numbers that are known of a row without measuring it."""
    return reading_of(settings).num_inputs(columns) - columns
