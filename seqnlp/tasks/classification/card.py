"""The model card that travels with a saved classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.classification import ClassificationConfig
from seqnlp.tasks.saving import begun_with_line


def model_card(config: ClassificationConfig, labels: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """A short README for the model folder: what it does, from what, how well, how to use it."""
    about, model = config.about, config.model
    licence = f" ({about.licence})" if about.licence else ""
    scores = ", ".join(f"{name} {value:.2f}" for name, value in metrics["dev"].items() if name != "score")
    beside = f", beside n-grams of up to {model.ngrams} words" if model.ngrams else ""
    reads = f"words, split as `{config.tokenizer.splitter}`" if config.tokenizer.kind == "words" else "subwords"
    sure = "calibrated on the development split" if scores else "not calibrated, without a development split"
    lines = [
        f"# {config.name or 'A seqnlp classifier'}",
        "",
        f"Gives a text {'any number of labels' if config.data.multi_label else 'one label'}: a "
        f"{'bidirectional ' if model.bidirectional else ''}{model.cell.upper()} with {model.pooling} pooling{beside}, "
        f"{metrics['parameters']:,} trained parameters, made with seqnlp.",
        "",
        f"- labels: {', '.join(labels)}",
        f"- training data: {about.data or 'the owner of this model knows'}{licence}",
        *begun_with_line(metrics),
        f"- development scores: {scores or 'none, there was no development split'} "
        f"(epoch {metrics['epoch']}, seed {config.seed})",
        f"- reads {reads}; texts of more than {model.window}: {model.long}",
        "",
        "```",
        "seqnlp classify THIS_FOLDER < lines.txt",
        "```",
        "",
        f"Probabilities are {sure}; they say nothing about text that differs in kind from",
        "the training data. An empty text has an answer too: what the model expects before it reads anything.",
        "",
    ]
    return "\n".join(lines)
