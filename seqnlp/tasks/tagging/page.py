"""What a page needs of a tagger."""

from __future__ import annotations

import numpy as np

from seqnlp.bundle import Bundle
from seqnlp.errors import SeqnlpError
from seqnlp.networks.tagger import crf_of
from seqnlp.page.file import PageModel
from seqnlp.tasks.saved_tokenizer import pattern_for_page
from seqnlp.tasks.tagging.saved import read_tagger


def page_model(bundle: Bundle) -> PageModel:
    """The tagger as data for JavaScript.

    Raises:
        RunError: the folder is no tagger.
        SeqnlpError: it has something that a page cannot do.
    """
    saved = read_tagger(bundle)
    if saved.readers:
        raise SeqnlpError("--page: this tagger reads character models, which a page cannot")
    model = saved.settings
    names = ("scheme", "fine_tune", "cell", "num_layers", "bidirectional", "output")
    settings = {
        "tags": saved.tags,
        "vocabulary": saved.features.to_dict(),
        "pattern": pattern_for_page(saved.tokenizer),
        "temperature": saved.temperature,
        "outside_penalty": saved.outside_penalty,
        "model": {name: getattr(model, name) for name in names},
    }
    weights = {name: array for name, array in saved.weights.items() if not name.startswith("crf.")}
    transitions = crf_of(saved.tags, saved.scheme, saved.weights).transitions.astype(np.float32)  # exact: they were
    return PageModel("tagger_page.mjs", settings, {**weights, "transitions": transitions.ravel()})
