"""The model card that travels with a saved forecaster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(config: ForecastingConfig, names: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it."""
    about, model = config.about, config.model
    licence = f" ({about.licence})" if about.licence else ""
    scores = ", ".join(f"{name} {value:.3f}" for name, value in metrics["dev"].items() if name != "score")
    lines = [
        f"# {config.name or 'A seqnlp forecaster'}",
        "",
        f"Forecasts {', '.join(names)} up to {model.horizon} rows ahead ({model.cell.upper()}, {model.num_layers} "
        f"layers of {model.hidden_dim}), {metrics['parameters']:,} parameters, made with seqnlp.",
        "",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}",
        *begun_with_line(metrics),
        f"- development scores: {scores or 'none, there was no development part'} "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        f"- reads CSV and parquet files with the columns {', '.join(filter(None, [config.data.time_column, *names]))}",
        "",
        "```",
        f"seqnlp forecast THIS_FOLDER series.csv --horizon {model.horizon} -o forecast.csv --plot forecast.png",
        "```",
        "",
        "Prediction intervals hold as often as they say while the series goes on as in the development part."
        if scores
        else "It gives no prediction intervals: there was no development part.",
        "",
    ]
    return "\n".join(lines)
