"""Hydra, ready to merge files of ours and of a user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from seqnlp.config.reading import config_to_dict, default_config
from seqnlp.config.typed import quoted
from seqnlp.errors import ConfigError
from seqnlp.recipe_names import RENAMED
from seqnlp.resources import CONF, RECIPES, ROOT, find_recipes, folders_of

PRIMARY = "train"
"""``conf/train.yaml``, where composition begins."""


@contextmanager
def hydra_session(config_dir: str | None, task: str) -> Iterator[list[str]]:
    """Hydra, and the settings of its own that make it find our files; what it raises becomes a :class:`ConfigError`."""
    import yaml
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    # What recipes may refer to: every setting, and the folder with the data that ships with them.
    defaults = {**config_to_dict(default_config(task)), "recipes_dir": str(RECIPES)}
    ConfigStore.instance().store(name="seqnlp_defaults", node=defaults)
    _store_old_recipes(config_dir)
    try:
        with initialize_config_dir(str(CONF), job_name="seqnlp", version_base="1.3"):
            if config_dir:
                searched = GlobalHydra.instance().config_loader().get_search_path()
                for folder in reversed(folders_of(config_dir)):  # the last one stands first
                    searched.prepend("user", f"file://{folder.resolve()}", anchor="main")
            yield [f"hydra.searchpath=[{quoted(f'file://{ROOT}')}]"]  # after conf/; makes Hydra look at the path anew
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as problem:
        reasons = [" ".join(str(reason).split()) for reason in (problem, problem.__cause__) if reason]
        raise ConfigError([": ".join(reasons).partition(" Config search path")[0]]) from problem


def _store_old_recipes(config_dir: str | None) -> None:
    """Let recipes build upon others by their old names, unless a user has one of such a name."""
    from hydra.core.config_store import ConfigStore

    store, recipes = ConfigStore.instance(), find_recipes(config_dir)
    store.repo.pop("recipes", None)  # of another user's folder
    for folder, new in RENAMED.items():
        for name in recipes:
            file = name.removeprefix(f"{new}/")
            if file != name and f"{folder}/{file}" not in recipes:
                base = {"defaults": [f"/recipes/{name}"]}
                store.store(file, base, group=f"recipes/{folder}", package="_global_")
