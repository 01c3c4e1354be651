"""Settings files as Hydra reads them."""

from __future__ import annotations

from pathlib import Path


def read_file(path: Path) -> object:
    """A settings file as Hydra reads it, references unresolved."""
    from omegaconf import OmegaConf

    return OmegaConf.to_container(OmegaConf.load(path), resolve=False)
