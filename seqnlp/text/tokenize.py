"""Raw text to words with character offsets.

Each kind is one compiled regular expression whose last alternative takes any character that is not a space, so that no
kind ever loses one. A model must cut raw text as its training data were cut:

==========  ======================================================================================================
whitespace  at spaces only, for text that is cut into words already
words       words of any script with their hyphens and apostrophes, numbers (3,000.5), links, @names, #tags, emoticons
split       runs of letters and digits, every other character alone, as biomedical corpora do (BC5CDR)
english     as the Penn Treebank and UD English EWT: do n't, it 's, 15 - year, the final period apart
==========  ======================================================================================================
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from seqnlp.errors import SeqnlpError, did_you_mean
from seqnlp.text import patterns

_PATTERNS = {
    "whitespace": patterns.whitespace,
    "words": patterns.words,
    "split": patterns.split,
    "english": patterns.english,
}
KINDS = tuple(_PATTERNS)


class Token(NamedTuple):
    """A word and its place: ``text[token.start:token.end] == token.text``."""

    text: str
    start: int
    end: int


def tokenize(text: str, kind: str) -> list[Token]:
    """The words of a text, in order; none hold a space, and no other character is lost.

    Args:
        kind: one of :data:`KINDS`.

    Raises:
        SeqnlpError: an unknown kind.
    """
    return [Token(match[0], match.start(), match.end()) for match in _compiled(kind).finditer(text)]


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    if kind not in KINDS:
        raise SeqnlpError(f"expected a tokenizer ({', '.join(KINDS)}), found '{kind}'{did_you_mean(kind, KINDS)}")
    return re.compile(_PATTERNS[kind](), re.VERBOSE)
