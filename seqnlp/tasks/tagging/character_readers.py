"""The character language models whose states a tagger reads, without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from seqnlp.bundle_files import TENSORS
from seqnlp.compact_weights import at_precision
from seqnlp.networks.contextual import ContextReaders, GraphCharacters, SentenceReader
from seqnlp.networks.graph import Graph, Run
from seqnlp.networks.shapes import language_reader_shapes
from seqnlp.saved_weights import refuse_unfit
from seqnlp.tasks.tagging.saved import SavedEncoder
from seqnlp.text.language_tokens import CharacterTokens


def character_readers(saved: Sequence[SavedEncoder], make: Callable[[Graph], Run], precision: str) -> ContextReaders:
    """What reads the words of a sentence with all of them.

    Raises:
        RunError: weights that do not fit the settings.
    """
    return ContextReaders([_reader(one, make, precision) for one in saved])


def _reader(saved: SavedEncoder, make: Callable[[Graph], Run], precision: str) -> SentenceReader:
    tokens = CharacterTokens(saved.characters)
    shapes = partial(language_reader_shapes, saved.settings, len(tokens))
    refuse_unfit(shapes, saved.weights, saved.folder / TENSORS)
    network = GraphCharacters(saved.settings, at_precision(saved.weights, precision), make)
    return SentenceReader(network, tokens, saved.lowercase, saved.settings.direction)
