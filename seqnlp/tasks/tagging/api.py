"""Use a trained tagger from Python: ``seqnlp.load("RUN").tag("...")``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.crf.k_best import MAX_PATHS
from seqnlp.errors import SeqnlpError
from seqnlp.tasks import arguments
from seqnlp.tasks.saved_model import SingleModel
from seqnlp.tasks.tagging.answers import Span, TaggedText, TagSequence, marked
from seqnlp.tasks.tagging.lines import joined, lines_of
from seqnlp.tasks.tagging.network import saved_predictor
from seqnlp.tasks.tagging.prediction import SentencePrediction
from seqnlp.tasks.tagging.review import Review
from seqnlp.tasks.tagging.saved import read_tagger
from seqnlp.tasks.uncertainty import MEASURES, Measure
from seqnlp.text.tags import Span as TokenSpan
from seqnlp.text.tags import convert_tags, tags_from_spans
from seqnlp.text.tokenize import Token, tokenize
from seqnlp.workers import spread

_IOB2 = {"B": "B", "I": "I", "E": "I", "S": "B"}
_CALLED = {"bilou": {"B": "B", "I": "I", "E": "L", "S": "U"}, "bioes": {"B": "B", "I": "I", "E": "E", "S": "S"}}
"""What the prefixes of the model's scheme are called in another one."""


