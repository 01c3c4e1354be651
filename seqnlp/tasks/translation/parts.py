"""Texts of several lines, and lines of more sentences or subwords than those of training, are translated in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.constraints import Prefix
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.translation.prediction import longest_output
from seqnlp.tasks.translation.saved import Vocabularies
from seqnlp.text.sentence_ends import SentenceHabits
from seqnlp.text.split_sentences import split_text


class TextParts:
    """Cuts texts where lines end, and where sentences end.

    Args:
        subwords: of both languages.
        max_tokens: subwords of a part, at most.
        habits: how many sentences a part has, at most.
    """

    def __init__(self, subwords: Vocabularies, max_tokens: int, habits: SentenceHabits) -> None:
        self._subwords, self._max_tokens, self._habits = subwords, max_tokens, habits

    def lines(self, text: str) -> list[list[list[int]]]:
        """The parts of each line of a text, from the first that is not blank to the last."""
        lines = [self.cut(line) for line in text.split("\n")]
        filled = [number for number, parts in enumerate(lines) if parts]
        return lines[filled[0] : filled[-1] + 1] if filled else []

    def cut(self, text: str) -> list[list[int]]:
        """The subwords of a line, in parts that the model can read; none for a blank one."""
        return [ids for part in self._habits.parts(text) for ids in self._short(part)]

    def _short(self, text: str) -> list[list[int]]:
        """The same, whatever sentences the text has."""
        (ids,) = self._subwords.source.encode([text])
        if len(ids) <= self._max_tokens:
            return [ids] if ids else []
        parts = split_text(text, lambda part: len(self._subwords.source.encode([part])[0]), self._max_tokens)
        return [piece for part in self._subwords.source.encode(parts) for piece in self._chunks(part)]

    def _chunks(self, ids: list[int]) -> Iterator[list[int]]:
        """Even a single character can be many bytes."""
        for start in range(0, len(ids), self._max_tokens):
            yield ids[start : start + self._max_tokens]

    def pairs(self, source: str, target: str) -> list[tuple[str, str]]:
        """A text and its translation in parts, as the text is translated; where they differ in number, the whole."""
        lines = source.split("\n"), target.split("\n")
        if len(lines[0]) != len(lines[1]):
            return [(source, target)]
        cut = [self._sentence_pairs(*line) for line in zip(*lines, strict=True) if any(map(str.strip, line))]
        return [*chain.from_iterable(cut)] or [(source, target)]

    def _sentence_pairs(self, source: str, target: str) -> list[tuple[str, str]]:
        sources, targets = self._habits.parts(source), self._habits.parts(target)
        return [*zip(sources, targets, strict=True)] if len(sources) == len(targets) else [(source, target)]

    def fits(self, num_pieces: int) -> bool:
        """Whether a text of so many subwords could be read at once, whatever its lines and sentences."""
        return num_pieces <= self._max_tokens

    def words_of_pieces(self, text: str, parts: Sequence[list[int]]) -> list[int]:
        """The numbers of the words of the parts' subwords; none where those of the text as a whole are others."""
        (whole,) = self._subwords.source.encode([text])
        return self._subwords.source.words_of_pieces(text) if whole == [*chain.from_iterable(parts)] else []

    def texts(self, text: str, parts: Sequence[list[int]]) -> list[str]:
        """What the parts of a text read; the only one is the text as it is."""
        return [text] if len(parts) == 1 else [self._subwords.source.decode(ids) for ids in parts]

    def prefixes(
        self, cut: Sequence[list[list[int]]], prefixes: Sequence[str], decoding: DecodingConfig, first_line: int
    ) -> list[Prefix]:
        """How each part must begin: the prefix stands before a text's first part, the others are free.

        Where a prefix ends with a space, what follows begins a word.

        Raises:
            SeqnlpError: a prefix that is longer than its translation may be.
        """
        begun: list[Prefix] = []
        target = self._subwords.target
        encoded, bares = target.encode(prefixes), target.encode([prefix.rstrip() for prefix in prefixes])
        rows = zip(cut, prefixes, encoded, bares, strict=True)
        for number, (parts, prefix, ids, bare) in enumerate(rows, first_line + 1):
            word_ends = prefix != prefix.rstrip() and ids == bare  # the space at the end has no subword of its own
            most = longest_output(len(parts[0]), decoding) if parts else len(ids)
            if len(ids) > most:
                raise SeqnlpError(
                    f"line {number}: its prefix has {len(ids)} subwords, but at most {most} are allowed; "
                    "shorten it, or raise max_ratio or max_extra"
                )
            first = Prefix(ids, target.within_words if ids and word_ends else ())
            begun += [first if part == 0 else Prefix() for part in range(len(parts))]
        return begun
