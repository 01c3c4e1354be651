"""The model card of a translator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.config.translation import TranslationConfig
from seqnlp.tasks.card import dev_scores, write_card


def model_card(config: TranslationConfig, metrics: Mapping[str, Any]) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`."""
    model, scores = config.model, dev_scores(metrics, measure="greedy ")
    sides = "one vocabulary for both languages" if config.tokenizer.joint else "one vocabulary a language"
    return write_card(
        config,
        metrics,
        f"Translates {config.data.source or 'the source'} to {config.data.target or 'the target'}: a recurrent encoder "
        f"and decoder ({model.cell.upper()}) with {model.attention} attention, {metrics['parameters']:,} parameters, "
        "made with seqnlp.",
        f"development scores: {scores or 'none, there was no development split'}",
        last=[f"subwords: {config.tokenizer.kind}, {sides}, characters normalised by {config.tokenizer.normalization}"],
        commands=["seqnlp translate THIS_FOLDER < lines.txt"],
        note="Characters never seen in training are read and written as bytes; what they mean the model cannot know.",
    )
