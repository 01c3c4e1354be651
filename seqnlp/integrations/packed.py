"""A model that is sent to other machines: by the name of its folder, or with its files; loaded once a process."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from seqnlp.api import Model, load
from seqnlp.api.mapping import BatchAnswers
from seqnlp.bundle_files import find_model
from seqnlp.tasks.model_folder import files_of, write_files

OPTIONS = {"threads": 1}
"""Of a model on a worker, which is one of many on its machine."""
_LOADED: dict[str, Model] = {}


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
        digest = sha256()
        for name, content in self.files.items():
            digest.update(f"{name} {len(content)} ".encode() + content)
        self.name = digest.hexdigest() if with_files else self.folder

    def load(self) -> Model:
        """The model; in each process it is loaded once."""
        if self.name not in _LOADED:
            _LOADED[self.name] = self._unpacked() if self.files else load(self.folder, **OPTIONS)
        return _LOADED[self.name]

    def _unpacked(self) -> Model:
        """The model from its files, in a temporary folder that goes when the process ends."""
        folder = Path(tempfile.mkdtemp(prefix="seqnlp_"))
        write_files(folder, self.files)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return load(folder, **OPTIONS)


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
