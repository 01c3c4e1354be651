"""Values as they are typed on the command line, in Hydra's grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"(?!(?:true|false|on|off|yes|no|null|nan|inf)$)[a-z_][\w-]*(?: +(?:\+ +)?[\w-]+)*", re.IGNORECASE)
"""A name that means nothing else there."""


def quoted(text: str) -> str:
    """A text in Hydra's grammar, whatever characters it has."""
    return "'" + text.replace("'", r"\'") + "'"


def typed(name: str) -> str:
    """A name, in quotes where it could mean something else."""
    return name if _PLAIN.fullmatch(name) else quoted(name)


def typed_names(names: Iterable[str]) -> str:
    """Names for a setting that takes several: ``[a, b]``."""
    return f"[{', '.join(map(typed, names))}]"
