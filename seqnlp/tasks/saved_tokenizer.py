"""The tokenizer that a model folder names."""

from __future__ import annotations

from seqnlp.bundle_fields import Fields
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.text.tokenize import KINDS, pattern_of, tokenize


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


def pattern_for_page(kind: str) -> str:
    """What the tokenizer is in JavaScript: the source of a regular expression.

    Raises:
        SeqnlpError: it is none.
    """
    from seqnlp.page.patterns import to_javascript

    if kind not in KINDS:
        raise SeqnlpError(
            f"--page: expected a tokenizer of {', '.join(KINDS)}; a page cannot cut words as '{kind}' does"
        )
    return to_javascript(pattern_of(kind))
