"""The tokenizer that a model folder names."""

from __future__ import annotations

from seqnlp.bundle_fields import Fields
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.text.tokenize import tokenize


def tokenizer_in(saved: Fields, name: str) -> str:
    """The kind of tokenizer in a field.

    Raises:
        RunError: there is none of that name, or it needs a library that is not there.
    """
    kind = saved.text(name)
    if kind == "whitespace":
        return kind
    try:
        tokenize("", kind)
    except SeqnlpError as problem:
        raise RunError(f"{saved.path}: {name}: {problem}") from None
    return kind
