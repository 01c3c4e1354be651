"""The model card of a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.classification import ClassificationConfig
from seqnlp.tasks.card import as_code, calibrated_on, dev_scores, no_scores, vectors_read, write_card


def model_card(config: ClassificationConfig, labels: Sequence[str], metrics: Mapping[str, Any]) -> str:
    """See :func:`~seqnlp.tasks.card.write_card`."""
    model, scores = config.model, dev_scores(metrics)
    beside = f", beside n-grams of up to {model.ngrams} words" if model.ngrams else ""
    reads = f"words, split as `{config.tokenizer.splitter}`" if config.tokenizer.kind == "words" else "subwords"
    sure = calibrated_on(metrics)
    return write_card(
        config,
        metrics,
        f"Gives a text {'any number of labels' if config.data.multi_label else 'one label'}: a "
        f"{'bidirectional ' if model.bidirectional else ''}{model.cell.upper()} with {model.pooling} pooling{beside}, "
        f"{metrics['parameters']:,} trained parameters, made with seqnlp.",
        f"development scores: {scores or no_scores(metrics, 'none, there was no development split')}",
        first=[f"labels: {as_code(labels)}"],
        last=[
            f"reads {reads}; texts of more than {model.window}: {model.long}",
            *vectors_read(model, config.start_from),
        ],
        commands=["seqnlp classify THIS_FOLDER < lines.txt"],
        note=f"Probabilities are {sure}; they say nothing about text that differs in kind from\n"
        "the training data. An empty text has an answer too: what the model expects before it reads anything.",
    )
