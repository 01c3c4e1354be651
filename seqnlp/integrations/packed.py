"""A model that is sent to other machines: by the name of its folder, or with its files; loaded once a process."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.api import Model
from seqnlp.api.mapping import BatchAnswers, load_same
from seqnlp.bundle_files import find_model
from seqnlp.bundle_identity import model_identity
from seqnlp.tasks.model_folder import files_of, remove_with, write_files

OPTIONS = {"threads": 1}
"""Of a model on a worker, which is one of many on its machine."""
_LOADED: dict[str, Model] = {}
"""By name and identity: a name may come to stand for another model while the process lives."""


class SentModel:
    """A model by what another process needs to load it.

    Args:
        run: a run, or a saved model folder.
        with_files: send the files; else the folder must have the same name on all machines.

    Raises:
        RunError: there is no model.
    """

    def __init__(self, run: str | Path, with_files: bool = False) -> None:
        folder = find_model(run).absolute()
        self.folder = str(folder)
        self.files: Mapping[str, bytes] = files_of(folder) if with_files else {}
        self.identity = model_identity(folder)
        self._name = self.identity if with_files else f"{folder} {self.identity}"

    def load(self) -> Model:
        """The model; in each process it is loaded once.

        Raises:
            RunError: this machine's folder of that name has another model, or none.
        """
        if self._name not in _LOADED:
            sent = load_same(self.folder, self.identity, **OPTIONS) if not self.files else self._unpacked()
            _LOADED[self._name] = sent
        return _LOADED[self._name]

    def _unpacked(self) -> Model:
        """The model from its files, in a temporary folder that goes when the process ends."""
        folder = Path(tempfile.mkdtemp(prefix="seqnlp_"))
        write_files(folder, self.files)
        model = load_same(str(folder), self.identity, **OPTIONS)
        remove_with(model, folder)
        return model


class SentAnswers(BatchAnswers):
    """What :func:`seqnlp.batch` gives for a model that is sent; a row without an answer says why in ``error``."""

    def __init__(self, model: SentModel, column: str = "", prefix: str = "") -> None:
        super().__init__(model.folder, column, prefix, "column")
        self._sent = model

    @property
    def model(self) -> Model:
        """The model, loaded."""
        return self._sent.load()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._sent, self.column, self.prefix)
