"""What a language model reads and predicts: words, subwords or characters, and the end mark of a line.

A line is a sequence of words between spaces. Its tokens, written one after the other, give the line back, spaces
included: a word's first token carries the space before it (``" the"``, ``" un"`` + ``"seen"``); characters have a token
for the space itself, so that the first word of a line has none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from seqnlp.config.language_model import LanguageTokensConfig
from seqnlp.config.translation import SubwordConfig
from seqnlp.errors import DataError, RunError
from seqnlp.text.subwords import BEGIN, END, PAD, UNKNOWN, Subwords, train_subwords
from seqnlp.text.tokenize import tokenize, visible
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.written_tokens import END_MARK, WrittenTokens

UNKNOWN_WORD = "<unk>"
"""What texts with rare words already replaced, such as WikiText, have in their place."""

SUBWORD_FILE = "subwords.spm"


def plain_line(line: str, lowercase: bool = False) -> str:
    """The line with single spaces between its words and none around them: what every kind of token spells."""
    line = " ".join(line.split())
    return line.lower() if lowercase else line


class Tokens(WrittenTokens, ABC):
    """The tokens of a trained model.

    Attributes:
        end: the token that ends a line.
        special_ids: tokens that are never written: the unknown one and those without meaning here.
    """

    end: int
    special_ids: tuple[int, ...]

    def encode_word(self, word: str, first: bool) -> list[int]:
        """The tokens of a word, in the form that is known; ``first``: it begins its line."""
        return self._encode(self.known_form(word), first)

    def is_known(self, word: str) -> bool:
        """Whether the word can be read as what it is, or as what looks the same."""
        return self._reads(self.known_form(word))

    def known_form(self, word: str) -> str:
        """The word, or where it is unknown what looks the same and is known: without invisible characters, its accents
        composed (NFC) or apart (NFD)."""
        if word.isascii() or self._reads(word):
            return word
        seen = visible(word)
        forms = seen, normalize("NFC", seen), normalize("NFD", seen)
        return next(filter(self._reads, forms), word)

    @abstractmethod
    def _encode(self, word: str, first: bool) -> list[int]:
        """The tokens of a word as it is."""

    @abstractmethod
    def _reads(self, word: str) -> bool:
        """Whether the word as it is can be read as what it is."""

    @abstractmethod
    def to_vocabulary(self) -> dict[str, Any]:
        """What ``vocabulary.json`` holds."""

    def to_files(self) -> dict[str, bytes]:
        """The model folder's subword model, if there is one."""
        return {}

    def encode(self, line: str) -> list[int]:
        """The tokens of a line, its end mark last; a blank line has the end mark alone."""
        words = line.split()
        tokens = [token for number, word in enumerate(words) for token in self.encode_word(word, number == 0)]
        return [*tokens, self.end]

    def lead(self, first: bool) -> str:
        """What a word writes before itself."""
        return " "

    def byte(self, token: int) -> int | None:
        """The byte that a token stands for, if it is one of a character that has no token."""
        return None


class WordTokens(Tokens):
    """Whole words, the most frequent first; token 0 stands for all others."""

    whole_words = True

    def __init__(self, words: Sequence[str], splitter: str) -> None:
        self.vocabulary, self.splitter = Vocabulary(words), splitter
        self.end, self.special_ids = self.vocabulary.index(END_MARK), (0,)
        self.pieces = ["", *(END_MARK if word == END_MARK else f" {word}" for word in words)]

    def _encode(self, word: str, first: bool) -> list[int]:
        """The word, or the words it is cut into."""
        return [self.vocabulary.index(part) for part in _cut(word, self.splitter)]

    def _reads(self, word: str) -> bool:
        """Whether all its parts are in the vocabulary."""
        return all(part in self.vocabulary for part in _cut(word, self.splitter))

    def to_vocabulary(self) -> dict[str, Any]:
        """Words and splitter."""
        return {"kind": "words", "splitter": self.splitter, "words": self.vocabulary.to_list()}


