"""A file of another model's answers, as ``teacher.answers`` reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def written(folder: Path, rows: list[Any]) -> str:
    """The name of the file with these rows, a line each."""
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)
