"""The model card that travels with a saved tagger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.tagging import TaggingConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(
    config: TaggingConfig, tags: Sequence[str], metrics: Mapping[str, Any], directions: Sequence[str] = ()
) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it.

    Args:
        directions: in which the character models read, if there are any.
    """
    labels = tags if config.model.scheme == "none" else sorted({tag[2:] for tag in tags if tag != "O"})
    scores = ", ".join(f"{name} {value:.2f}" for name, value in metrics["dev"].items() if name != "score")
    read = f"the states of language models of characters ({', '.join(directions)})"
    about = config.about
    licence = f" ({about.licence})" if about.licence else ""
    sure = "calibrated on the development split" if scores else "not calibrated, without a development split"
    lines = [
        f"# {config.name or 'A seqnlp tagger'}",
        "",
        f"A {'bidirectional ' if config.model.bidirectional else ''}{config.model.cell.upper()} tagger with a "
        f"{config.model.output.upper()} output layer, {metrics['parameters']:,} trained parameters, made with seqnlp.",
        "",
        f"- labels: {', '.join(labels)}",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}",
        *begun_with_line(metrics),
        f"- development scores: {scores or 'none, there was no development split with entities'} "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        f"- words are split as `{config.data.tokenizer}`",
        *([f"- contextual embeddings: {read}"] if directions else []),
        "",
        "```",
        "seqnlp tag THIS_FOLDER < lines.txt",
        "```",
        "",
        f"Probabilities are exact under the model and {sure}; they say nothing about text",
        "that differs in kind from the training data.",
        "",
    ]
    return "\n".join(lines)
