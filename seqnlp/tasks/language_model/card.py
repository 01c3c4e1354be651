"""The model card of a language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.tasks.card import dev_scores, write_card


def model_card(config: LanguageModelConfig, num_tokens: int, metrics: Mapping[str, Any]) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`."""
    model, kind = config.model, config.tokenizer.kind
    return write_card(
        config,
        metrics,
        f"A recurrent language model ({model.cell.upper()}, {model.num_layers} layers, {model.direction}) over "
        f"{num_tokens:,} {kind if kind in ('words', 'characters') else 'subwords'}, {metrics['parameters']:,} "
        "parameters, made with seqnlp.",
        f"development scores, per word: {dev_scores(metrics) or 'none, there was no development text'}",
        commands=[
            'seqnlp complete THIS_FOLDER "The beginning of" --top 5',
            'seqnlp generate THIS_FOLDER --prompt "The beginning of" --length 50',
        ],
        note="It writes what its training text makes likely, true or not.",
    )
