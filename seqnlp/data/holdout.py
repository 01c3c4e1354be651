"""A part of the training documents held out for development."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from seqnlp.data.overlap import normalized_text
from seqnlp.errors import DataError
from seqnlp.text.documents import Document


def hold_out(documents: Sequence[Document], part: float, seed: int) -> tuple[list[Document], list[Document]]:
    """The documents that stay, and those held out, each in their order; a function of the data, ``part`` and ``seed``.

    Of every label (or set of labels) the same part is held out, rounded. Documents whose texts are equal but for
    spaces and case go together, so that no text is on both sides.

    Args:
        part: between 0 and 1.

    Raises:
        DataError: nothing would be held out, or nothing left.
    """
    together: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        together[normalized_text(document.text)].append(number)
    strata: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    for numbers in together.values():
        strata[tuple(sorted(documents[numbers[0]].labels))].append(numbers)
    generator = np.random.default_rng(seed)
    held: set[int] = set()
    for labels in sorted(strata):
        groups = strata[labels]
        wanted, taken = round(part * sum(map(len, groups))), 0
        for place in generator.permutation(len(groups)):
            if taken >= wanted:
                break
            held.update(groups[place])
            taken += len(groups[place])
    if not 0 < len(held) < len(documents):
        found = f"{part:.4g} of {len(documents):,} training documents is {len(held):,}"
        raise DataError(f"data.dev: {found}; expected at least one held out and one left")
    kept = [document for number, document in enumerate(documents) if number not in held]
    return kept, [documents[number] for number in sorted(held)]
