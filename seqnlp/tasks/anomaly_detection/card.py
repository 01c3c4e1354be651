"""The model card that travels with a saved anomaly detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(config: AnomalyDetectionConfig, names: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it."""
    about, model = config.about, config.model
    licence = f" ({about.licence})" if about.licence else ""
    columns = ", ".join(names)
    lines = [
        f"# {config.name or 'A seqnlp anomaly detector'}",
        "",
        f"A recurrent autoencoder ({model.cell.upper()}, windows of {model.window} rows) of {columns}, "
        f"{metrics['parameters']:,} parameters, made with seqnlp.",
        "",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}, {metrics['train_rows']:,} rows",
        *begun_with_line(metrics),
        f"- threshold: from {metrics['calibration_rows']:,} held-back normal rows; {metrics['dev']['threshold']:.2f} "
        f"times the baseline error for {model.false_alarms:g} false alarms "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        "",
        "```",
        "seqnlp detect THIS_FOLDER series.csv --false-alarms 0.01 --plot detect.png",
        "```",
        "",
        "It flags what is unlike its training rows, whether that is a fault or only new.",
        "",
    ]
    return "\n".join(lines)
