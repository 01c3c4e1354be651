"""How settings come about, for ``seqnlp train --cfg`` and ``--info``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from seqnlp.compose.session import PRIMARY, hydra_session
from seqnlp.compose.typed import read_overrides
from seqnlp.overrides import is_known, samples

if TYPE_CHECKING:
    from omegaconf import DictConfig


def hydra_settings(overrides: Sequence[str], config_dir: str | None = None) -> dict[str, Any]:
    """Hydra's own settings with which a sweep would run, references unresolved.

    Raises:
        ConfigError: as :func:`compose_config`.
    """
    from omegaconf import OmegaConf

    with _composed_with_hydra(overrides, config_dir) as (composed, _):
        return cast("dict[str, Any]", OmegaConf.to_container(composed.hydra, resolve=False))


def composition(overrides: Sequence[str], config_dir: str | None = None) -> dict[str, list[str]]:
    """How settings come about: where Hydra looks for files, which it merged in their order, and its plugins.

    Raises:
        ConfigError: as :func:`compose_config`.
    """
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.plugins import Plugins
    from hydra.types import RunMode

    with _composed_with_hydra(overrides, config_dir) as (composed, lines):
        places = [f"{one.provider}: {one.schema}://{one.path}" for one in composed.hydra.runtime.config_sources]
        loader = GlobalHydra.instance().config_loader()
        merged = loader.compute_defaults_list(PRIMARY, lines, RunMode.RUN).defaults
        return {
            "search path": places,
            "merged, later ones win": [f"{one.config_path} -> {one.package or 'the top'}" for one in merged],
            "plugins": sorted(plugin.__name__ for plugin in Plugins.instance().discover()),
        }


@contextmanager
def _composed_with_hydra(overrides: Sequence[str], config_dir: str | None) -> Iterator[tuple[DictConfig, list[str]]]:
    """The settings with Hydra's own, of a sweep those of its first job, and the lines that lead to them."""
    from hydra import compose

    typed, task = read_overrides(overrides, config_dir, multirun=True)
    known = next(samples([one for one in typed if is_known(one, task)]))
    with hydra_session(config_dir, task) as settings:
        lines = [*settings, *known]
        yield compose(PRIMARY, overrides=lines, return_hydra_config=True), lines
