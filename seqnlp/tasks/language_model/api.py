"""Use a trained language model from Python: ``seqnlp.load("RUN").complete("I grew up in")``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import SeqnlpError, WrongValueError
from seqnlp.metrics.perplexity import perplexity
from seqnlp.tasks import arguments
from seqnlp.tasks.language_model.network import saved_network
from seqnlp.tasks.language_model.prediction import TextSession, TextState
from seqnlp.tasks.language_model.saved import read_language_model
from seqnlp.tasks.language_model.scoring import score_each
from seqnlp.tasks.saved_model import SingleModel
from seqnlp.text.language_tokens import plain_line, unknown_words
from seqnlp.text.writer import StopStrings, TextWriter
from seqnlp.text.written_tokens import END_MARK
from seqnlp.workers import cut, mapped

_WHITE_SPACE = re.compile(r"\s")
"""Of any kind, as where :func:`plain_line` cuts words."""

_TOGETHER = 512
"""Texts of a piece: always the same ones, so that answers do not depend on how many workers there are."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A next word and its probability."""

    word: str
    probability: float

    def to_dict(self) -> dict[str, Any]:
        """The word as ``seqnlp complete --output jsonl`` writes it."""
        return {"word": self.word, "probability": round(self.probability, 6)}


@dataclass(frozen=True, slots=True)
class ScoredText:
    """How probable a text is.

    Attributes:
        log_probability: natural, of the whole text with the end of each of its lines.
        tokens: how many it is of (words, subwords or characters), the ends of lines counted.
    """

    log_probability: float
    tokens: int

    @property
    def perplexity(self) -> float:
        """Of a token; compare it only between models with the same tokens."""
        return perplexity(-self.log_probability, self.tokens)

    def to_dict(self) -> dict[str, Any]:
        """The scores as `seqnlp batch` writes them."""
        return {
            "log_probability": round(self.log_probability, 4),
            "token_count": self.tokens,
            "perplexity": round(self.perplexity, 4),
        }


@dataclass(frozen=True, eq=False)
class TypedText:
    """A text as far as it is typed, and the model's state after its last finished word.

    What a keystroke costs does not depend on how long the text is. A ``TypedText`` never changes: :meth:`type` gives
    another one, and going back to an older one undoes what was typed since.

    Attributes:
        word: what is typed of the word under way.
        line_begins: no word of the line is finished yet.
    """

    reader: TextSession
    place: TextState
    word: str = ""
    line_begins: bool = True
    lowercase: bool = False

    @property
    def read_word(self) -> str:
        """The word under way as the model reads it. How a letter is lower-cased may depend on those around it."""
        return self.word.lower() if self.lowercase else self.word

    def type(self, text: str) -> TypedText:
        """The text with some more at its end; white space of any kind finishes a word, a line feed a line."""
        first, *others = text.split(END_MARK)
        typed = self._type_line(first)
        for line in others:
            typed = typed.finish()._read([typed.reader.tokens.end], line_begins=True)._type_line(line)
        return typed

    def finish(self) -> TypedText:
        """The text with its word under way finished, as a space after it does."""
        if not self.word:
            return self
        tokens = self.reader.tokens.encode_word(self.read_word, self.line_begins)
        return replace(self._read(tokens, line_begins=False), word="")

    def complete(self, top: int = 5) -> list[Completion]:
        """The most probable words that begin with what is typed of the word under way."""
        lead = self.reader.tokens.lead(self.line_begins)
        words = self.reader.next_words(self.place, lead, self.read_word, top)
        return [Completion(word, probability) for word, probability in words]

    def _type_line(self, line: str) -> TypedText:
        """Text without line feeds."""
        *finished, last = _WHITE_SPACE.split(self.word + line)
        tokens, first = [], self.line_begins
        for word in filter(None, finished):
            tokens += self.reader.tokens.encode_word(word.lower() if self.lowercase else word, first)
            first = False
        return replace(self._read(tokens, line_begins=first), word=last)

    def _read(self, tokens: Sequence[int], line_begins: bool) -> TypedText:
        return replace(self, place=self.reader.read(self.place, tokens), line_begins=line_begins)


