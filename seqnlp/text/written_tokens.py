"""What tokens write: the half of a language model's tokens that a search for words needs."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

END_MARK = "\n"


class WrittenTokens:
    """Tokens by the text that each of them writes.

    Attributes:
        pieces: what each token writes; the end mark a line feed, special ones and single bytes nothing.
        whole_words: whether every token is a word of its own.
    """

    pieces: list[str]
    whole_words = False

    def __len__(self) -> int:
        return len(self.pieces)

    def continues_word(self, token: int) -> bool:
        """Whether the token is neither the beginning of a word nor the end of a line."""
        return not self.whole_words and self.pieces[token][:1] not in (" ", END_MARK)

    def beginning_with(self, text: str) -> list[int]:
        """The tokens that write ``text`` and perhaps more."""
        pieces, numbers = self._sorted
        first = bisect_left(pieces, text)
        last = bisect_left(pieces, text + "\U0010ffff")
        return numbers[first:last]

    def within(self, text: str) -> list[int]:
        """The tokens that write a beginning of ``text``, but not all of it, and can be continued."""
        if self.whole_words:
            return []
        return [self._numbers[text[:end]] for end in range(1, len(text)) if text[:end] in self._numbers]

    @cached_property
    def _sorted(self) -> tuple[list[str], list[int]]:
        pairs = sorted((piece, number) for number, piece in enumerate(self.pieces) if piece)
        return [piece for piece, _ in pairs], [number for _, number in pairs]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(self.pieces) if piece}
