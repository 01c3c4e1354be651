"""The autoencoder as a module of torch: as training begins it, and from a model folder."""

from __future__ import annotations

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.tasks.anomaly_detection.reading import known_numbers


def build_autoencoder(settings: AutoencoderConfig, columns: int) -> Autoencoder:
    """The network, with its first weights."""
    return Autoencoder(settings, columns, known_numbers(settings, columns))
