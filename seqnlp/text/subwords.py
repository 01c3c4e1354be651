"""Subwords by SentencePiece (Kudo & Richardson 2018): trained on given texts, never an unknown word."""

from __future__ import annotations

import bisect
import dataclasses
import io
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from seqnlp.config.translation import SubwordConfig
from seqnlp.cpus import usable_cpus
from seqnlp.errors import DataError
from seqnlp.text.tokenize import INVISIBLE

PAD, UNKNOWN, BEGIN, END = 0, 1, 2, 3
"""The ids of the special pieces, the same in every model."""

SPECIALS = 4

_LONGEST_LINE = 1_000_000
"""Bytes; SentencePiece would silently leave longer training lines out."""

_SPACE = "\u2581"
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
UNSEEN = "".join(sorted(INVISIBLE - {"\u200b"}))
"""Format characters that nobody sees, such as soft hyphens, but the zero-width space, which stands between words."""

_UNSEEN = re.compile(f"[{UNSEEN}]")

_NONE = re.compile(r"(?!)")
_TOO_HIGH = re.compile(r"too high \(\d+\).*?<= (\d+)")


class Subwords:
    """A trained subword model. What it has not seen it writes as bytes, so every text has an encoding.

    Args:
        model: the serialised SentencePiece model, as :meth:`to_bytes` gives it.

    Raises:
        DataError: these bytes are no SentencePiece model.
    """

    def __init__(self, model: bytes) -> None:
        import sentencepiece

        self._model = model
        self._processor: Any = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(model)
        except RuntimeError as problem:
            raise DataError(f"this is no SentencePiece model ({problem}); copy the model folder again") from None

    @cached_property
    def _unseen(self) -> re.Pattern[str]:
        """A character that is no part of a text as it is read; none where nothing is normalised."""
        return _UNSEEN if self._processor.normalize("\u2460").endswith("1") else _NONE

    def __len__(self) -> int:
        return int(self._processor.vocab_size())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without BEGIN and END; empty for a text without visible characters."""
        # given a list, it starts a thread pool at each call
        return [self._processor.encode(self._unseen.sub("", text)) for text in texts]

    def encode_together(self, texts: list[str]) -> list[list[int]]:
        """As :meth:`encode`, of thousands of texts, by as many threads as there are CPUs."""
        shown = [self._unseen.sub("", text) for text in texts]
        encoded: list[list[int]] = self._processor.encode(shown, num_threads=usable_cpus())
        return encoded

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids; bytes that do not make a character become U+FFFD."""
        return str(self._processor.decode(list(ids))) if len(ids) else ""

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ids; a piece that begins a word starts with U+2581."""
        return [self._processor.id_to_piece(int(one)) for one in ids]

    @cached_property
    def within_words(self) -> list[int]:
        """The ids of pieces that begin no word; those of bytes are among them, the special ones are not."""
        pieces = enumerate(self.pieces(range(len(self))))
        return [one for one, piece in pieces if one >= SPECIALS and not piece.startswith(_SPACE)]

    def texts_and_scores(self) -> tuple[dict[int, str], dict[int, float]]:
        """The text and the score of every subword that is neither special nor a byte.

        Of a unigram model the score is the log probability; of byte-pair encoding, minus the number of its merge.
        """
        normal = [one for one in range(SPECIALS, len(self)) if not self._processor.is_byte(one)]
        scores = {one: float(self._processor.get_score(one)) for one in normal}
        return dict(zip(normal, self.pieces(normal), strict=True)), scores

    def reads(self, text: str) -> str:
        """The text as the model reads it, its characters normalised."""
        return str(self._processor.normalize(self._unseen.sub("", text))).replace(_SPACE, " ").strip()

    def words_of_pieces(self, text: str) -> list[int]:
        """For each subword of a text the number of the word between spaces, in the text as it is given, that it is of.

        A subword that spells only the space before a word is of that word. Empty for a text without visible characters.
        """
        words = [match.span() for match in re.finditer(r"\S+", text)]
        kept = [place for place, character in enumerate(text) if not self._unseen.match(character)]
        read, places = self._processor.normalize("".join(text[place] for place in kept), with_offsets=True)
        ends = list(itertools.accumulate(len(character.encode()) for character in read))  # in bytes, of each character
        numbers, position = [], 0
        for piece in self.pieces(self.encode([text])[0]):
            position += 1 if _BYTE.fullmatch(piece) else len(piece.encode())
            place = kept[places[bisect.bisect_left(ends, position)]]  # of its last character
            numbers.append(min(bisect.bisect_right(words, place, key=lambda word: word[1]), len(words) - 1))
        return numbers

    def join(self, pieces: Sequence[str]) -> str:
        """The text of pieces, bytes put together."""
        return str(self._processor.decode_pieces(list(pieces)))

    def to_bytes(self) -> bytes:
        """The serialised model."""
        return self._model


def train_subwords(
    texts: Iterable[str], config: SubwordConfig, say: Callable[[str], None] = lambda text: None
) -> Subwords:
    """Learn subwords from texts: ``config.vocabulary_size``, or as many as the texts give.

    Args:
        texts: can be read again.
        say: told how many they are where the texts give fewer.

    Raises:
        DataError: the texts have more different characters than there may be subwords.
    """
    import sentencepiece

    written = io.BytesIO()
    unseen = _UNSEEN if config.normalization != "identity" else _NONE
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(unseen.sub("", text) for text in texts),
            model_writer=written,
            model_type=config.kind,
            vocab_size=config.vocabulary_size,
            character_coverage=config.character_coverage,
            normalization_rule_name=config.normalization,
            byte_fallback=True,
            pad_id=PAD,
            unk_id=UNKNOWN,
            bos_id=BEGIN,
            eos_id=END,
            max_sentence_length=_LONGEST_LINE,
            num_threads=1,  # so that the same texts give the same subwords
            minloglevel=2,
        )
    except RuntimeError as problem:
        if most := _TOO_HIGH.search(str(problem)):
            asked, given = config.vocabulary_size, int(most[1])
            say(f"subwords: {given:,}, all that the training text gives; tokenizer.vocabulary_size is {asked:,}")
            return train_subwords(texts, dataclasses.replace(config, vocabulary_size=given))
        raise DataError(_why_not(str(problem), config.vocabulary_size)) from None
    return Subwords(written.getvalue())


def _why_not(problem: str, size: int) -> str:
    """SentencePiece's complaint in our words."""
    least = re.search(r"smaller than required_chars.*?(\d+) vs (\d+)", problem)
    if least:
        return (
            f"the training text has {least[2]} different characters, more than tokenizer.vocabulary_size ({size}) "
            "holds; raise it, or lower tokenizer.character_coverage"
        )
    return f"SentencePiece could not be trained: {' '.join(problem.split())}"
