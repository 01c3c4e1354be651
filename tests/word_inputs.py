"""What an exported graph of words reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.data.lexicon import Lexicon


def word_inputs(lexicon: Lexicon, forms: IntArray) -> dict[str, NDArray[Any]]:
    """All inputs that such a graph may have, by name, of forms (U,) of a lexicon."""
    columns = lexicon.columns()
    return {
        "word_ids": columns.word_ids[forms],
        "vector_ids": columns.vectors.padded(forms)[:, 0],
        "vector_rows": columns.vectors.padded(forms),
        "casings": columns.casings[forms],
        "characters": columns.characters.padded(forms),
        "lengths": columns.characters.lengths[forms].astype(np.int32),
    }
