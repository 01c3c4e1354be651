"""What a model card shows is what the data call it, whatever signs of Markdown and HTML stand in it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown import markdown

from seqnlp.config.classification import ClassificationConfig
from seqnlp.config.reading import read_config
from seqnlp.config.tagging import TaggingConfig
from seqnlp.tasks.classification.card import model_card as classifier_card
from seqnlp.tasks.tagging.card import model_card as tagger_card

NAMES = ["<neg>", "*very* good", "_a_", "C#", "a`b``c", "`", "[x](y)", "R&amp;D", "plain"]


def shown(card: str) -> str:
    """The text that a reader of the rendered card sees."""
    return unescape(re.sub("<[^<>]+>", "", markdown(card)))


@pytest.mark.parametrize("task", ["classification", "tagging"])
def test_labels_are_shown_as_they_are(task: str) -> None:
    config = read_config({"task": task, "data": {"train": "x", "dev": "y"}})
    metrics = {"dev": {}, "epoch": 1, "parameters": 5}
    if isinstance(config, ClassificationConfig):
        card = classifier_card(config, NAMES, metrics)
    else:
        assert isinstance(config, TaggingConfig)
        card = tagger_card(config, ["O", *(f"B-{name}" for name in NAMES)], metrics)
        assert "B-" not in card
    names = NAMES if task == "classification" else sorted(NAMES)
    assert f"labels: {', '.join(names)}\n" in shown(card)
