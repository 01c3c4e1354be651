"""What among labels is probably a slip: two spellings of one label, several labels in one, a column that holds none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import groupby

from seqnlp.text.written_lists import written_list

_SEPARATORS = ("|", ";", ",", "/", "+")

_MISSING = frozenset(
    (
        *("nan", "NaN", "NAN", "null", "NULL", "None", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaT"),
        *("unsup", "unlabeled", "unlabelled", "Unlabeled", "Unlabelled", "UNLABELED"),
    )
)

_MAX_NAMES, _MAX_LENGTH = 12, 40
"""Of labels in a message, and letters of one."""

_NUMBER = re.compile(r"[-+]?[0-9]{1,6}(\.[0-9]{1,6})?")

_MIN_LABELS = 10
"""With so few labels it is no wonder that many of them occur once."""


def label_suspicions(counts: Mapping[str, int], multi_label: bool) -> list[str]:
    """What to say about the labels of a training split, each with what to do.

    Args:
        counts: how often each label occurs.
    """
    suspicions = alike_labels(counts)
    once = sum(count == 1 for count in counts.values())
    if len(counts) > _MIN_LABELS and 2 * once > len(counts):
        suspicions.append(f"{once:,} of {len(counts):,} labels occur only once: is data.label_column right?")
    suspicions += _missing_labels(counts) + _fractions(counts)
    if not multi_label:
        suspicions += _listed_labels(counts)
    return suspicions + _joined_labels(counts, multi_label)


def alike_labels(labels: Collection[str]) -> list[str]:
    """Labels that differ only in case, spaces, hyphens, underscores, what cannot be seen or how a number is written.

    Each of them counts for itself.
    """
    groups = [list(group) for _, group in groupby(sorted(labels, key=lambda label: (_plain(label), label)), _plain)]
    named = [", ".join(map(_seen, group)) for group in groups if len(group) > 1]
    return [f"labels that are hardly different and yet count as different ones: {names}" for names in named]


def unseen_labels(unseen: Counter[str], known: Collection[str], split: str) -> str:
    """What to say of labels of a split that the training split never shows; empty: there are none.

    Args:
        unseen: how often each occurs.
        known: the labels of the training split.
    """
    if not unseen:
        return ""
    names = ", ".join(f"{label[:_MAX_LENGTH]} ({count}x)" for label, count in unseen.most_common(_MAX_NAMES))
    names += f" and {len(unseen) - _MAX_NAMES:,} more" if len(unseen) > _MAX_NAMES else ""
    plain = {_plain(label): label for label in known}
    pairs = [(label, plain[_plain(label)]) for label in unseen if _plain(label) in plain][:_MAX_NAMES]
    alike = "; hardly different: " + ", ".join(f"{_seen(new)} and {_seen(old)}" for new, old in pairs) if pairs else ""
    expected = f"the {split} split has labels that the training split never shows"
    return f"warning: {expected}; they count as missed: {names}{alike}"


def _plain(label: str) -> str:
    """What labels that are hardly different have in common."""
    letters = unicodedata.normalize("NFKC", label)
    visible = "".join(letter for letter in letters if unicodedata.category(letter) != "Cf").strip()
    if _NUMBER.fullmatch(visible):
        return f"{float(visible):g}"
    return re.sub(r"[\s_-]+", "", visible).casefold()


def _seen(label: str) -> str:
    """A label in quotes, with codes where it holds what cannot be seen."""
    plain = unicodedata.normalize("NFC", label) == label and label.isprintable()
    return f"'{label}'" if plain else ascii(label)


def _missing_labels(counts: Mapping[str, int]) -> list[str]:
    """Labels that are what programs write where there is none."""
    found = sorted(_MISSING & set(counts))
    names = ", ".join(f"'{label}' ({counts[label]:,} documents)" for label in found)
    choice = f"\"data.label_map='{','.join(f'{label}:' for label in found)}'\""
    return [f"{names}: written where there is no label; {choice} leaves such documents out"] if found else []


def _fractions(counts: Mapping[str, int]) -> list[str]:
    """Labels that are all numbers, not all of them whole, as scores are."""
    if len(counts) < 3 or not all(map(_NUMBER.fullmatch, counts)) or all(float(label).is_integer() for label in counts):
        return []
    examples = ", ".join(sorted(counts, key=float)[:3])
    return [f"the labels are numbers with decimals ({examples} ...), and each is a label of its own, near to no other"]


def _listed_labels(counts: Mapping[str, int]) -> list[str]:
    """Labels that are whole lists, as pandas writes them."""
    lists = [label for label in counts if written_list(label) is not None]
    documents = f"{sum(counts[label] for label in lists):,} documents have such a one"
    return [f"'{lists[0]}' is a list ({documents}): data.multi_label=true reads its labels"] if lists else []


def _joined_labels(counts: Mapping[str, int], multi_label: bool) -> list[str]:
    """Labels that are made of others."""
    parts_of = Counter[str]()
    examples: dict[str, str] = {}
    for label, count in counts.items():
        for mark in _SEPARATORS:
            parts = [part.strip() for part in label.split(mark)]
            if len(parts) > 1 and written_list(label) is None and any(part in counts for part in parts):
                parts_of[mark] += count
                examples.setdefault(mark, label)
    several = "cut them apart with" if multi_label else "for any number of labels set data.multi_label=true"
    return [
        f"'{examples[mark]}' looks like several labels ({count:,} documents have such a one): "
        f"{several} data.label_separator='{mark}'"
        for mark, count in parts_of.most_common(1)
    ]
