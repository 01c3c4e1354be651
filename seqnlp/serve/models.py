"""The models of a server, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from seqnlp.bundle_files import task_of
from seqnlp.errors import SeqnlpError, did_you_mean
from seqnlp.task_table import TASKS, part_of


class UnknownModelError(SeqnlpError):
    """A request names a model that is not served, or none of several."""


@dataclass(frozen=True, eq=False)
class ServedModel:
    """A model, its name and its task."""

    name: str
    task: str
    model: Any

    def described(self) -> dict[str, Any]:
        """What ``GET /models`` tells of it."""
        fields: dict[str, Any] = {"name": self.name, "task": self.task, "verbs": list(VERBS_OF[self.task])}
        for name in ("labels", "plain_tags", "multi_label", "source_language", "target_language", "horizon", "columns"):
            if isinstance(value := getattr(self.model, name, None), str | bool | int | list | tuple):
                fields[name] = value
        return fields


VERBS_OF = {
    "tagging": ("tag",),
    "classification": ("classify",),
    "translation": ("translate", "score"),
    "language_model": ("complete",),
    "forecasting": ("forecast",),
    "anomaly_detection": ("detect",),
}
"""What is asked of a model of each task."""


class Models:
    """All models of a server.

    Raises:
        SeqnlpError: two have the same name.
    """

    def __init__(self, served: Sequence[ServedModel]) -> None:
        self.served = {one.name: one for one in served}

    def find(self, name: str, verb: str) -> ServedModel:
        """The model of a name that answers to a verb; without a name the only one that does.

        Raises:
            UnknownModelError: there is none, or a name is needed.
        """
        able = [one for one in self.served.values() if verb in VERBS_OF[one.task]]
        names = ", ".join(one.name for one in able) or "none"
        if not name:
            if len(able) != 1:
                raise UnknownModelError(f"expected 'model', one of: {names}")
            return able[0]
        if name not in self.served:
            close = did_you_mean(name, self.served)
            raise UnknownModelError(f"there is no model of this name{close}; expected one of: {names}")
        if self.served[name] not in able:
            kind = TASKS[self.served[name].task].kind
            raise UnknownModelError(f"'{name}' is a {kind}, which does not answer /{verb}; models that do: {names}")
        return self.served[name]


def load_models(runs: Sequence[str], options: Mapping[str, Any]) -> Models:
    """Load models, each a path or ``NAME=PATH``; without a name it is called like the folder of its run.

    Args:
        options: of the models' classes; a class that does not know one does without.

    Raises:
        SeqnlpError: two have the same name, or a model cannot be loaded.
    """
    named = [name_of(run) for run in runs]
    names = [name for name, _ in named]
    for name, path in named:
        if names.count(name) > 1:
            raise SeqnlpError(f"two models are called '{name}'; give each its name, as in `first={path}`")
    return Models([_loaded(name, path, options) for name, path in named])


def _loaded(name: str, path: str, options: Mapping[str, Any]) -> ServedModel:
    task = task_of(path)
    make = part_of(task, "model")
    known = signature(make).parameters
    return ServedModel(name, task, make(path, **{key: value for key, value in options.items() if key in known}))


def name_of(run: str) -> tuple[str, str]:
    """The name and the path of what was typed."""
    name, sign, path = run.partition("=")
    if sign and name and path and not Path(run).exists():
        return name, path
    folder = Path(run).expanduser().absolute()
    return (folder.parent if folder.name == "model" else folder).name, run
