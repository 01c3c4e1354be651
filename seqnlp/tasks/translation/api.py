"""Use a trained translator from Python: ``seqnlp.load("RUN").translate("...").text``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, count, islice, pairwise, repeat
from pathlib import Path
from typing import Any, Literal

import numpy as np

from seqnlp.bundle import load_bundle
from seqnlp.config.translation import DecodingConfig
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import SeqnlpError, WrongTypeError, WrongValueError
from seqnlp.networks.engine import Engine
from seqnlp.tasks import arguments
from seqnlp.tasks.saved_model import SavedModel
from seqnlp.tasks.translation.answers import Hypothesis, Translation
from seqnlp.tasks.translation.candidates import Choice, most_alike, reranked
from seqnlp.tasks.translation.network import TranslatorPrecision, saved_predictor, translation_engine
from seqnlp.tasks.translation.parts import TextParts
from seqnlp.tasks.translation.prediction import SearchOptions
from seqnlp.tasks.translation.reranking import Reranker
from seqnlp.tasks.translation.saved import read_translator
from seqnlp.tasks.translation.wording import Wording
from seqnlp.text.rewritten import Rewritten, reads_otherwise
from seqnlp.text.sentence_ends import ANY_SENTENCES
from seqnlp.workers import spread


class Translator(SavedModel):
    """A trained translator, or several with the same subwords that form an ensemble.

    Args:
        paths: runs, or saved model folders.
        precision: ``fp32``, ``bf16`` (by torch) or ``int8`` (not by torch); they may give other answers, but none
            depends on the batch. ``auto``: fp32, but with torch bf16 where the CPU has it and the model gains.
        engine, device, threads: as of :class:`~seqnlp.Tagger`.

    Attributes:
        engine: the one that computes.
        decoding: how is searched unless told otherwise.
        source_language, target_language: their codes; empty if not known.

    Raises:
        RunError: there is no model, it is damaged, too new or for another task, or the models do not fit together.
        SeqnlpError: the engine is not installed, or does not compute on the device or in the precision.
    """

    def __init__(
        self,
        *paths: str | Path,
        precision: TranslatorPrecision = "auto",
        engine: Engine = "auto",
        device: str = "cpu",
        threads: int = 0,
    ) -> None:
        if not paths:
            raise WrongTypeError("expected at least one model")
        bundles = [load_bundle(path) for path in paths]
        loaded = [read_translator(bundle) for bundle in bundles]
        self.engine = translation_engine(engine, precision, device)
        self._remember(bundles[0], *paths, engine=engine, device=device, threads=threads, precision=precision)
        self.decoding, self.reranking, self.lexicon = loaded[0].decoding, loaded[0].reranking, loaded[0].lexicon
        self.source_language, self.target_language = loaded[0].source_language, loaded[0].target_language
        self._predictor = saved_predictor(loaded, self.engine, precision, device, threads)
        self._subwords = loaded[0].vocabularies
        limited = [one.habits for one in loaded if one.habits.most]
        habits = min(limited, key=lambda one: one.most, default=ANY_SENTENCES)
        self._parts = TextParts(self._subwords, min(one.max_tokens for one in loaded), habits)
        self._wording = Wording(self._subwords, self._parts, self.target_language)

    def translate(
        self,
        text: str,
        *,
        decoding: DecodingConfig | None = None,
        nbest: int = 1,
        attention: bool = False,
        sampling: SamplingOptions | None = None,
        mbr: Literal["", "chrf", "bleu"] = "",
        rerank: Reranker | None = None,
        candidates: int | None = None,
        prefix: str | None = None,
    ) -> Translation:
        """Translate one text; see :meth:`translate_lines`.

        Args:
            prefix: how the translation must begin.
        """
        return self.translate_lines(
            [arguments.text(text)],
            decoding=decoding,
            nbest=nbest,
            attention=attention,
            sampling=sampling,
            mbr=mbr,
            rerank=rerank,
            candidates=candidates,
            prefixes=None if prefix is None else [arguments.text(prefix, "prefix")],
        )[0]

    def translate_lines(
        self,
        texts: Iterable[str],
        *,
        decoding: DecodingConfig | None = None,
        nbest: int = 1,
        attention: bool = False,
        sampling: SamplingOptions | None = None,
        mbr: Literal["", "chrf", "bleu"] = "",
        rerank: Reranker | None = None,
        candidates: int | None = None,
        prefixes: Iterable[str] | None = None,
        max_batch_pieces: int = 4000,
        batch_lines: int = 64,
        first_line: int = 0,
        workers: int = 1,
    ) -> list[Translation]:
        """Translate texts, one answer each, in order; much faster together than one by one.

        The lines of a text are translated by themselves. A line of more sentences than training texts usually had, or
        of more subwords than they may have (``data.max_tokens``), is cut at sentence ends; the translations of these
        parts are joined. The answer for a text does not depend on the other texts.

        Args:
            decoding: beam, penalties and lengths; default: the model's own.
            nbest: how many translations a text; one where ``sampling`` draws it.
            attention: keep the attention of each translation.
            sampling: draw one translation instead of searching for the best.
            mbr: ``chrf`` or ``bleu``: of the best ``candidates`` (the beam is at least as wide) the translation comes
                first that is most like the others, by their probability (minimum Bayes risk).
            rerank: the best ``candidates`` are ordered anew by a model of the reverse direction, and a language model
                (noisy channel); see :class:`~seqnlp.Reranker`.
            candidates: default: as tuned for ``rerank``, else 10.
            prefixes: how each translation must begin; an empty one leaves it open. After one that ends with a space
                comes a new word; otherwise its last word may go on.
            max_batch_pieces, batch_lines: most source subwords and texts that are translated together.
            first_line: number of the first text; what is drawn for a text depends on the seed and its number.
            workers: processes that translate side by side, one thread each; for hundreds of texts.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described, fewer candidates than translations asked
                for, or prefixes that are not one a text.
            SeqnlpError: two of ``mbr``, ``rerank`` and ``sampling``, a reverse model of other languages, the weight of
                a lexicon that the model has not, a prefix longer than a translation may be; a worker that ended.
        """
        texts = arguments.texts(texts)
        prefixes = None if prefixes is None else arguments.texts(prefixes, "prefixes")
        nbest = arguments.count(nbest, "nbest", 1, arguments.MAX_ANSWERS)
        max_batch_pieces = arguments.count(max_batch_pieces, "max_batch_pieces", 1, 10**9)
        batch_lines = arguments.count(batch_lines, "batch_lines", 1, 10**9)
        first_line = arguments.count(first_line, "first_line", 0, 10**18)
        if decoding is not None:
            decoding = arguments.settings(decoding, "decoding", DecodingConfig)
        if sampling is not None:
            arguments.of_class(sampling, "sampling", SamplingOptions)
        if prefixes is not None and len(prefixes) != len(texts):
            raise WrongValueError(
                f"expected a prefix a text, found {len(prefixes):,} prefixes for {len(texts):,} texts"
            )
        if arguments.several_workers(workers):
            answer = partial(
                self._translate_numbered,
                decoding=decoding,
                nbest=nbest,
                attention=attention,
                sampling=sampling,
                mbr=mbr,
                rerank=rerank,
                candidates=candidates,
                max_batch_pieces=max_batch_pieces,
                batch_lines=batch_lines,
            )
            return spread(answer, [*zip(count(first_line), texts, prefixes or repeat(None))], workers)
        decoding, wanted = decoding or self.decoding, nbest
        choice = self._choice(mbr, rerank, candidates, nbest)
        if sampling and nbest > 1:
            raise WrongValueError("sampling draws one translation a text; leave nbest out, or repeat with another seed")
        if choice and sampling:
            raise SeqnlpError("mbr and rerank choose among the best translations of a search; leave sampling out")
        if choice:
            decoding, wanted = choice.search(decoding), choice.candidates
        options = SearchOptions(decoding, wanted, attention, sampling, max_batch_pieces, batch_lines)
        return self._translated(texts, prefixes, options, choice, nbest, first_line)

    def _translated(
        self,
        texts: Sequence[str],
        prefixes: Sequence[str] | None,
        options: SearchOptions,
        choice: Choice | None,
        nbest: int,
        first_line: int,
    ) -> list[Translation]:
        """Cut texts into parts, translate all parts together, choose for each part, and join the parts of each text."""
        by_line = [self._parts.lines(text) for text in texts]
        cut = [[*chain.from_iterable(lines)] for lines in by_line]
        flat = [ids for parts in cut for ids in parts]
        begun = None if prefixes is None else self._parts.prefixes(cut, prefixes, options.decoding, first_line)
        numbers = [(line, part) for line, parts in enumerate(cut, start=first_line) for part in range(len(parts))]
        decoded = self._predictor.translate(FlatSequences.of(flat), options, numbers, begun)
        if choice:
            sources = [one for text, parts in zip(texts, cut, strict=True) for one in self._parts.texts(text, parts)]
            decoded = [
                choice.order(source, each, [*map(self._wording.text, each)])[:nbest]
                for source, each in zip(sources, decoded, strict=True)
            ]
        edges = np.cumsum([0, *map(len, cut)]).tolist()
        return [
            self._wording.translation(text, by_line[number], decoded[start:end], options.attention)
            for number, (text, (start, end)) in enumerate(zip(texts, pairwise(edges), strict=True))
        ]

    def _translate_numbered(self, lines: list[tuple[int, str, str | None]], **options: Any) -> list[Translation]:
        """Translations of lines that follow each other, each with its number and how its translation begins."""
        texts, prefixes = [text for _, text, _ in lines], [prefix for _, _, prefix in lines if prefix is not None]
        return self.translate_lines(texts, prefixes=prefixes or None, first_line=lines[0][0], **options)

    def _choice(self, mbr: str, rerank: Reranker | None, candidates: int | None, nbest: int) -> Choice | None:
        """What orders the translations that a search finds."""
        if rerank is None:
            return most_alike(mbr, candidates, nbest, self.target_language) if mbr else None
        if mbr:
            raise SeqnlpError("mbr and rerank both choose among the best translations; leave one of them out")
        choice = reranked(rerank, candidates, nbest, self.reranking, self.lexicon)
        rerank.check_languages(self.source_language, self.target_language)
        return choice

    def score_lines(self, sources: Iterable[str], targets: Iterable[str], *, workers: int = 1) -> list[Hypothesis]:
        """How probable given translations are: forced decoding, one answer a pair.

        Texts are read in parts as :meth:`translate_lines` reads them, where the translation has as many lines, and
        sentences in a line, as the source.

        Args:
            workers: processes that score side by side, one thread each; for thousands of pairs.

        Raises:
            WrongTypeError, WrongValueError: an argument is not as described, or there are not as many targets as
                sources.
            SeqnlpError: a worker ended.
        """
        sources, targets = arguments.texts(sources, "sources"), arguments.texts(targets, "targets")
        if len(sources) != len(targets):
            raise WrongValueError(
                f"expected as many translations as sources, found {len(targets):,} and {len(sources):,}"
            )
        if arguments.several_workers(workers):
            return spread(self._score_pairs, [*zip(sources, targets, strict=True)], workers, kind="pairs")
        cut = [self._parts.pairs(*pair) for pair in zip(sources, targets, strict=True)]
        ids = self._subwords.target.encode([target for parts in cut for _, target in parts])
        encoded = FlatSequences.of(self._subwords.source.encode([source for parts in cut for source, _ in parts]))
        scored = zip(ids, self._predictor.score(encoded, FlatSequences.of(ids)), strict=True)
        return [
            self._wording.scored(text, [*islice(scored, len(parts))]) for text, parts in zip(targets, cut, strict=True)
        ]

    def _score_pairs(self, pairs: list[tuple[str, str]]) -> list[Hypothesis]:
        return self.score_lines([source for source, _ in pairs], [target for _, target in pairs])

    def rewritten(self) -> Rewritten:
        """What counts the words of texts that the model reads otherwise than they are written."""
        return Rewritten(self._subwords.source)

    def unwritable(self, references: Iterable[str]) -> list[str]:
        """Those texts of the target language that no translation can be equal to, whatever their spaces."""
        return [one for one in references if reads_otherwise(self._subwords.target, one)]
