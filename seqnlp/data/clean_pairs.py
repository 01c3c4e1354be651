"""Which sentence pairs are fit for training: counted always, dropped as whole pairs and only as configured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from seqnlp.config import ParallelDataConfig
from seqnlp.errors import DataError
from seqnlp.text.parallel import SentencePair

_ONE_SIDED, _BLANK, _UNEQUAL, _DUPLICATE = "one side empty", "both sides empty", "unequal", "duplicate"


def clean_pairs(
    pairs: Sequence[SentencePair], config: ParallelDataConfig, source: str, say: Callable[[str], None]
) -> list[SentencePair]:
    """The pairs to train on.

    Pairs of two blank sides are dropped, those with one blank side dropped or refused (``one_sided``), those of unequal
    length dropped beyond ``max_ratio``, and those that occur again kept or dropped (``duplicates``). A pair counts only
    once, with the first that applies. Lengths are words between spaces: a text written without spaces is one word.

    Args:
        source: what the error messages call the split.
        say: told one line of counts, if there is anything to tell.

    Raises:
        DataError: with ``one_sided=refuse`` the first pair with a blank side, or no pair is left.
    """
    if config.one_sided == "refuse":
        _refuse_one_sided(pairs, source)
    seen: set[tuple[str, str]] = set()
    flaws = [_flaw(pair, config.max_ratio, seen) for pair in pairs]
    dropped = {_ONE_SIDED, _BLANK, _UNEQUAL} | ({_DUPLICATE} if config.duplicates == "drop" else set())
    kept = [pair for pair, flaw in zip(pairs, flaws, strict=True) if flaw not in dropped]
    notes = _notes(Counter(flaws), dropped, config.max_ratio)
    if not kept:
        raise DataError(f"no pair of {len(pairs):,} is left to train on: {', '.join(notes)}", source)
    notes += _longest_ratio(kept)
    if notes:
        left = f"; {len(kept):,} left" if len(kept) < len(pairs) else ""
        say(f"train: {counted(len(pairs), 'pair')}; {', '.join(notes)}{left}")
    return kept


def say_blanks(pairs: Sequence[SentencePair], split: str, say: Callable[[str], None]) -> None:
    """Tell how many pairs of a split that is kept whole have blank sides, if any."""
    notes = _notes(Counter(map(_blankness, pairs)), set(), 0.0)
    if notes:
        say(f"{split}: {counted(len(pairs), 'pair')}; {', '.join(notes)}")


def counted(count: int, noun: str) -> str:
    """``1 pair``, ``2,000 pairs``."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def _flaw(pair: SentencePair, max_ratio: float, seen: set[tuple[str, str]]) -> str:
    """The first flaw of a training pair, or an empty string; ``seen`` holds the pairs before it that have none."""
    texts = pair.source, pair.target
    if blankness := _blankness(pair):
        return blankness
    if max_ratio and _length_ratio(pair) > max_ratio:
        return _UNEQUAL
    if texts in seen:
        return _DUPLICATE
    seen.add(texts)
    return ""


def _blankness(pair: SentencePair) -> str:
    if pair.source and pair.target:
        return ""
    return _ONE_SIDED if pair.source or pair.target else _BLANK


def _length_ratio(pair: SentencePair) -> float:
    """Words of the longer side for each of the shorter; neither is blank."""
    shorter, longer = sorted((len(pair.source.split()), len(pair.target.split())))
    return longer / shorter


def _refuse_one_sided(pairs: Sequence[SentencePair], source: str) -> None:
    bad = [pair for pair in pairs if _blankness(pair) == _ONE_SIDED]
    if bad:
        actual = f"an empty {'target' if bad[0].source else 'source'} ({counted(len(bad), 'such pair')} in all)"
        remedy = "correct the data, or set data.one_sided=drop"
        raise DataError(f"expected text on both sides, found {actual}; {remedy}", source, bad[0].line)


def _notes(counts: Counter[str], dropped: set[str], max_ratio: float) -> list[str]:
    """How many pairs have each flaw that occurs, and what becomes of them."""
    texts = {
        _ONE_SIDED: f"{counts[_ONE_SIDED]:,} with one side empty",
        _BLANK: f"{counts[_BLANK]:,} with both sides empty",
        _UNEQUAL: f"{counts[_UNEQUAL]:,} with a length ratio above {max_ratio:g}",
        _DUPLICATE: counted(counts[_DUPLICATE], "duplicate"),
    }
    return [f"{text} ({'dropped' if flaw in dropped else 'kept'})" for flaw, text in texts.items() if counts[flaw]]


def _longest_ratio(pairs: Sequence[SentencePair]) -> list[str]:
    """The most unequal pair, if any is unequal."""
    ratio, line = max((_length_ratio(pair), -pair.line) for pair in pairs)
    return [f"longest ratio {ratio:.1f} (line {-line})"] if ratio > 1 else []
