"""Which tokenizer cuts raw text as the words of a split are cut that has no other text than its words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import raw_examples
from seqnlp.errors import DataError
from seqnlp.text.scripts import WITHOUT_SPACES
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tokenize import DEFAULT, tokenize

NUM_SENTENCES = 3000
"""Of the training split, which are looked at."""

_SINGLE = 0.9
"""Part of the words from which on letters that stand alone are no words of one letter."""


def tokenizer_for_words(data: DataConfig, say: Callable[[str], None]) -> str:
    """``characters`` where most words are single letters of a script that is written without spaces, else ``words``.

    Says the first, and where such a script has longer words, which no tokenizer finds. A split that cannot be read is
    left to whoever reads it next.
    """
    try:
        examples = list(islice(raw_examples(data, "train"), NUM_SENTENCES))
    except DataError:
        return DEFAULT
    words = [word for one in examples if isinstance(one, TaggedSentence) for word in one.tokens]
    unspaced = [word for word in words if WITHOUT_SPACES.search(word)]
    if 2 * len(unspaced) <= len(words):
        return DEFAULT
    script = "of a script without spaces between words"
    if sum(len(tokenize(word, "characters")) == 1 for word in unspaced) >= _SINGLE * len(unspaced):
        say(f"data.tokenizer=characters: the words of train are single letters {script}")
        return "characters"
    remedy = "tag text that is cut already (`seqnlp tag --input tokens`), or write a letter a line"
    say(f"warning: the words of train are {script}, and data.tokenizer={DEFAULT} does not find such in text: {remedy}")
    return DEFAULT
