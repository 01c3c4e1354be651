"""The model card of an anomaly detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.config.series import columns_of
from seqnlp.tasks.card import as_code, write_card


def model_card(config: AnomalyDetectionConfig, names: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`."""
    model = config.model
    columns = as_code([*columns_of(config.data.series_column), *columns_of(config.data.time_column), *names])
    return write_card(
        config,
        metrics,
        f"A recurrent autoencoder ({model.cell.upper()}, windows of {model.window} rows) of {as_code(names)}, "
        f"{metrics['parameters']:,} parameters, made with seqnlp.",
        f"threshold: from {metrics['calibration_rows']:,} held-back normal rows; {metrics['dev']['threshold']:.2f} "
        f"times the baseline error for {model.false_alarms:g} false alarms",
        rows=f", {metrics['train_rows']:,} rows",
        last=[f"reads CSV and parquet files with the columns {columns}"],
        commands=["seqnlp detect THIS_FOLDER series.csv --false-alarms 0.01 --plot detect.png"],
        note="It flags what is unlike its training rows, whether that is a fault or only new.",
    )
