"""Which model a folder holds: another one is often saved under the same name, as after a training anew.

What does not change answers (scores, the card, how it was trained) makes no other model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.bundle_digest import KEY, digest, digests, expected_digests
from seqnlp.bundle_files import DESCRIPTION, NOT_NEEDED, find_model, read_description, read_together
from seqnlp.errors import RunError


def identity(description: Mapping[str, Any], contents: Mapping[str, bytes]) -> str:
    """Of the model whose files these are: equal for equal models, wherever they are.

    Args:
        contents: read only where the description, of an older version, has no digests.
    """
    named = expected_digests(description, Path(DESCRIPTION)) or digests(contents)
    needed = {name: text for name, text in named.items() if name not in (DESCRIPTION, *NOT_NEEDED)}
    return digest(json.dumps({**description, KEY: needed}, sort_keys=True, default=str).encode())


def model_identity(path: str | Path) -> str:
    """Of the model in a folder, as it is now.

    Raises:
        RunError: there is no model, or it is damaged.
    """
    folder = find_model(path)
    description = read_description(folder)
    return identity(description, {} if description.get(KEY) else read_together(folder))


def refuse_others(paths: Sequence[str | Path], found: Sequence[str], expected: Sequence[str], happened: str) -> None:
    """Stop where a folder no longer holds the model that is meant.

    Args:
        found, expected: the identity of the model of each path.
        happened: to the expected model, for the message.

    Raises:
        RunError: with the first such folder.
    """
    for path, this, that in zip(paths, found, expected, strict=True):
        if this != that:
            raise RunError(f"{path} holds another model than the one that {happened}; load it anew with seqnlp.load()")
