"""What all models in a folder share: where they are, what they say of themselves, and how they travel."""

from __future__ import annotations

import os
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.bundle_files import find_model
from seqnlp.bundle_identity import model_identity, refuse_others
from seqnlp.errors import SeqnlpError
from seqnlp.networks.engine import Engine, Precision, choose_engine
from seqnlp.tasks import arguments
from seqnlp.tasks.model_folder import copy_model, files_of, is_in_run, remove_with, write_files

if TYPE_CHECKING:
    from seqnlp.tasks.saved_evaluation import Report


def changed(**options: tuple[Any, Any]) -> dict[str, Any]:
    """The options that are not what they are by default, from (value, default) of each."""
    return {name: value for name, (value, default) in options.items() if value != default}


class SavedModel:
    """A model that was loaded from its folder.

    It is pickled as the name of that folder, from which it is loaded anew; one that is replaced since then is refused.

    Attributes:
        path: the model's folder; of several, the first's.
        description: what its ``config.yaml`` says.
        metrics: what its ``metrics.json`` says.
        run: the folder of its run; None if it is not in one.
        temporary: whether that folder goes when the model does; then the model is pickled with its files.
    """

    path: Path
    description: dict[str, Any]
    metrics: dict[str, Any]
    run: Path | None
    temporary: bool = False
    _identities: tuple[str, ...] = ()

    def _remember(
        self,
        bundle: Bundle,
        *paths: str | Path,
        engine: str,
        device: str,
        threads: int,
        precision: str = "auto",
        **options: Any,
    ) -> None:
        """Keep what the model was made from, as it is found from anywhere; ``bundle`` is that of the first path."""
        _answer_after_fork()
        self.path, self.description, self.metrics = bundle.folder.absolute(), bundle.description, bundle.metrics
        options |= changed(engine=(engine, "auto"), device=(device, "cpu"), threads=(threads, 0))
        options |= changed(precision=(precision, "auto"))
        self.run = self.path.parent if is_in_run(self.path) else None
        self._made_from = (tuple(str(find_model(path).absolute()) for path in paths), options)
        self._identities = (bundle.identity, *map(model_identity, paths[1:]))

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Copy the model's folder; ``seqnlp.load(folder)`` loads it. A model that is there already is replaced.

        Raises:
            WrongTypeError, WrongValueError: the folder is no path.
            SeqnlpError: the folder holds something that is no model, or these are several models together.
            RunError: the model's own folder holds another one by now.
            TrainingError: it cannot be written.
        """
        paths, _ = self._made_from
        if len(paths) > 1:
            raise SeqnlpError(f"save: expected one model, found {len(paths)} that answer together; copy their folders")
        return copy_model(self.files(), arguments.path(folder, "folder"))

    def files(self) -> dict[str, bytes]:
        """The files of the model by their names below its folder, which may have been replaced since it was loaded.

        Raises:
            RunError: the folder holds another model by now, or none.
        """
        files = files_of(self.path)
        self._refuse_replaced()
        return files

    @property
    def identity(self) -> str:
        """A digest of what the model answers with; of several models, the first's."""
        return self._identities[0]

    def _refuse_replaced(self) -> None:
        """Stop where what the folders hold is not this model."""
        paths, _ = self._made_from
        refuse_others(paths, [model_identity(path) for path in paths], self._identities, "was loaded")

    def evaluate(self, test: Any = None, *, split: str = "test") -> Report:
        """How good the model is on examples as :func:`seqnlp.train` takes them, on a file, or on a split of its run.

        Args:
            test: the examples, a table or a path; None: a split of the run.
            split: train, dev or test, as the run's settings name their files.

        Raises:
            RunError: the model is in no run, and its task cannot be evaluated without the run's settings, or its
                folder holds another model by now.
            ConfigError, DataError: the run has no such split, or the examples are not as the task needs them.
            WrongTypeError, WrongValueError: the split is none of train, dev and test.
            SeqnlpError: these are several models together.
        """
        if len(self._made_from[0]) > 1:
            raise SeqnlpError("evaluate: expected one model; `seqnlp evaluate` and `seqnlp score` judge several")
        from seqnlp.tasks.saved_evaluation import evaluated

        self._refuse_replaced()
        return evaluated(self.path, test, split, changed(precision=(self._made_from[1].get("precision"), None)))

    def __reduce__(self) -> tuple[Any, ...]:
        if self.temporary:
            return _unpacked, (type(self), self.files(), self._made_from[1])
        return _load, (type(self), *self._made_from, self._identities)

    def __repr__(self) -> str:
        paths, options = self._made_from
        given = [*map(repr, paths), *(f"{name}={value!r}" for name, value in options.items())]
        return f"seqnlp.{type(self).__name__}({', '.join(given)})"


class SingleModel(SavedModel, ABC):
    """A model from one folder, computed by any engine in any precision; its classes say what the arguments mean."""

    def __init__(
        self,
        path: str | Path,
        *,
        engine: Engine = "auto",
        device: str = "cpu",
        threads: int = 0,
        precision: Precision = "auto",
    ) -> None:
        bundle = load_bundle(path)
        self.engine = choose_engine(engine, device, precision)
        self._build(bundle, device, threads, precision)
        self._remember(bundle, path, engine=engine, device=device, threads=threads, precision=precision)

    @abstractmethod
    def _build(self, bundle: Bundle, device: str, threads: int, precision: str) -> None:
        """Make of the folder what answers."""


def _load(
    model: type[Any], paths: tuple[str, ...], options: Mapping[str, Any], identities: tuple[str, ...] = ()
) -> Any:
    """A model from its folders, which must hold what they held; pickles of older versions do not tell."""
    loaded = model(*paths, **options)
    refuse_others(paths, loaded._identities, identities or loaded._identities, "was pickled")
    return loaded


def _unpacked(model: type[Any], files: Mapping[str, bytes], options: Mapping[str, Any]) -> Any:
    """A model from its files, in a temporary folder that goes when it does."""
    folder = Path(tempfile.mkdtemp(prefix="seqnlp_"))
    write_files(folder, files)
    loaded = model(folder, **options)
    loaded.temporary = True
    remove_with(loaded, folder)
    return loaded


@cache
def _answer_after_fork() -> None:
    """A process that is forked from this one, from now on, computes with one thread.

    It has none of the threads that its parent computed with; torch would wait for them for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_use_one_thread)


def _use_one_thread() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() > 1:
        torch.set_num_threads(1)