class LanguageModel(SingleModel):
    """A trained language model.

    Args:
        path: a run, or a saved model folder.
        engine, device, threads, precision: as of :class:`~seqnlp.Tagger`.

    Attributes:
        engine: the one that computes.

    Raises:
        RunError: there is no model, it is damaged, too new or for another task.
        SeqnlpError: it reads backwards, so that it cannot go on with a text; the engine is not installed, or does not
            compute on the device.
    """

    def _build(self, bundle: Bundle, device: str, threads: int, precision: str) -> None:
        saved = read_language_model(bundle)
        if saved.settings.direction == "backward":
            raise SeqnlpError(
                f"{bundle.folder} was trained with model.direction=backward: it can be evaluated, but neither score "
                "texts nor go on with one; train one with model.direction=forward"
            )
        self.tokens = saved.tokens
        network = saved_network(saved, self.engine, device, threads, precision)
        self._network, self._lowercase = network, saved.lowercase
        self._reader = TextSession(network, saved.tokens)

    def start(self, text: str = "") -> TypedText:
        """A text to go on with, key by key: ``model.start("I grew").type(" up").complete()``."""
        return TypedText(self._reader, self._reader.beginning, lowercase=self._lowercase).type(arguments.text(text))

    def complete(self, text: str, top: int = 5, *, typing: bool = False) -> list[Completion]:
        """The most probable next words, an empty text's first words.

        Args:
            top: how many.
            typing: the last word is still being typed (unless a space follows it): complete that one.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
        """
        top = arguments.count(top, "top", 1, arguments.MAX_ANSWERS)
        typed = self.start(text)
        return (typed if typing else typed.finish()).complete(top)

    def generate(
        self,
        prompt: str = "",
        length: int = 100,
        sampling: SamplingOptions | None = None,
        *,
        repetition_penalty: float = 1.0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Text drawn from the model after a prompt, piece by piece as it is drawn; ``"".join`` gives it whole.

        Args:
            prompt: what stands before; empty: a line begins.
            length: most tokens (words, subwords or characters) to draw; the end of a line is one.
            sampling: temperature, top-k, top-p and seed.
            repetition_penalty: above 1: tokens of the prompt and of the text so far become less probable.
            stop: the text ends before the first of these strings.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described, or a stop string is empty.
        """
        prompt, stop = arguments.text(prompt, "prompt"), arguments.texts(stop, "stop")
        length = arguments.count(length, "length", 0, 10**9)
        sampling = SamplingOptions() if sampling is None else arguments.of_class(sampling, "sampling", SamplingOptions)
        repetition_penalty = arguments.number(repetition_penalty, "repetition_penalty")
        if repetition_penalty <= 0:
            raise WrongValueError(f"expected a repetition penalty above 0, found {repetition_penalty:g}; 1 is none")
        return self._generate(prompt, length, sampling, repetition_penalty, StopStrings(stop))

    def score_texts(self, texts: Iterable[str], *, workers: int = 1) -> list[ScoredText]:
        """How probable texts are, each read from the beginning of a line.

        Args:
            workers: processes that score side by side, one thread each; for thousands of texts.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
            SeqnlpError: a worker ended.
        """
        several = workers if arguments.several_workers(workers) else 1
        pieces = cut(arguments.texts(texts), _TOGETHER)
        return [answer for piece in mapped(self._scored, pieces, several, "texts") for answer in piece]

    def _scored(self, texts: Sequence[str]) -> list[ScoredText]:
        encoded = [self._encode(text) for text in texts]
        losses = score_each(self._network, encoded, self.tokens.end)
        return [ScoredText(-float(each.sum()), len(each)) for each in losses]

    def _encode(self, text: str) -> list[int]:
        """The tokens of the lines of a text; a line feed at its end begins no further line."""
        lines = text.removesuffix(END_MARK).split(END_MARK)
        return [token for line in lines for token in self.tokens.encode(plain_line(line, self._lowercase))]

    def unknown_words(self, text: str) -> list[str]:
        """The words of a text that the model cannot read as what they are."""
        return unknown_words(self.tokens, plain_line(text, self._lowercase))

    def _generate(
        self, prompt: str, length: int, sampling: SamplingOptions, penalty: float, stops: StopStrings
    ) -> Iterator[str]:
        typed = self.start(prompt)
        spaced = not typed.line_begins and not typed.word
        tail = self.tokens.encode_word(typed.read_word, typed.line_begins) if typed.word or spaced else []
        place = self._reader.read(typed.place, tail)
        read = [
            token for line in prompt.split(END_MARK) for token in self.tokens.encode(plain_line(line, self._lowercase))
        ]
        writer = TextWriter(self.tokens, line_begins=not typed.word)
        begin_word = spaced and not tail
        for token in self._reader.sample(place, read, length, sampling, penalty, begin_word):
            ready = stops.add(writer.add(token))
            if ready:
                yield ready
            if stops.stopped:
                return
        rest = stops.add(writer.flush()) + stops.flush()
        if rest:
            yield rest
