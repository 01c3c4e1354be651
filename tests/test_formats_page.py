"""The page of file formats names every format and tokenizer that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.schema import choices_of
from seqnlp.config.tagging import TOKENIZERS, DataConfig
from seqnlp.config.translation import ParallelDataConfig

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")


def named_in(section: str, heading: str) -> set[str]:
    """What stands in the first column of a table under a heading."""
    below = PAGE.split(f"\n{section}\n")[1]
    rows = below.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


@pytest.mark.parametrize(
    ("section", "config"),
    [("## Tagging", DataConfig), ("## Classification", DocumentDataConfig), ("## Translation", ParallelDataConfig)],
)
def test_every_format_of_a_task_is_in_its_table(section: str, config: type) -> None:
    assert named_in(section, "format") == set(choices_of(config, "format")) - {"auto"}


def test_every_tokenizer_is_in_its_table() -> None:
    assert named_in("### Words of raw text", "tokenizer") == {*TOKENIZERS, "spacy:fr"} - {"auto"}