class CharacterTokens(Tokens):
    """Single characters, the space among them, the most frequent first; token 0 stands for all others."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.vocabulary = Vocabulary(characters)
        self.end, self.special_ids = self.vocabulary.index(END_MARK), (0,)
        self.pieces = ["", *characters]

    def _encode(self, word: str, first: bool) -> list[int]:
        """The characters, after a space unless the word is the first."""
        return [self.vocabulary.index(character) for character in self.lead(first) + word]

    def _reads(self, word: str) -> bool:
        """Whether all its characters are in the vocabulary."""
        return all(character in self.vocabulary for character in word)

    def lead(self, first: bool) -> str:
        """The space is a token of its own."""
        return "" if first else " "

    def to_vocabulary(self) -> dict[str, Any]:
        """The characters."""
        return {"kind": "characters", "characters": self.vocabulary.to_list()}


class SubwordTokens(Tokens):
    """SentencePiece subwords; what it has not seen it spells in bytes."""

    def __init__(self, subwords: Subwords) -> None:
        self.subwords = subwords
        self.end, self.special_ids = END, (PAD, UNKNOWN, BEGIN)
        pieces = subwords.pieces(range(len(subwords)))
        self._bytes = {number: int(piece[3:5], 16) for number, piece in enumerate(pieces) if _is_byte(piece)}
        unwritten = {*self.special_ids, *self._bytes}
        self.pieces = ["" if n in unwritten else piece.replace("\u2581", " ") for n, piece in enumerate(pieces)]
        self.pieces[END] = END_MARK

    def _encode(self, word: str, first: bool) -> list[int]:
        """The subwords of the word."""
        return self.subwords.encode([word])[0]

    def _reads(self, word: str) -> bool:
        """Whether no character is spelt in bytes."""
        return not self._bytes.keys() & set(self.subwords.encode([word])[0])

    def byte(self, token: int) -> int | None:
        """The byte of a byte piece."""
        return self._bytes.get(token)

    def to_vocabulary(self) -> dict[str, Any]:
        """The kind alone; the subwords have a file of their own."""
        return {"kind": "subwords"}

    def to_files(self) -> dict[str, bytes]:
        """The SentencePiece model."""
        return {SUBWORD_FILE: self.subwords.to_bytes()}


def learn_tokens(
    lines: Sequence[str], config: LanguageTokensConfig, say: Callable[[str], None] = lambda text: None
) -> Tokens:
    """The tokens of the training text; ``say`` is told of fewer subwords than asked for.

    Raises:
        DataError: the text has fewer than two different words, or more characters than there may be subwords.
    """
    if config.kind in ("bpe", "unigram"):
        settings = SubwordConfig(
            kind=config.kind, vocabulary_size=config.vocabulary_size, normalization="identity"
        )  # identity: what is spelt is the text itself, so that perplexities compare
        return SubwordTokens(train_subwords([line for line in lines if line], settings, say))
    if config.kind == "characters":
        counts = Counter(character for line in lines for character in line)
    else:
        counts = Counter(word for line in lines for word in _cut(line, config.splitter))
        del counts[UNKNOWN_WORD]
    if len(counts) < 2:
        seen = ", ".join(f"only '{word}'" for word in counts) or "none"
        raise DataError(
            f"expected a training text with at least two different {config.kind}, found {seen}; is data.train right?"
        )
    kept = {token: count for token, count in counts.items() if count >= config.min_count} | {END_MARK: len(lines)}
    ordered = Vocabulary.from_counts(kept, 1).to_list()
    return CharacterTokens(ordered) if config.kind == "characters" else WordTokens(ordered, config.splitter)


def tokens_from_folder(vocabulary: Mapping[str, Any], files: Mapping[str, bytes]) -> Tokens:
    """The inverse of :meth:`Tokens.to_vocabulary` and :meth:`Tokens.to_files`.

    Raises:
        RunError: something is missing or damaged.
    """
    try:
        if vocabulary["kind"] == "words":
            return WordTokens(vocabulary["words"], vocabulary["splitter"])
        if vocabulary["kind"] == "characters":
            return CharacterTokens(vocabulary["characters"])
    except KeyError as missing:
        raise RunError(f"the model folder lacks {missing}; it was not copied or saved whole") from None
    return SubwordTokens(subwords_from_folder(files, SUBWORD_FILE))


def subwords_from_folder(files: Mapping[str, bytes], name: str) -> Subwords:
    """The subword model in the model folder's file ``name``.

    Raises:
        RunError: it is missing or damaged.
    """
    if name not in files:
        raise RunError(f"the model folder lacks '{name}'; it was not copied or saved whole")
    try:
        return Subwords(files[name])
    except DataError as problem:
        raise RunError(f"{name} is damaged: {problem}") from None


def unknown_words(tokens: Tokens, text: str) -> list[str]:
    """The different words of a text that the model cannot read as what they are, in their order."""
    return list(dict.fromkeys(word for word in text.split() if not tokens.is_known(word)))


def read_as(lines: Sequence[str], tokens: Tokens) -> list[str]:
    """Lines with ``<unk>`` in the place of each word that the model cannot read as what it is."""
    known: dict[str, str] = {}
    for line in lines:
        for word in line.split():
            if word not in known:
                known[word] = word if tokens.is_known(word) else UNKNOWN_WORD
    return [" ".join(known[word] for word in line.split()) for line in lines]


def _cut(line: str, splitter: str) -> Iterable[str]:
    return line.split() if splitter == "whitespace" else (token.text for token in tokenize(line, splitter))


def _is_byte(piece: str) -> bool:
    return len(piece) == 6 and piece.startswith("<0x")
