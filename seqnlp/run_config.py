"""The directory of a run and its ``config.yaml``: claim it, give it back, read what the run was begun with."""

from __future__ import annotations

import contextlib
import shlex
import shutil
from pathlib import Path

from seqnlp.bundle_files import TENSORS
from seqnlp.config.common import Config
from seqnlp.config.reading import config_to_dict, read_config
from seqnlp.config.renamed import with_former_defaults
from seqnlp.errors import ConfigError, RunError
from seqnlp.messages import say
from seqnlp.recipe_names import with_moved_data
from seqnlp.stored import read_bytes, settings_of, settings_text
from seqnlp.tasks.changed_settings import changed_settings

CONFIG_FILE = "config.yaml"
DATA = "data"
"""The folder of a run that keeps data which were in memory."""
_HYDRA = ".hydra"


def claim(config: Config) -> Path:
    """Make the run directory and write its ``config.yaml``, which only one process can do.

    Raises:
        RunError: the directory is not empty.
    """
    if not config.run:
        raise ConfigError(["run: missing; name the run directory, for example run=runs/my_tagger"])
    run = Path(config.run)
    resume = f"go on with `seqnlp resume {shlex.quote(str(run))}`"
    refusal = f"{run} already holds something; choose another directory with run=..., or {resume}"
    if run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise RunError(refusal)
    content, new, ours = written(config), not run.exists(), False
    try:
        run.mkdir(parents=True, exist_ok=True)
        with (run / CONFIG_FILE).open("x", encoding="utf-8") as file:  # "x": of two runs, one gets the directory
            ours = True
            file.write(content)
    except FileExistsError:
        raise RunError(refusal) from None
    except OSError as problem:
        with contextlib.suppress(OSError):
            if ours:
                (run / CONFIG_FILE).unlink()
            if new:
                run.rmdir()
        raise RunError(f"cannot make the run directory {run}: {problem.strerror}") from problem
    return run


def written(config: Config) -> str:
    """The configuration as ``config.yaml`` holds it."""
    return settings_text(config_to_dict(config))


def release(run: Path) -> None:
    """Give back the directory of a run that was refused before it wrote anything, so that it can be tried again."""
    if {path.name for path in run.iterdir()} <= {CONFIG_FILE, DATA, _HYDRA}:
        for folder in (DATA, _HYDRA):
            shutil.rmtree(run / folder, ignore_errors=True)
        (run / CONFIG_FILE).unlink()
        run.rmdir()


def is_run(path: Path) -> bool:
    """Whether a path is a run directory, or at least no saved model folder."""
    return not (path / TENSORS).is_file()


def read_run_config(run: Path) -> Config:
    """The configuration a run began with.

    Raises:
        RunError: this is no run, or its ``config.yaml`` was damaged.
    """
    path = run / CONFIG_FILE
    if not path.is_file() or not is_run(run):
        raise RunError(f"{run} is not a run: it has no {CONFIG_FILE} from `seqnlp train`")
    advice = f"remove {run} and start the run again"
    content = settings_of(read_bytes(path, advice), path, advice)
    try:
        return read_config(with_moved_data(with_former_defaults(content)))
    except ConfigError as problem:
        raise RunError(f"{path} was changed, or written by another version of seqnlp: {problem}") from problem


def config_of_run(run: Path) -> Config:
    """As :func:`read_run_config`; says which settings are not those that the run's model was trained with."""
    config = read_run_config(run)
    if note := changed_settings(run, config):
        say(note)
    return config