class Tagger(SingleModel):
    """A trained tagger: NER, chunking, parts of speech, or any other labels on words.

    Args:
        path: a run, or a saved model folder.
        engine: what computes: ``onnxruntime``, ``torch`` or ``numpy``; ``auto``: the fastest that is installed.
        device: ``cpu``, or another of torch's, as ``cuda``, with the engine torch.
        threads: that compute; 0: as many as the engine chooses. With torch it is a setting of the whole process.
        precision: ``int8``: weights and products in one byte a number, with a scale a row; not with torch.

    Attributes:
        engine: the one that computes.
        tokenizer: how raw text is cut into words.
        plain_tags: whether words have tags of their own, such as parts of speech, instead of entities.

    Raises:
        RunError: there is no model, or it is damaged, or too new.
        SeqnlpError: the engine is not installed, or does not compute on the device.
    """

    def _build(self, bundle: Bundle, device: str, threads: int, precision: str) -> None:
        saved = read_tagger(bundle)
        self._predictor = saved_predictor(saved, self.engine, device, threads, precision)
        self.tokenizer = saved.tokenizer
        self.columns = dict(saved.columns)
        self.plain_tags = saved.data_scheme == "none"
        self._scheme = saved.scheme
        self._data_scheme = saved.data_scheme
        self._review = saved.review

    @property
    def labels(self) -> list[str]:
        """The entity types, or the plain tags."""
        tags = self._predictor.tags
        return list(tags) if self.plain_tags else sorted({tag[2:] for tag in tags if tag != "O"})

    @property
    def tags(self) -> list[str]:
        """The tags of words, in the scheme of the training data."""
        return list(dict.fromkeys(self._outward_tag(tag) for tag in self._predictor.tags))

    def marginals(self, sentences: Iterable[Iterable[str]]) -> list[NDArray[np.float64]]:
        """The probability (T, K) of each of :attr:`tags` at each word, an array a sentence.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described, or a word is empty.
        """
        words = arguments.sentences(sentences)
        columns = [self.tags.index(self._outward_tag(tag)) for tag in self._predictor.tags]
        added = np.zeros((len(columns), len(self.tags)))  # (inner tags, K)
        added[np.arange(len(columns)), columns] = 1
        return [inner @ added for inner in self._predictor.marginals(words)]

    def tag(
        self, text: str, *, nbest: int = 0, min_probability: float = 0.0, review: float | None = None
    ) -> TaggedText:
        """Tag one text; see :meth:`tag_texts`."""
        return self.tag_texts([arguments.text(text)], nbest=nbest, min_probability=min_probability, review=review)[0]

    def tag_texts(
        self,
        texts: Iterable[str],
        *,
        nbest: int = 0,
        min_probability: float = 0.0,
        review: float | None = None,
        workers: int = 1,
    ) -> list[TaggedText]:
        """Tag raw texts, one answer each, in order; much faster together than one by one.

        The lines of a text are tagged by themselves, as training reads them: no entity goes on in the next line.

        Args:
            nbest: how many whole answers to give with their probabilities.
            min_probability: leave out entities less probable than this.
            review: mark the entities that a person must look at to see at least this share of the wrong ones, and the
                texts to read to see at least this share of those with any mistake, as dev has it (split conformal
                prediction); it holds for texts that are like those of dev.
            workers: processes that tag side by side, one thread each; for thousands of texts.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
            SeqnlpError: a worker ended, or the model cannot say what to review.
        """
        texts = arguments.texts(texts)
        options: dict[str, Any] = {"nbest": nbest, "min_probability": min_probability, "review": review}
        if arguments.several_workers(workers):
            return spread(partial(self.tag_texts, **options), texts, workers)
        by_line = [lines_of(text) for text in texts]
        lines = [*chain.from_iterable(by_line)]
        answers = iter(self._answer(lines, [tokenize(line, self.tokenizer) for line in lines], **options))
        return [joined(text, [*islice(answers, len(own))], nbest) for text, own in zip(texts, by_line, strict=True)]

    def tag_words(
        self,
        sentences: Iterable[Iterable[str]],
        *,
        nbest: int = 0,
        min_probability: float = 0.0,
        review: float | None = None,
        workers: int = 1,
    ) -> list[TaggedText]:
        """Tag sentences that are already split into words; offsets are those in the words joined by spaces.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described, or a word is empty.
            SeqnlpError: a worker ended; see :meth:`tag_texts`.
        """
        texts, tokens, given = [], [], arguments.sentences(sentences)
        options: dict[str, Any] = {"nbest": nbest, "min_probability": min_probability, "review": review}
        if arguments.several_workers(workers):
            return spread(partial(self.tag_words, **options), given, workers, kind="sentences")
        for words in given:
            texts.append(" ".join(words))
            tokens.append(_place(words))
        return self._answer(texts, tokens, **options)

    def uncertainty(self, texts: Iterable[str], by: Measure = "entropy") -> NDArray[np.float64]:
        """How unsure the model is of each text as a whole (N,); the larger, the less sure.

        Args:
            by: ``entropy`` of the distribution over all tag sequences, in nats; ``margin``: 1 less how far the best
                sequence is ahead of the second; ``mean-probability``: 1 less the mean probability of the likeliest tag.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described.
        """
        arguments.choice(by, "by", tuple(MEASURES))
        if by == "margin":
            best = [[one.probability for one in answer.nbest] for answer in self.tag_texts(texts, nbest=2)]
            return np.array([1 - (some[0] - sum(some[1:])) if some else 0.0 for some in best])
        by_line = [lines_of(text) for text in arguments.texts(texts)]
        words = [[token.text for token in tokenize(line, self.tokenizer)] for line in chain.from_iterable(by_line)]
        unsure = self._predictor.uncertainty(words, by)  # (lines,)
        starts = np.cumsum([0, *map(len, by_line)])[:-1]  # (N,) the first line of each text
        if by == "entropy":
            return _sums(unsure, starts)
        lengths = np.array([*map(len, words)], dtype=np.float64)  # (lines,)
        return np.asarray(_sums(unsure * lengths, starts) / np.maximum(_sums(lengths, starts), 1))

    def _answer(
        self,
        texts: Sequence[str],
        tokens: Sequence[list[Token]],
        nbest: int,
        min_probability: float,
        review: float | None,
    ) -> list[TaggedText]:
        nbest = arguments.count(nbest, "nbest", 0, MAX_PATHS)
        min_probability = arguments.number(min_probability, "min_probability", 0, 1)
        words = [[token.text for token in sentence] for sentence in tokens]
        bounds = None if review is None else self._checked_review(review, min_probability)
        if bounds is None or review is None:
            predictions = self._predictor.predict(words, nbest=nbest)
            return self._tagged_texts(texts, tokens, predictions, min_probability)
        batches = list(self._predictor.emit(words))
        predictions = self._predictor.decode(batches, len(words), nbest=nbest)
        unsure = bounds.unsure(self._predictor.uncertainty_of(batches, len(words), "entropy"), review)  # (S,)
        answers = self._tagged_texts(texts, tokens, predictions, 0.0)
        return [marked(answer, bounds, review, bool(one)) for answer, one in zip(answers, unsure, strict=True)]

    def _checked_review(self, review: float, min_probability: float) -> Review:
        """What dev's mistakes look like, if the model knows.

        Raises:
            SeqnlpError: it has plain tags, or was trained without dev or by an older version, or leaves out entities.
            WrongValueError: no share.
        """
        arguments.number(review, "review", 0.01, 1)
        if self.plain_tags:
            raise SeqnlpError(f"{self.path}: review marks entities; this model gives every word a tag")
        if min_probability:
            raise SeqnlpError(
                "review counts on all entities; expected it without min_probability, which leaves some out"
            )
        if self._review is None:
            raise SeqnlpError(
                f"{self.path}: cannot say what to review: that is set on dev; train with data.dev "
                "(models of older versions cannot, either)"
            )
        return self._review

    def _tagged_texts(
        self,
        texts: Sequence[str],
        tokens: Sequence[list[Token]],
        predictions: Sequence[SentencePrediction],
        min_probability: float,
    ) -> list[TaggedText]:
        return [
            self._tagged_text(text, places, prediction, min_probability)
            for text, places, prediction in zip(texts, tokens, predictions, strict=True)
        ]

    def _tagged_text(
        self, text: str, tokens: list[Token], prediction: SentencePrediction, min_probability: float
    ) -> TaggedText:
        spans = [
            Span(
                tokens[s.start].start,
                tokens[s.end - 1].end,
                s.label,
                text[tokens[s.start].start : tokens[s.end - 1].end],
                s.probability,
                s.start,
                s.end,
            )
            for s in prediction.spans
            if s.probability >= min_probability
        ]
        tags = prediction.tags
        if not self.plain_tags:
            kept = [TokenSpan(s.first, s.last, s.label) for s in spans]
            tags = tags_from_spans(kept, len(tokens), self._data_scheme)
        nbest = [TagSequence(probability, self._outward(path)) for probability, path in prediction.nbest]
        return TaggedText(text, tokens, tags, spans, prediction.probabilities, nbest, self.plain_tags)

    def _outward_tag(self, tag: str) -> str:
        """A tag of the model's scheme by what it is called in that of the training data; of iob1 as in iob2."""
        prefix, hyphen, label = tag.partition("-")
        if self.plain_tags or not hyphen or self._data_scheme == self._scheme:
            return tag
        return f"{_CALLED.get(self._data_scheme, _IOB2)[prefix]}-{label}"

    def _outward(self, tags: Sequence[str]) -> list[str]:
        """Tags of the model's scheme in the scheme of the training data."""
        return list(tags) if self.plain_tags else convert_tags(tags, self._scheme, self._data_scheme)


def _sums(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sums (N,) of stretches of values that begin at ``starts``."""
    return np.asarray(np.add.reduceat(values, starts)) if len(starts) else np.zeros(0)


def _place(words: Sequence[str]) -> list[Token]:
    """Words with their offsets in the text that joins them by spaces."""
    tokens, start = [], 0
    for word in words:
        tokens.append(Token(word, start, start + len(word)))
        start += len(word) + 1
    return tokens
