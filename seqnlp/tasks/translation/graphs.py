"""The graphs of a translator, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.translator import MASKED, encoder_graph, step_graph
from seqnlp.tasks.exported import Exported, named_characters
from seqnlp.tasks.translation.saved import read_translator
from seqnlp.text.subwords import UNSEEN


def graphs(bundle: Bundle) -> Exported:
    """The graphs of a model folder by name, and what one must know to use them."""
    saved = read_translator(bundle)
    notes = (
        "Each line of a text is read by itself. "
        f"Ids are those of the SentencePiece models, of texts without {named_characters(UNSEEN)} unless these models "
        "normalise nothing (identity); 2 begins, 3 ends (also each source), 0 pads. `bias` is 0 at real "
        f"positions and {MASKED:g} at padding. `rows` is the hypothesis of each of B x K slots, `place` the slot of "
        "each hypothesis. The first `context` and `covered` are zeros; `new_X` is the next `X`."
    )
    named = {
        "encoder": encoder_graph(saved.settings, saved.weights),
        "step": step_graph(saved.settings, saved.weights),
    }
    return Exported(named, notes)
