"""The model card that travels with a saved translator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.config.translation import TranslationConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(config: TranslationConfig, metrics: Mapping[str, Any]) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it."""
    about, model = config.about, config.model
    licence = f" ({about.licence})" if about.licence else ""
    scores = ", ".join(f"greedy {name} {value:.2f}" for name, value in metrics["dev"].items() if name != "score")
    sides = "one vocabulary for both languages" if config.tokenizer.joint else "one vocabulary a language"
    lines = [
        f"# {config.name or 'A seqnlp translator'}",
        "",
        f"Translates {config.data.source or 'the source'} to {config.data.target or 'the target'}: a recurrent encoder "
        f"and decoder ({model.cell.upper()}) with {model.attention} attention, {metrics['parameters']:,} parameters, "
        "made with seqnlp.",
        "",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}",
        *begun_with_line(metrics),
        f"- development scores: {scores or 'none, there was no development split'} "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        f"- subwords: {config.tokenizer.kind}, {sides}, characters normalised by {config.tokenizer.normalization}",
        "",
        "```",
        "seqnlp translate THIS_FOLDER < lines.txt",
        "```",
        "",
        "Characters never seen in training are read and written as bytes; what they mean the model cannot know.",
        "",
    ]
    return "\n".join(lines)
