"""One run, or one for each combination of values, by Hydra's sweepers and launchers."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from seqnlp.compose.configuration import checked_config, compose_config, note_idle_settings
from seqnlp.compose.session import PRIMARY, hydra_session
from seqnlp.compose.settings import merged_settings
from seqnlp.compose.typed import read_overrides
from seqnlp.config.common import Config
from seqnlp.config.reading import config_to_dict, read_config
from seqnlp.overrides import is_known, samples
from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from omegaconf import DictConfig


Result = TypeVar("Result")


def train_with_hydra(
    overrides: Sequence[str], config_dir: str | None, run: Callable[[Config], Result], multirun: bool = False
) -> list[Result]:
    """Call ``run`` with the configuration; with ``multirun`` once a job of Hydra's sweeper, by Hydra's launcher.

    Returns what ``run`` returned, of each job; nothing where the sweeper searches, as Optuna's does.

    Raises:
        ConfigError: as :func:`compose_config`, for all jobs before the first of them begins.
    """
    if not multirun:
        return [run(compose_config(overrides, config_dir))]
    from hydra.core.global_hydra import GlobalHydra

    typed, task = read_overrides(overrides, config_dir, multirun=True)
    known = [one for one in typed if is_known(one, task)]
    unswept = ",".join(one.key for one in known if not one.sweeps)
    with hydra_session(config_dir, task) as settings:
        jobs = [checked_config(settings, lines, typed, task, config_dir) for lines in samples(known)]
        note_idle_settings(jobs, typed)
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        naming = f"hydra.job.config.override_dirname.exclude_keys=[{unswept}]"
        swept = [*settings, naming, *(one.line for one in known)]
        logger = logging.getLogger("seqnlp")
        disabled = logger.disabled
        try:
            batches = hydra.multirun(PRIMARY, functools.partial(_job, run, config_dir), swept)
        finally:
            logger.disabled = disabled  # Hydra's logging switches off those that it does not know
    return [job.return_value for batch in batches or () for job in batch]


def _job(run: Callable[[Config], Result], config_dir: str | None, composed: DictConfig) -> Result:
    """One job of a sweep, in whatever process the launcher runs it; its directory is inside the sweep's."""
    from hydra.core.hydra_config import HydraConfig

    job = HydraConfig.get()
    lines = list(job.overrides.task)
    raw = merged_settings(composed, lines, config_dir)
    config = read_config({**raw, "run": os.path.relpath(job.runtime.output_dir)})
    result = run(config)
    if Path(config.run).is_dir():
        for name, content in hydra_files(config, lines).items():
            write_atomically(Path(config.run) / name, content)
    return result


def hydra_files(config: Config, overrides: Sequence[str]) -> dict[str, bytes]:
    """What Hydra's users expect in a run: the settings, and what was typed, by name below the run."""
    import yaml

    written = {"config": config_to_dict(config), "overrides": list(overrides)}
    return {
        f".hydra/{name}.yaml": yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
        for name, content in written.items()
    }
