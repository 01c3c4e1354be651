"""Texts that occur several times: in one split with other answers, or in two splits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from seqnlp.errors import counted

_MIN_CONTRADICTED, _CONTRADICTED = 2, 0.01
"""Examples with a text that has another answer elsewhere that are said: so many, and such a part of all."""

_SHARED = 0.1
"""The part of a split from which on texts that train has, too, are said."""

_MAX_LENGTH = 60


def contradictions(examples: Sequence[tuple[Hashable, object]], noun: str, other: str) -> list[str]:
    """What to say of texts that occur in a split with different answers; of a few such nothing.

    Args:
        examples: text and answer of each.
        noun, other: what a message calls an example, and another answer.
    """
    first: dict[Hashable, object] = {}
    wrong = {text for text, given in examples if text and first.setdefault(text, given) != given}
    count = sum(text in wrong for text, _ in examples) if wrong else 0
    if count < max(_MIN_CONTRADICTED, _CONTRADICTED * len(examples)):
        return []
    shown = _shown(next(text for text, _ in examples if text in wrong))
    return [f"{count:,} of {counted(len(examples), noun)} have a text that occurs with {other}, too: {shown}"]


def shared(texts: Iterable[Hashable], train: Iterable[Hashable], split: str) -> list[str]:
    """What to say where a split has many texts that were learnt from."""
    own = [text for text in texts if text]
    known = set(own).intersection(train)
    count = sum(text in known for text in own) if known else 0
    if not count or count < _SHARED * len(own):
        return []
    found = f"{count:,} of {counted(len(own), 'text')} of {split} are in train, too"
    return [f"warning: {found}: its scores say little of other texts (`seqnlp data check` lists them)"]


def _shown(text: Hashable) -> str:
    written = " ".join(text) if isinstance(text, tuple) else str(text)
    return f"'{written}'" if len(written) <= _MAX_LENGTH else f"'{written[:_MAX_LENGTH]}...'"
