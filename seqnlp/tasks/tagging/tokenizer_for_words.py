"""Which tokenizer cuts raw text as the words of a split are cut that has no other text than its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


_MARKS = frozenset(",;:!?")
"""What follows a word at once; a period does so at the end of a sentence, and else often in abbreviations."""

_MIN_ATTACHED, _ATTACHED = 10, 4
"""Words with marks of punctuation after them that are no accident: so many, and so many for each mark that is alone."""


def tokenizer_for_words(data: DataConfig, say: Callable[[str], None]) -> str:
    """``characters`` where most words are single letters of a script that is written without spaces, ``whitespace``
    where punctuation is a part of the words, else ``words``.

    Says the first two, and where such a script has longer words, which no tokenizer finds. A split that cannot be read
    is left to whoever reads it next.
    """
    try:
        examples = list(islice(raw_examples(data, "train"), NUM_SENTENCES))
    except DataError:
        return DEFAULT
    sentences = [one.tokens for one in examples if isinstance(one, TaggedSentence)]
    if attached := _with_marks(sentences):
        say(f"data.tokenizer=whitespace: words of train have the punctuation after them, such as '{attached}'")
        return "whitespace"
    words = [word for tokens in sentences for word in tokens]
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


def _with_marks(sentences: Sequence[Sequence[str]]) -> str:
    """One of the words with a mark of punctuation after them, if most marks are so; else empty."""
    marked = [tokens[place] for tokens in sentences for place in range(len(tokens)) if _ends_in_mark(tokens, place)]
    attached = [word for word in marked if len(word) > 1 and len(tokenize(word, DEFAULT)) > 1 and word[-2].isalnum()]
    alone = sum(len(word) == 1 for word in marked)
    many = len(attached) >= _MIN_ATTACHED and len(attached) > _ATTACHED * alone
    return attached[0] if many else ""


def _ends_in_mark(tokens: Sequence[str], place: int) -> bool:
    return tokens[place][-1] in _MARKS or (tokens[place][-1] == "." and place == len(tokens) - 1)
