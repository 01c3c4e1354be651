"""What a page needs of a language model."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.config.language_model import cluster_sizes
from seqnlp.errors import SeqnlpError
from seqnlp.page.file import PageModel
from seqnlp.tasks.language_model.saved import read_language_model
from seqnlp.tasks.tokens_page import tokens_for_page


def page_model(bundle: Bundle) -> PageModel:
    """The language model as data for JavaScript.

    Raises:
        RunError: the folder is no language model.
        SeqnlpError: it reads backwards, or has something else that a page cannot do.
    """
    saved = read_language_model(bundle)
    model = saved.settings
    if model.direction == "backward":
        raise SeqnlpError("--page: this language model reads backwards, so that it cannot go on with a text")
    names = ("cell", "embedding_dim", "num_layers", "tie_embeddings")
    settings = {
        "lowercase": saved.lowercase,
        "tokens": tokens_for_page(saved.tokens),
        "clusters": cluster_sizes(len(saved.tokens), model.adaptive_head),
        "model": {name: getattr(model, name) for name in names},
    }
    return PageModel("language_model_page.mjs", settings, saved.weights)
