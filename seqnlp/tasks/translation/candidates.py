"""Minimum Bayes risk decoding: of a search's best translations, the one that is most like the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.mbr import Utility, expected_utilities
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import SeqnlpError
from seqnlp.tasks import arguments

UTILITIES = ("chrf", "bleu")
"""What translations may be compared by."""


def checked_candidates(utility: str, candidates: int, nbest: int, sampling: SamplingOptions | None) -> int:
    """The translations that are compared.

    Raises:
        SeqnlpError: another utility, sampling beside it, or fewer candidates than translations asked for.
        WrongTypeError, WrongValueError: ``candidates`` is no number of them.
    """
    if utility not in UTILITIES:
        raise SeqnlpError(f"expected mbr to be one of {', '.join(UTILITIES)}, found '{utility}'")
    if sampling:
        raise SeqnlpError("mbr compares the best translations of a search; leave sampling out")
    candidates = arguments.count(candidates, "candidates", 2, arguments.MAX_ANSWERS)
    if candidates < nbest:
        raise SeqnlpError(f"expected at least {nbest} candidates for {nbest} translations, found {candidates}")
    return candidates


def most_alike(hypotheses: Sequence[Decoded], texts: Iterable[str], utility: Utility) -> list[Decoded]:
    """Translations of one text, and how they read, in the order of their expected utility."""
    utilities = expected_utilities(list(texts), [one.log_probability for one in hypotheses], utility)
    return [hypotheses[place] for place in np.argsort(-utilities, kind="stable").tolist()]
