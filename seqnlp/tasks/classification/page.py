"""What a page needs of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqnlp.bundle import Bundle
from seqnlp.page.file import PageModel
from seqnlp.page.sentencepiece import read_sentencepiece
from seqnlp.tasks.classification.saved import BAG_BIAS, BAG_WEIGHTS, read_classifier
from seqnlp.tasks.saved_tokenizer import pattern_for_page

_SETTINGS = (
    *("fine_tune", "lowercase", "cell", "hidden_dim", "num_layers", "bidirectional", "pooling", "convolution_dim"),
    *("convolution_pool", "window", "long", "overlap", "ngrams"),
)


def page_model(bundle: Bundle) -> PageModel:
    """The classifier as data for JavaScript.

    Raises:
        RunError: the folder is no classifier.
        SeqnlpError: it has something that a page cannot do.
    """
    saved = read_classifier(bundle)
    settings: dict[str, Any] = {
        "labels": saved.labels,
        "multi_label": saved.multi_label,
        "vocabulary": saved.features.to_dict(),
        "decision": {"temperature": saved.decision.temperature, "ngram_weight": saved.decision.ngram_weight},
        "ngrams": list(saved.bag.ngrams) if saved.bag else [],
        "model": {name: getattr(saved.settings, name) for name in _SETTINGS},
    }
    if saved.reader.subwords:
        settings["subwords"] = read_sentencepiece(saved.reader.subwords.to_bytes())
    else:
        settings["pattern"] = pattern_for_page(saved.reader.splitter)
    weights = dict(saved.weights)
    if saved.bag:  # they were float32 in the folder
        weights |= {BAG_WEIGHTS: saved.bag.weights.astype(np.float32), BAG_BIAS: saved.bag.bias.astype(np.float32)}
    return PageModel("classifier_page.mjs", settings, weights)
