"""Scripts that are written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable

_IDEOGRAPHIC = r"\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ALPHABETIC = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WITHOUT_SPACES = re.compile(f"[{_IDEOGRAPHIC}{_ALPHABETIC}]")
"""A letter of such a script."""

_SHORT_OF_A_RUN = {re.compile(f"[{_IDEOGRAPHIC}]"): 3.0, re.compile(f"[{_ALPHABETIC}]"): 9.0}
"""Letters that words of these scripts hardly have on average; runs of several words do."""


def runs_of_words(words: Iterable[str]) -> str:
    """A word of those that are several words in a row, as most of them are where such a script is cut at spaces and
    punctuation only; empty: it is not so."""
    known = list(words)
    for letter, most in _SHORT_OF_A_RUN.items():
        found = [word for word in known if letter.search(word)]
        if 2 * len(found) > len(known) and sum(map(len, found)) > most * len(found):
            return max(found[:100], key=len)
    return ""
