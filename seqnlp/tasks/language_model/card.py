"""The model card that travels with a saved language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(config: LanguageModelConfig, num_tokens: int, metrics: Mapping[str, Any]) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it."""
    about, model = config.about, config.model
    licence = f" ({about.licence})" if about.licence else ""
    scores = ", ".join(f"{name} {value:.2f}" for name, value in metrics["dev"].items() if name != "score")
    kinds = {"words": "words", "characters": "characters"}
    lines = [
        f"# {config.name or 'A seqnlp language model'}",
        "",
        f"A recurrent language model ({model.cell.upper()}, {model.num_layers} layers, {model.direction}) over "
        f"{num_tokens:,} {kinds.get(config.tokenizer.kind, 'subwords')}, {metrics['parameters']:,} parameters, "
        "made with seqnlp.",
        "",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}",
        *begun_with_line(metrics),
        f"- development scores, per word: {scores or 'none, there was no development text'} "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        "",
        "```",
        'seqnlp complete THIS_FOLDER "The beginning of" --top 5',
        'seqnlp generate THIS_FOLDER --prompt "The beginning of" --length 50',
        "```",
        "",
        "It writes what its training text makes likely, true or not.",
        "",
    ]
    return "\n".join(lines)
