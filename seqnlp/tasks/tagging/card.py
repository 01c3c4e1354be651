"""The model card of a tagger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.tagging import TaggingConfig
from seqnlp.tasks.card import as_code, calibrated_on, dev_scores, no_scores, vectors_read, write_card


def model_card(
    config: TaggingConfig, tags: Sequence[str], metrics: Mapping[str, Any], directions: Sequence[str] = ()
) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`; ``directions`` in which character models read, if there are any."""
    labels = tags if config.model.scheme == "none" else sorted({tag[2:] for tag in tags if tag != "O"})
    scores = dev_scores(metrics)
    read = f"the states of language models of characters ({', '.join(directions)})"
    sure = calibrated_on(metrics)
    return write_card(
        config,
        metrics,
        f"A {'bidirectional ' if config.model.bidirectional else ''}{config.model.cell.upper()} tagger with a "
        f"{config.model.output.upper()} output layer, {metrics['parameters']:,} trained parameters, made with seqnlp.",
        f"development scores: {scores or no_scores(metrics, 'none, there was no development split with entities')}",
        first=[f"labels: {as_code(labels)}"],
        last=[
            f"words are split as `{config.data.tokenizer}`",
            *vectors_read(config.model, config.start_from),
            *([f"contextual embeddings: {read}"] if directions else []),
        ],
        commands=["seqnlp tag THIS_FOLDER < lines.txt"],
        note=f"Probabilities are exact under the model and {sure}; they say nothing about text\n"
        "that differs in kind from the training data.",
    )
