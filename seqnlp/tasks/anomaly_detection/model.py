"""The autoencoder as a module of torch: as training begins it, and from a model folder."""

from __future__ import annotations

from pathlib import Path

from torch.random import fork_rng

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.models.as_network import torch_device
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.models.series_as_network import TorchDetector
from seqnlp.networks.graph import Array
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.anomaly_detection.reading import known_numbers


def build_autoencoder(settings: AutoencoderConfig, columns: int) -> Autoencoder:
    """The network, with its first weights."""
    return Autoencoder(settings, columns, known_numbers(settings, columns))


def module_network(
    settings: AutoencoderConfig, columns: int, weights: dict[str, Array], path: Path, device: str
) -> TorchDetector:
    """The saved module as a network; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
        SeqnlpError: there is no such device.
    """
    place = torch_device(device)
    with fork_rng(devices=[]):
        model = with_weights(lambda: build_autoencoder(settings, columns), weights, path)
    return TorchDetector(model.to(place))
