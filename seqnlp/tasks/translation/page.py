"""What a page needs of a translator."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.page.file import PageModel
from seqnlp.page.sentencepiece import read_sentencepiece
from seqnlp.tasks.translation.saved import read_translator
from seqnlp.text.split_sentences import is_unspaced

_SETTINGS = (
    *("cell", "embedding_dim", "tie_embeddings", "encoder_hidden_dim", "encoder_layers", "bidirectional"),
    *("decoder_hidden_dim", "decoder_layers", "attention", "coverage", "input_feeding", "bridge", "layer_norm"),
)


def page_model(bundle: Bundle) -> PageModel:
    """The translator as data for JavaScript.

    Raises:
        RunError: the folder is no translator.
        DataError: its subwords are of a kind that pages do not know.
    """
    saved = read_translator(bundle)
    subwords = saved.vocabularies
    settings: dict[str, Any] = {
        "languages": [saved.source_language, saved.target_language],
        "unspaced": {"source": is_unspaced(saved.source_language), "target": is_unspaced(saved.target_language)},
        "max_tokens": saved.max_tokens,
        "sentences": asdict(saved.habits),
        "decoding": asdict(saved.decoding),
        "source_subwords": read_sentencepiece(subwords.source.to_bytes()),
        "target_subwords": None if subwords.joint else read_sentencepiece(subwords.target.to_bytes()),
        "model": {name: getattr(saved.settings, name) for name in _SETTINGS},
    }
    return PageModel("translator_page.mjs", settings, saved.weights)
