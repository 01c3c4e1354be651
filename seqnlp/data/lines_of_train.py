"""What of the lines of a running text is test, dev and train: neighbours stay together."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.config.splits import SplitsConfig, fold_of, held_out_part
from seqnlp.errors import DataError


def lines_of_train(lines: Sequence[str], data: SplitsConfig, split: str) -> list[str]:
    """What is one split of all training lines: a fold in one piece is test, the last part of the rest dev.

    Raises:
        DataError: no line with text would be held out, or none left.
    """
    rest, fold, part = list(lines), fold_of(data), held_out_part(data)
    if fold:
        begin, end = (
            near_blank(rest, place * len(rest) // fold.total, len(rest) // (5 * fold.total))
            for place in (fold.number - 1, fold.number)
        )
        test, rest = rest[begin:end], rest[:begin] + rest[end:]
        _refuse_blank(test, rest, f"data.test: fold {data.test} of {len(lines):,} training lines")
        if split == "test":
            return test
    if part is not None:
        rest, dev = hold_out_lines(rest, part)
        if split == "dev":
            return dev
    if data.share < 1:
        rest = rest[: near_blank(rest, round(data.share * len(rest)), round(data.share * len(rest) / 5))]
        _refuse_blank(rest, rest, f"data.share: {data.share:g} of {len(lines):,} training lines")
    return rest


def hold_out_lines(lines: Sequence[str], part: float) -> tuple[list[str], list[str]]:
    """The first lines of a running text, and the last, which are held out: ``part`` of all, or up to a fifth more or
    fewer, so that they follow a blank line.

    Raises:
        DataError: no line with text would be held out, or none left.
    """
    total = len(lines)
    wanted = round(part * total)
    place = max(near_blank(lines, total - wanted, wanted // 5), 1)
    kept, held = list(lines[:place]), list(lines[place:])
    _refuse_blank(kept, held, f"data.dev: {part:.4g} of {total:,} training lines")
    return kept, held


def near_blank(lines: Sequence[str], place: int, most: int) -> int:
    """The place that follows a blank line next to a wanted one, at most ``most`` lines away; else the wanted one."""
    if place in (0, len(lines)):
        return place
    around = range(max(place - most, 1), min(place + most, len(lines) - 1) + 1)
    return min((at for at in around if not lines[at - 1]), key=lambda at: abs(place - at), default=place)


def _refuse_blank(one: Sequence[str], other: Sequence[str], what: str) -> None:
    if not any(one) or not any(other):
        remedy = "cut the text into more lines (a sentence or a paragraph each), or name a file of its own"
        raise DataError(f"{what}; expected text on both sides, found none; {remedy}")
