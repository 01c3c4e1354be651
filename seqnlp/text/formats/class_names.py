"""The names of numbered tags: as set, from a file, or from what a data set says of itself beside its files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.files import read_lines

_INFORMATION = ("dataset_info.json", "dataset_infos.json", "README.md")


def written_names(setting: str, file: Path) -> list[str]:
    """The names of ``data.tag_names``: those of a file (a name a line, a JSON list or ``id2label``), else the words.

    Raises:
        DataError: the file holds no names.
    """
    if not file.is_file():
        return [name for name in re.split(r"[,\s]+", setting) if name]
    lines = [line for _, line in read_lines(file) if line.strip()]
    if not lines[0].lstrip().startswith(("[", "{")):
        return [line.strip(" ") for line in lines]
    try:
        names = _listed(json.loads("\n".join(lines)))
    except ValueError as problem:
        raise DataError(f"expected a JSON list of names: {problem}", file) from None
    if not names:
        raise DataError("expected the names of tags, one a line, or a JSON list or object of them", file)
    return names


def described_names(path: Path, field: str) -> list[str]:
    """What ``dataset_info.json`` or ``README.md`` beside a file, or in the folder above, say of a field; or nothing."""
    for folder in (path.parent, path.parent.parent):
        for name in _INFORMATION:
            if (folder / name).is_file():
                names = _names_of(_information(folder / name), field)
                if names:
                    return names
    return []


def _information(path: Path) -> Any:
    """The file's data; None if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text)
        import yaml

        match = re.match(r"---\s*\n(.*?)\n---\s*(\n|$)", text, re.DOTALL)
        return yaml.safe_load(match[1]) if match else None
    except Exception:  # a file that is not ours, of whatever kind; then names are asked for
        return None


def _names_of(value: Any, field: str) -> list[str]:
    """The first list ``names`` inside the description of the field."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, Mapping) and value.get("name") == field:
        names = _first_names(value)
        if names:
            return names
    for key, item in items:
        names = (_first_names(item) if key == field else []) or _names_of(item, field)
        if names:
            return names
    return []


def _first_names(value: Any) -> list[str]:
    if not isinstance(value, Mapping):
        return []
    return _listed(value.get("names")) or next((names for item in value.values() if (names := _first_names(item))), [])


def _listed(value: Any) -> list[str]:
    """A list of names, or an object whose keys are 0, 1, 2, ..."""
    if isinstance(value, Mapping):
        numbered = {str(key): name for key, name in value.items()}
        value = [numbered.get(str(place)) for place in range(len(numbered))]
    return list(value) if isinstance(value, list) and all(isinstance(name, str) and name for name in value) else []
