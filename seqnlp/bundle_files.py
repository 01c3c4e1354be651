"""The files of a model folder: their names, where they are, whether they are those that were saved together."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.bundle_digest import digest, expected_digests, problem_of, refuse_edited
from seqnlp.bundle_fields import Fields
from seqnlp.errors import RunError
from seqnlp.hub import hub_model, parts_of
from seqnlp.stored import read_bytes, settings_of
from seqnlp.task_table import TASKS

FORMAT = 2
"""Raised whenever an older seqnlp could not read what a newer one writes."""

FOLDER = "model"
"""The model folder inside a run."""

DESCRIPTION, TENSORS, VOCABULARY, LABELS, METRICS, CARD = (
    "config.yaml",
    "model.safetensors",
    "vocabulary.json",
    "labels.json",
    "metrics.json",
    "README.md",
)
TRAINING = "training.yaml"
LEXICON = "lexicon.safetensors"
SUBWORDS = ".spm"
NOT_NEEDED = (METRICS, CARD, TRAINING)
"""Without these a model answers alike."""

AS_SAVED, CHANGED, MISSING = "as saved", "not as saved", "missing"
NOT_KNOWN = "not known: the folder has no digest of it"

_ATTEMPTS = 5
ADVICE = "copy the model again"


def name_on_hub(path: str | Path) -> tuple[str, str] | None:
    """The model and the revision of a model that is sought on the Hugging Face Hub; nothing where the path is one here.

    Raises:
        RunError: it is neither text nor a path.
    """
    if not isinstance(path, str | os.PathLike):
        raise RunError(f"expected the path of a run or a saved model folder, found {type(path).__name__}")
    path = Path(path).expanduser()
    return None if path.exists() or path.parent.exists() else parts_of(str(path))


def find_model(path: str | Path) -> Path:
    """The model folder of a run, the folder itself if it is one, or that of a model of the Hugging Face Hub.

    A folder that is here is never looked for elsewhere, and neither is one whose parent is here.

    Raises:
        RunError: there is no such folder or model, or it holds no model.
    """
    if hub_name := name_on_hub(path):
        return hub_model(*hub_name)
    path = Path(path).expanduser()
    if (path / FOLDER / DESCRIPTION).is_file():
        return path / FOLDER
    if (path / TENSORS).is_file() or (path / VOCABULARY).is_file():
        return path
    if not path.exists():
        text = f"{path}: no such folder; expected a run (from `seqnlp train`) or a saved model folder"
        here = f", and not OWNER/NAME of the Hugging Face Hub, since the folder '{path.parent}' is here"
        raise RunError(text + here * bool(parts_of(str(path))))
    if (path / "config.yaml").is_file():
        raise RunError(
            f"{path} was stopped before its first model was saved; go on with `seqnlp resume {shlex.quote(str(path))}`"
        )
    raise RunError(f"{path} is neither a run (from `seqnlp train`) nor a saved model folder")


def check_files(path: str | Path) -> dict[str, str]:
    """Whether each file of a model folder is the one that was saved, in words, by name.

    Returns:
        ``AS_SAVED``, ``NOT_KNOWN`` for a folder of an older version, ``CHANGED`` or ``MISSING``. A description that is
        whole is as saved.

    Raises:
        RunError: there is no model, or its ``config.yaml`` is damaged.
    """
    folder = find_model(path)
    contents = _read_files(folder)
    expected = expected_digests(description_of(contents, folder), folder / DESCRIPTION)
    states = {DESCRIPTION: AS_SAVED}
    for name in dict.fromkeys([*contents, *expected, TENSORS, VOCABULARY, LABELS]):
        if name not in contents:
            states[name] = MISSING
        elif name not in expected:
            states.setdefault(name, NOT_KNOWN)
        else:
            states[name] = AS_SAVED if digest(contents[name]) == expected[name] else CHANGED
    return states


def read_together(folder: Path) -> dict[str, bytes]:
    """The contents of all files, by name, of one saved model: what another process saves meanwhile is read anew.

    Raises:
        RunError: a file is missing, or is not the one that was saved with the others.
    """
    for _ in range(_ATTEMPTS):
        contents = _read_files(folder)
        expected = expected_digests(description_of(contents, folder), folder / DESCRIPTION)
        needed = dict.fromkeys([TENSORS, VOCABULARY, LABELS, *(name for name in expected if name not in NOT_NEEDED)])
        missing = [name for name in needed if name not in contents]
        source = f" of those that {DESCRIPTION} names" if set(missing) - {TENSORS, VOCABULARY, LABELS} else ""
        problem = f"{folder}: {', '.join(missing)} missing{source}; the folder was not copied or saved whole"
        problem = problem if missing else ""
        for name, content in contents.items():
            if name != CARD:
                problem = problem or problem_of(folder / name, content, expected)
        if not problem:
            return contents
        if _read_files(folder).get(DESCRIPTION) == contents[DESCRIPTION]:
            break
    raise RunError(problem)


def _read_files(folder: Path) -> dict[str, bytes]:
    """The contents of the model's files that are there, by name."""
    paths = [folder / name for name in (DESCRIPTION, TENSORS, VOCABULARY, LABELS, METRICS, CARD, TRAINING, LEXICON)]
    there = [path for path in [*paths, *sorted(folder.glob(f"*{SUBWORDS}"))] if os.path.lexists(path)]
    return {path.name: read_bytes(path, ADVICE) for path in there}


def task_of(path: str | Path) -> str:
    """The task of a model; only its description is read, not its weights.

    Raises:
        RunError: there is no model, or its description is damaged or names no task of this version.
    """
    return str(read_description(find_model(path))["task"])


def read_description(folder: Path) -> dict[str, Any]:
    """What ``config.yaml`` of a model folder says; no other file is read.

    Raises:
        RunError: as :func:`description_of`.
    """
    path = folder / DESCRIPTION
    return description_of({DESCRIPTION: read_bytes(path, ADVICE)} if os.path.lexists(path) else {}, folder)


def description_of(contents: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    """What ``config.yaml`` says, but for the format number.

    Raises:
        RunError: it is missing, damaged, or of a newer format or task.
    """
    path = folder / DESCRIPTION
    if DESCRIPTION not in contents:
        raise RunError(f"{folder}: {DESCRIPTION} missing; the folder was not copied or saved whole")
    content = settings_of(contents[DESCRIPTION], path, ADVICE)
    expected_digests(content, path)
    version = content.get("format")
    if type(version) is not int:
        raise RunError(f"{path}: no format number; this is not a seqnlp model")
    if version > FORMAT:
        raise RunError(f"{folder}: saved in format {version}, this seqnlp reads up to {FORMAT}; install a newer seqnlp")
    refuse_edited(content, path)
    if (task := Fields(content, path).text("task")) not in TASKS:
        raise RunError(f"{path}: expected a task ({', '.join(TASKS)}), found '{task}'; install a newer seqnlp")
    del content["format"]
    return content
