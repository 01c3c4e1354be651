"""Signs, in the words of a whole split, that a wrong column was read, or that they are no words of texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from seqnlp.errors import DataError, counted
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tokenize import INVISIBLE

_MIN_WORDS = 6
"""Words from which on numbers in a row are no accident."""

_NUMBER_IN_FILE = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)?")
"""The number of a sentence and that of a word, as WebAnno TSV has them."""

_FEWEST_ALIKE = 20
"""Words in sentences of several from which on their sameness is no accident."""

_LONG_SENTENCE = 200
"""Words from which on the only sentence of a split is probably several."""

_PIECE = re.compile(r"##\w.*|[▁Ġ]\w.*|\[(CLS|SEP|PAD)\]|<pad>")
"""Pieces of words as encoders have them, and what they put around texts."""

_MANY_PIECES = 0.02
"""The part of all words from which on pieces are no accident."""


def check_words(sentences: Sequence[TaggedSentence], source: str, report: Callable[[str], None]) -> None:
    """Stop at what are no words, and say what is probably amiss.

    Raises:
        DataError: the words are numbers of words, or the same in all of each sentence.
    """
    refuse_numbers_as_words(sentences, source)
    refuse_one_word(sentences, source)
    say_one_sentence(sentences, source, report)
    say_pieces(sentences, source, report)
    say_blank(sentences, source, report)


def refuse_numbers_as_words(sentences: Sequence[TaggedSentence], source: str) -> None:
    """Pass if the words are not the numbers of the words in each sentence, as a column before theirs may hold.

    Raises:
        DataError: they are.
    """
    if sum(len(sentence.tokens) for sentence in sentences) < _MIN_WORDS:
        return
    if all(_NUMBER_IN_FILE.fullmatch(token) for one in sentences for token in one.tokens):
        found = f"found numbers of sentences and words such as {sentences[0].tokens[0]}"
        raise DataError(f"expected words, {found}; set data.token_column to the column of the words", source)
    for first in (0, 1):
        if all(one.tokens == tuple(map(str, range(first, first + len(one.tokens)))) for one in sentences):
            found = f"found the numbers of words from {first} in every sentence"
            raise DataError(f"expected words, {found}; set data.token_column to the column of the words", source)


def refuse_one_word(sentences: Sequence[TaggedSentence], source: str) -> None:
    """Pass if sentences have different words, and not one alone, as a column with the name of their document has.

    Raises:
        DataError: they have not.
    """
    long = [one.tokens for one in sentences if len(one.tokens) > 1]
    if len(long) > 1 and sum(map(len, long)) >= _FEWEST_ALIKE and all(len(set(tokens)) == 1 for tokens in long):
        found = f"found '{long[0][0][:40]}' as every word of a sentence"
        raise DataError(f"expected words, {found}; set data.token_column to the column of the words", source)


def say_one_sentence(sentences: Sequence[TaggedSentence], source: str, report: Callable[[str], None]) -> None:
    """Say that a split is one long sentence, as a file without blank lines is."""
    if len(sentences) == 1 and (count := len(sentences[0].tokens)) > _LONG_SENTENCE:
        words = f"all {count:,} words are one sentence"
        report(f"warning: {source}: {words}; in a file of words a blank line ends one")


def say_pieces(sentences: Sequence[TaggedSentence], source: str, report: Callable[[str], None]) -> None:
    """Say that words are pieces of words, which raw text is not cut into."""
    words = [token for sentence in sentences for token in sentence.tokens]
    pieces = [word for word in words if _PIECE.fullmatch(word)]
    if len(pieces) > _MANY_PIECES * len(words):
        count = f"{len(pieces):,} of {len(words):,} words are pieces of words or marks of an encoder"
        report(f"warning: {source}: {count}, such as {pieces[0]}; in use texts are cut into words, so join them first")


def say_blank(sentences: Sequence[TaggedSentence], source: str, report: Callable[[str], None]) -> None:
    """Say that words are line ends, no-break spaces or what cannot be seen, none of which is a word of raw text."""
    blank = [token for sentence in sentences for token in sentence.tokens if _is_blank(token)]
    if blank:
        found = f"{counted(len(blank), 'word')} of which nothing can be seen, such as {blank[0]!a}"
        report(f"warning: {source}: {found}; in use there are no such words, so leave them out")


def _is_blank(word: str) -> bool:
    return all(mark.isspace() or mark in INVISIBLE for mark in word)
