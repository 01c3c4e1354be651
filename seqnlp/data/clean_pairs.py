"""Which sentence pairs are fit for training: counted always, dropped as whole pairs and only as configured."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.pair_suspicions import PairSuspicions
from seqnlp.errors import DataError, counted
from seqnlp.text.parallel import SentencePair
from seqnlp.text.scripts import WITHOUT_SPACES

_LETTERS_OF_A_WORD = 2
"""Of scripts without spaces between words, more or less."""

_ONE_SIDED, _BLANK, _UNEQUAL, _DUPLICATE = "one side empty", "both sides empty", "unequal", "duplicate"


def clean_pairs(
    pairs: Iterable[SentencePair], config: ParallelDataConfig, source: str, say: Callable[[str], None]
) -> Iterator[SentencePair]:
    """The pairs to train on, as they are read.

    Pairs of two blank sides are dropped, those with one blank side dropped or refused (``one_sided``), those of unequal
    length dropped beyond ``max_ratio``, and those that occur again kept or dropped (``duplicates``). A pair counts only
    once, with the first that applies. Lengths are words between spaces; of scripts without these, every two letters.

    Args:
        source: what the error messages call the split.
        say: told one line of counts at the end, if there is anything to tell, and what is odd about the pairs.

    Raises:
        DataError: at the end: with ``one_sided=refuse`` the first pair with a blank side, or no pair is left.
    """
    dropped = {_ONE_SIDED, _BLANK, _UNEQUAL} | ({_DUPLICATE} if config.duplicates == "drop" else set())
    flaws, seen = Counter[str](), set[int]()
    longest, first_bad, suspicions = (0.0, 0), None, PairSuspicions((config.source, config.target))
    for pair in pairs:
        suspicions.add(pair)
        ratio = 0.0 if _blankness(pair) else _length_ratio(pair)
        flaw = _flaw(pair, ratio, config.max_ratio, seen)
        flaws[flaw] += 1
        if flaw == _ONE_SIDED and first_bad is None:
            first_bad = pair
        if flaw not in dropped:
            longest = max(longest, (ratio, -pair.line))
            yield pair
    if first_bad and config.one_sided == "refuse":
        raise _one_sided(first_bad, flaws[_ONE_SIDED], source)
    notes, total = _notes(flaws, dropped, config.max_ratio), flaws.total()
    kept = total - sum(flaws[flaw] for flaw in dropped)
    if not kept:
        raise DataError(f"no pair of {total:,} is left to train on: {', '.join(notes)}", source)
    ratio, line = longest
    if ratio > 1:
        notes.append(f"longest ratio {ratio:.1f} (line {-line})")
    if notes:
        left = f"; {kept:,} left" if kept < total else ""
        say(f"train: {counted(total, 'pair')}; {', '.join(notes)}{left}")
    for note in suspicions.notes():
        say(f"train: {note}")


def say_blanks(pairs: Sequence[SentencePair], split: str, say: Callable[[str], None]) -> None:
    """Tell how many pairs of a split that is kept whole have blank sides, if any."""
    notes = _notes(Counter(map(_blankness, pairs)), set(), 0.0)
    if notes:
        say(f"{split}: {counted(len(pairs), 'pair')}; {', '.join(notes)}")


def _flaw(pair: SentencePair, ratio: float, max_ratio: float, seen: set[int]) -> str:
    """The first flaw of a training pair, or an empty string; ``seen`` knows the pairs before it that have none."""
    if blankness := _blankness(pair):
        return blankness
    if max_ratio and ratio > max_ratio:
        return _UNEQUAL
    texts = f"{len(pair.source)} {pair.source}{pair.target}".encode("utf-8", "surrogatepass")
    digest = int.from_bytes(hashlib.blake2b(texts, digest_size=8).digest())  # a text takes ten times the memory
    if digest in seen:
        return _DUPLICATE
    seen.add(digest)
    return ""


def _blankness(pair: SentencePair) -> str:
    if pair.source and pair.target:
        return ""
    return _ONE_SIDED if pair.source or pair.target else _BLANK


def _length_ratio(pair: SentencePair) -> float:
    """Words of the longer side for each of the shorter; neither is blank."""
    shorter, longer = sorted((_length(pair.source), _length(pair.target)))
    return longer / shorter


def _length(text: str) -> int:
    """Words between spaces, and half as many as there are letters of scripts that write none."""
    if text.isascii():
        return len(text.split())
    letters = len(WITHOUT_SPACES.findall(text))
    words = len(WITHOUT_SPACES.sub("", text).split()) if letters else len(text.split())
    return max(words + letters // _LETTERS_OF_A_WORD, 1)


def _one_sided(pair: SentencePair, count: int, source: str) -> DataError:
    actual = f"an empty {'target' if pair.source else 'source'} ({counted(count, 'such pair')} in all)"
    remedy = "correct the data, or set data.one_sided=drop"
    return DataError(f"expected text on both sides, found {actual}; {remedy}", source, pair.line)


def _notes(counts: Counter[str], dropped: set[str], max_ratio: float) -> list[str]:
    """How many pairs have each flaw that occurs, and what becomes of them."""
    texts = {
        _ONE_SIDED: f"{counts[_ONE_SIDED]:,} with one side empty",
        _BLANK: f"{counts[_BLANK]:,} with both sides empty",
        _UNEQUAL: f"{counts[_UNEQUAL]:,} with a length ratio above {max_ratio:g}",
        _DUPLICATE: counted(counts[_DUPLICATE], "duplicate"),
    }
    return [f"{text} ({'dropped' if flaw in dropped else 'kept'})" for flaw, text in texts.items() if counts[flaw]]
