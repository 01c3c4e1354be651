"""BLEU, chrF and TER of a whole translated text, as sacrebleu computes them, with signatures and 95 % intervals.

A corpus score comes from summed counts of its sentences, never from averaged scores. The intervals draw sentences with
replacement (Koehn 2004); the draws are sacrebleu's own, so that its ``--confidence`` gives the same numbers.

Scores are on sacrebleu's scale, 0 to 100. TER counts errors: the lower the better, and it can exceed 100.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.metrics.intervals import RESAMPLES, Interval
from seqnlp.text.languages import language_code, unspaced_language

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

SEED = 12345
"""What sacrebleu takes by default."""

_BY_CHARACTER = re.compile("(th|lo|my|km)([-_](th|la|mm|kh))?", re.IGNORECASE)
"""Thai, Lao, Burmese and Khmer, which sacrebleu has no tokenizer for; no name of a column such as ``my_text``."""

_LOOKED_AT = 1000
"""References that show whether words have spaces between them."""


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """A score with the ends of its 95 % interval and, for comparison with others, the signature of its computation."""

    name: str
    value: float
    low: float
    high: float
    signature: str


@dataclass(frozen=True, slots=True)
class TranslationScores:
    """The scores of a translated text.

    Attributes:
        bleu: Papineni et al. 2002, cased.
        chrf: Popović 2015, character n-grams up to 6.
        ter: Snover et al. 2006, edits in percent of the reference's words.
        brevity_penalty: the factor in BLEU for a translation that is too short; 1 if it is not.
        hypothesis_length, reference_length: in the words of BLEU's tokenizer.
    """

    bleu: CorpusScore
    chrf: CorpusScore
    ter: CorpusScore
    brevity_penalty: float
    hypothesis_length: int
    reference_length: int


def corpus_scores(hypotheses: Sequence[str], references: Sequence[str], language: str) -> TranslationScores:
    """All scores of detokenised translations.

    Args:
        hypotheses: the translations, one a line.
        references: what they should have been.
        language: that of both; it chooses the tokenizer, see :func:`bleu_metric` and :func:`scored_language`.

    Raises:
        DataError: different numbers of lines, or none.
    """
    same_lines(hypotheses=hypotheses, references=references)
    language = scored_language(language, references)
    words, counted = _measure(bleu_metric(language), hypotheses, references)
    return TranslationScores(
        bleu=words,
        chrf=_measure(chrf_metric(), hypotheses, references)[0],
        ter=_measure(ter_metric(language), hypotheses, references)[0],
        brevity_penalty=float(counted.bp),
        hypothesis_length=counted.sys_len,
        reference_length=counted.ref_len,
    )


def bleu(hypotheses: Sequence[str], references: Sequence[str], language: str) -> float:
    """BLEU alone, 0 to 100, quickly; arguments and errors as for :func:`corpus_scores`."""
    same_lines(hypotheses=hypotheses, references=references)
    metric = bleu_metric(scored_language(language, references))
    return float(metric.corpus_score(list(hypotheses), [list(references)]).score)


def chrf(hypotheses: Sequence[str], references: Sequence[str], language: str) -> float:
    """chrF alone, 0 to 100, quickly. It reads characters, so it is the same for every language."""
    same_lines(hypotheses=hypotheses, references=references)
    return float(chrf_metric().corpus_score(list(hypotheses), [list(references)]).score)


class BleuCounts:
    """BLEU of texts that are put together from the same sentences again and again: each is counted once.

    Args:
        language: see :func:`bleu_metric`.
    """

    def __init__(self, language: str) -> None:
        self._metric, self._single = bleu_metric(language), _sentence_bleu(language)

    def of(self, hypotheses: Sequence[str], references: Sequence[str]) -> NDArray[np.int64]:
        """The counts (S, C) of each sentence; what texts add up to is the sum of the rows."""
        return np.array(self._metric._extract_corpus_statistics(list(hypotheses), [list(references)]), np.int64)

    def bleu(self, counts: NDArray[np.int64]) -> float:
        """BLEU of a text, from summed counts (C,)."""
        return float(self._metric._compute_score_from_stats(counts.tolist()).score)

    def sentence_bleu(self, counts: NDArray[np.int64]) -> float:
        """BLEU of a single sentence, of the n-grams that there are."""
        return float(self._single._compute_score_from_stats(counts.tolist()).score)


def bleu_metric(language: str) -> Metric:
    """Cased BLEU: words as ``13a`` cuts them; Chinese, Thai and their like by character, Japanese so or by MeCab.

    Args:
        language: a code or an English name.
    """
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=_tokenizer(language), force=True)


def chrf_metric() -> Metric:
    """chrF2 without word n-grams."""
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


def ter_metric(language: str) -> Metric:
    """TER; Chinese and Japanese are cut into characters, as otherwise a whole sentence were one word."""
    from sacrebleu.metrics.ter import TER

    without_spaces = language_code(language) in ("zh", "ja")
    return TER(normalized=without_spaces, asian_support=without_spaces)


def sentence_utility(name: str, language: str) -> Callable[[str, str], float]:
    """``chrf`` or ``bleu`` (with the n-grams that there are) of one translation against one reference, 0 to 100."""
    metric = chrf_metric() if name == "chrf" else _sentence_bleu(language)
    return lambda translation, reference: float(metric.sentence_score(translation, [reference]).score)


def _sentence_bleu(language: str) -> Metric:
    """Of the n-grams that there are."""
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=_tokenizer(language), effective_order=True)


def same_lines(**texts: Sequence[object]) -> None:
    """Check that named texts belong together line by line.

    Raises:
        DataError: different numbers of lines, or none.
    """
    counts = ", ".join(f"{len(lines):,} {name.replace('_', ' ')}" for name, lines in texts.items())
    if len({len(lines) for lines in texts.values()}) > 1:
        raise DataError(f"expected texts with the same number of lines, line by line; found {counts}")
    if not any(map(len, texts.values())):
        raise DataError(f"expected at least one line to score; found {counts}")


def scored_language(language: str, references: Sequence[str]) -> str:
    """What chooses the tokenizer: Chinese or Japanese by name, else the language without spaces that texts look like.

    Without that, whole lines of a language called ``target``, say, would be words. All others keep their name.
    """
    named = language_code(language) in ("zh", "ja")
    return language if named else unspaced_language(references[:_LOOKED_AT]) or language


def _tokenizer(language: str) -> str:
    code = language_code(language)
    if code == "zh":
        return "zh"
    if code == "ja":
        return "ja-mecab" if find_spec("MeCab") and find_spec("ipadic") else "char"
    return "char" if _BY_CHARACTER.fullmatch(language) else "13a"


def _measure(metric: Metric, hypotheses: Sequence[str], references: Sequence[str]) -> tuple[CorpusScore, Any]:
    """The score with its interval, and sacrebleu's own result."""
    # The counts of each sentence, which sacrebleu sums; it offers them under no public name.
    counts = metric._extract_corpus_statistics(list(hypotheses), [list(references)])
    score = metric._aggregate_and_compute(counts)
    low, high = _interval(metric, np.asarray(counts, dtype=np.float64))
    signature = metric.get_signature()
    signature.update("bs", RESAMPLES)
    signature.update("seed", SEED)
    return CorpusScore(score.name, float(score.score), low, high, str(signature)), score


def _interval(metric: Metric, counts: NDArray[np.float64]) -> Interval:
    """The 95 % bootstrap interval from the counts of each sentence, ``(S, C)``.

    A resample is how often each sentence was drawn, and only one is kept at a time: memory does not grow with them.
    """
    random, size, scores = np.random.default_rng(SEED), len(counts), []
    for _ in range(RESAMPLES):
        copies = np.bincount(random.integers(size, size=size), minlength=size)  # (S,)
        scores.append(float(metric._compute_score_from_stats((copies @ counts).tolist()).score))
    scores.sort()
    outside = RESAMPLES // 40  # on each side
    return scores[outside], scores[-outside - 1]
