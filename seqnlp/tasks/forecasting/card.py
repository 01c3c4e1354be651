"""The model card of a forecaster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.config.series import columns_of
from seqnlp.tasks.card import as_code, dev_scores, write_card


def model_card(config: ForecastingConfig, names: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`."""
    model, scores = config.model, dev_scores(metrics, digits=3)
    columns = as_code([*columns_of(config.data.series_column), *columns_of(config.data.time_column), *names])
    return write_card(
        config,
        metrics,
        f"Forecasts {as_code(names)} up to {model.horizon} rows ahead ({model.cell.upper()}, {model.num_layers} "
        f"layers of {model.hidden_dim}), {metrics['parameters']:,} parameters, made with seqnlp.",
        f"development scores: {scores or 'none, there was no development part'}",
        last=[f"reads CSV and parquet files with the columns {columns}"],
        commands=[
            f"seqnlp forecast THIS_FOLDER series.csv --horizon {model.horizon} -o forecast.csv --plot forecast.png"
        ],
        note="Prediction intervals hold as often as they say while the series goes on as in the development part."
        if scores
        else "It gives no prediction intervals: there was no development part.",
    )
