"""Subwords that a run takes over from another model, beside what its own settings ask for."""

from __future__ import annotations

from collections.abc import Iterator

from seqnlp.config.translation import SubwordConfig
from seqnlp.tasks.translation.saved import Vocabularies
from seqnlp.text.sentencepiece_file import trained_with


def asked_and_given(tokenizer: SubwordConfig, given: Vocabularies) -> Iterator[tuple[str, str, str]]:
    """The name of each setting that must be as it was for the given subwords, as it is here, and as it was there.

    How many subwords there are is none of them: a text may give fewer than are asked for.
    """
    theirs = {"joint": str(given.joint).lower(), **trained_with(given.target.to_bytes())}
    for name, value in theirs.items():
        asked = getattr(tokenizer, name)
        yield f"tokenizer.{name}", str(asked).lower() if isinstance(asked, bool) else asked, value
