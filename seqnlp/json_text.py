"""What is written as JSON, by every verb."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(content: Any, indent: int | None = None) -> str:
    """JSON that every reader takes: a number that is infinite or not a number, which JSON lacks, becomes ``null``."""
    try:
        return json.dumps(content, ensure_ascii=False, indent=indent, allow_nan=False)
    except ValueError:  # looked for only where there is one: most answers are finite
        return json.dumps(_finite(content), ensure_ascii=False, indent=indent, allow_nan=False)


def json_line(content: Any) -> str:
    """One line of JSONL."""
    return json_text(content) + "\n"


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {_finite(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
